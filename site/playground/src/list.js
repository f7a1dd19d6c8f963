// Lists of files, and texts that name places in them.

/** Fills a list with a button for each path, below the name of its directory; `marks` names the class of those that stand out. */
export function listFiles(list, paths, chosen, choose, marks = {}) {
  const focused = list.contains(document.activeElement) ? document.activeElement.title : null;
  const items = [];
  let folder = "";
  for (const path of paths.toSorted(byFolder)) {
    const [directory, name] = split(path);
    if (directory !== folder) {
      folder = directory;
      const heading = document.createElement("li");
      heading.className = "folder";
      heading.textContent = `${folder}/`;
      items.push(heading);
    }
    const button = document.createElement("button");
    button.textContent = name;
    button.title = path;
    button.className = marks[path] ?? "";
    if (path === chosen) button.setAttribute("aria-current", "true");
    button.onclick = () => choose(path);
    const item = document.createElement("li");
    item.append(button);
    items.push(item);
  }
  list.replaceChildren(...items);
  // Who goes through the list by keyboard stays where they are.
  if (focused) list.querySelector(`button[title="${CSS.escape(focused)}"]`)?.focus();
}

function split(path) {
  const at = path.lastIndexOf("/");
  return [path.slice(0, Math.max(at, 0)), path.slice(at + 1)];
}

function byFolder(a, b) {
  const [x, y] = [split(a), split(b)];
  const one = x[0] === y[0] ? 1 : 0;
  return x[one] < y[one] ? -1 : 1;
}

/** Shows a text; each `path:line` of a known path in it is a button. */
export function showWithPlaces(element, text, paths, choose) {
  const escaped = paths.map((it) => it.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).sort((a, b) => b.length - a.length);
  const place = new RegExp(`((?:${escaped.join("|")})):(\\d+)(?::(\\d+))?`, "g");
  const parts = [];
  let end = 0;
  for (const found of paths.length > 0 ? text.matchAll(place) : []) {
    parts.push(text.slice(end, found.index));
    const button = document.createElement("button");
    button.textContent = found[0];
    button.className = "place";
    button.onclick = () => choose(found[1], Number(found[2]), Number(found[3] ?? 1));
    parts.push(button);
    end = found.index + found[0].length;
  }
  element.replaceChildren(...parts, text.slice(end));
}
