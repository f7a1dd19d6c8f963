"use strict";
(() => {
  const stored = document.getElementById("data");
  // What is large is packed: browsers since 2023 unpack it.
  if (stored.type === "application/json") start(JSON.parse(stored.textContent));
  else unpacked(stored.textContent).then((text) => start(JSON.parse(text)), (problem) => {
    document.getElementById("counts").textContent = `this browser cannot unpack the page: ${problem}`;
  });

  async function unpacked(text) {
    const bytes = Uint8Array.from(atob(text), (it) => it.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  }

  function start(data) {
    const by = (id) => document.getElementById(id);
    const made = (tag, name, text) => {
      const it = document.createElement(tag);
      if (name) it.className = name;
      if (text !== undefined) it.textContent = text;
      return it;
    };

    // ---- what is asked of the data
    const compare = (a, b) => {
      const parts = (it) => it.replace(/^v/, "").split(/[.+-]/).map((it) => (/^\d+$/.test(it) ? Number(it) : it));
      const [x, y] = [parts(a), parts(b)];
      for (let i = 0; i < Math.max(x.length, y.length); i += 1) {
        if (x[i] === y[i]) continue;
        if (x[i] === undefined) return typeof y[i] === "number" ? -1 : 1;
        if (y[i] === undefined) return typeof x[i] === "number" ? 1 : -1;
        if (typeof x[i] === typeof y[i]) return x[i] < y[i] ? -1 : 1;
        return typeof x[i] === "number" ? -1 : 1;
      }
      return 0;
    };
    // The newest version of an add-on is the calmest; older ones stand out the more.
    for (const addon of data.addons) {
      addon.versions = [...new Set(addon.variants.map((it) => it.version))].sort(compare);
    }
    const age = (addon, version) => `v${Math.min(3, addon.versions.length - 1 - addon.versions.indexOf(version))}`;
    const rings = data.rings;
    const ringAt = rings ? data.facts.indexOf(rings.fact) : -1;
    const ringOf = (cluster) => (ringAt < 0 ? null : cluster.facts[ringAt]);
    const ringColor = (ring) => {
      const at = rings ? rings.order.indexOf(ring) : -1;
      return at < 0 ? "transparent" : `hsl(${(205 + at * 67) % 360} 65% 50%)`;
    };
    const variant = (cluster, column) => {
      const nth = data.cells[cluster.cells][column];
      return nth === null ? null : data.addons[column].variants[nth];
    };
    const filled = (cluster, value) => {
      if (Array.isArray(value)) return JSON.stringify(value.map((it) => (Array.isArray(it) ? String(cluster.all[it[0]] ?? "") : it)).join(""));
      return typeof value === "object" ? data.texts[value.text] : value;
    };
    const text = (value) => (Array.isArray(value) ? value.join(", ") : String(value));
    for (const cluster of data.clusters) {
      const facts = data.facts.map((name, nth) => (cluster.facts[nth] === null ? "" : `${name}=${text(cluster.facts[nth])}`));
      cluster.words = [cluster.name, ...cluster.groups.map((it) => `group=${it}`), ...facts].join("\n").toLowerCase();
    }

    // ---- the matrix: only rows that can be seen are there
    const [grid, head, body] = [by("grid"), by("head"), by("body")];
    // Sizes are the style's: they are others on a small screen.
    const size = (name) => parseFloat(getComputedStyle(document.documentElement).getPropertyValue(name));
    let [ROW, NAME, CELL, HEAD] = [28, 240, 92, 104];
    const measure = () => { [ROW, NAME, CELL, HEAD] = ["--row", "--name", "--cell", "--head"].map(size); };
    let lines = data.clusters;
    let columns = data.addons.map((_, nth) => nth);
    let at = { line: 0, column: 0 };
    let drawn = "";
    // Rows that stand in the page, by their lines: moving on makes only new ones.
    const rows = new Map();
    let marked = "";
    const asked = () => ({
      words: by("search").value.toLowerCase().split(/\s+/).filter(Boolean),
      columns: by("columns").value.toLowerCase().split(/\s+/).filter(Boolean),
      ring: by("ring").value,
      drift: by("drift").checked,
    });
    const filter = () => {
      const want = asked();
      const kept = lines[at.line];
      lines = data.clusters.filter((it) => want.words.every((word) => it.words.includes(word))
        && (!want.ring || ringOf(it) === want.ring));
      columns = data.addons.map((_, nth) => nth).filter((nth) => {
        const addon = data.addons[nth];
        const called = want.columns.length === 0 || want.columns.some((word) => addon.name.toLowerCase().includes(word));
        return called && (!want.drift || new Set(lines.map((it) => variant(it, nth)?.version).filter(Boolean)).size > 1);
      });
      at = { line: Math.max(0, lines.indexOf(kept)), column: Math.min(at.column, Math.max(0, columns.length - 1)) };
      by("shown").textContent = `${lines.length} of ${data.clusters.length} clusters, ${columns.length} of ${data.addons.length} add-ons`;
      by("none").hidden = lines.length > 0;
      grid.setAttribute("aria-rowcount", lines.length + 1);
      grid.setAttribute("aria-colcount", columns.length + 1);
      body.style.height = `${lines.length * ROW}px`;
      body.style.width = `${NAME + columns.length * CELL}px`;
      drawn = "";
      draw();
    };
    const drawHead = () => {
      const cells = columns.map((nth, place) => {
        const it = made("div", place === at.column ? "column at" : "column");
        it.setAttribute("role", "columnheader");
        it.title = `${data.addons[nth].name} (${data.addons[nth].in}): ${data.addons[nth].versions.join(", ")}`;
        it.append(made("span", "", data.addons[nth].name));
        return it;
      });
      const corner = made("div", "corner", "cluster");
      corner.setAttribute("role", "columnheader");
      head.replaceChildren(corner, ...cells);
    };
    const drawRow = (line) => {
      const cluster = lines[line];
      const row = made("div", "row");
      row.setAttribute("role", "row");
      row.setAttribute("aria-rowindex", line + 2);
      row.style.top = `${line * ROW}px`;
      const name = made("div", line === at.line ? "name at" : "name", cluster.name);
      name.setAttribute("role", "rowheader");
      name.title = cluster.words;
      name.style.setProperty("--ring", ringColor(ringOf(cluster)));
      row.append(name);
      columns.forEach((nth, column) => {
        const it = variant(cluster, nth);
        const here = line === at.line && column === at.column;
        const kind = it ? `${age(data.addons[nth], it.version)}${it.own ? " own" : ""}` : "none";
        const cell = made("div", `cell ${kind}${here ? " at" : ""}`, it ? it.version || "set" : "·");
        cell.setAttribute("role", "gridcell");
        cell.dataset.line = line;
        cell.dataset.column = column;
        if (here) cell.id = "here";
        if (it) {
          cell.title = `${data.addons[nth].name} ${it.version} on ${cluster.name}`;
        }
        row.append(cell);
      });
      return row;
    };
    const draw = () => {
      const first = Math.max(0, Math.floor(grid.scrollTop / ROW) - 4);
      const last = Math.min(lines.length, Math.ceil((grid.scrollTop + grid.clientHeight) / ROW) + 4);
      const now = `${first} ${last} ${at.line} ${at.column}`;
      if (now === drawn) return;
      const here = `${at.line} ${at.column}`;
      if (here !== marked || drawn === "") {
        drawHead();
        if (drawn === "") for (const row of rows.values()) row.remove();
        if (drawn === "") rows.clear();
        for (const line of [Number(marked.split(" ")[0]), at.line]) {
          rows.get(line)?.remove();
          rows.delete(line);
        }
        marked = here;
      }
      drawn = now;
      for (const [line, row] of rows) {
        if (line < first || line >= last) {
          row.remove();
          rows.delete(line);
        }
      }
      const added = document.createDocumentFragment();
      for (let line = first; line < last; line += 1) {
        if (!rows.has(line)) {
          rows.set(line, drawRow(line));
          added.append(rows.get(line));
        }
      }
      body.append(added);
      grid.setAttribute("aria-activedescendant", "here");
    };
    const move = (line, column) => {
      at = { line: Math.max(0, Math.min(lines.length - 1, line)), column: Math.max(0, Math.min(columns.length - 1, column)) };
      const [top, left] = [at.line * ROW, NAME + at.column * CELL];
      const room = grid.clientHeight - HEAD - ROW;
      if (top < grid.scrollTop) grid.scrollTop = top;
      else if (top > grid.scrollTop + room) grid.scrollTop = top - room;
      if (left - NAME < grid.scrollLeft) grid.scrollLeft = left - NAME;
      else if (left + CELL > grid.scrollLeft + grid.clientWidth) grid.scrollLeft = left + CELL - grid.clientWidth;
      draw();
    };

    // ---- a cell, opened
    let open = null;
    const drawLeaves = () => {
      const words = by("values").value.toLowerCase().split(/\s+/).filter(Boolean);
      const [cluster, it] = open;
      const shown = (value, layer) => [filled(cluster, value), ...data.layers[layer]];
      const rows = it.leaves.filter(([path, value, layer]) => {
        const all = [path, ...shown(value, layer)].join(" ").toLowerCase();
        return words.every((word) => all.includes(word));
      }).map(([path, value, layer, ...over]) => {
        const row = made("tr");
        const [is, owner, place] = shown(value, layer);
        const by = made("td", "", place ? `${owner} · ${place}` : owner);
        for (const [value, layer] of over) {
          const [was, owner, place] = shown(value, layer);
          const line = made("div");
          line.append("instead of ", made("s", "", was), ` of ${owner}${place ? ` · ${place}` : ""}`);
          by.append(line);
        }
        const cell = made("td");
        cell.append(made("div", "", is));
        row.append(made("td", "", path), cell, by);
        return row;
      });
      by("leaves").replaceChildren(...rows);
    };
    const show = (line, column) => {
      const [cluster, addon] = [lines[line], data.addons[columns[column]]];
      const it = cluster && addon && variant(cluster, columns[column]);
      if (!it) return;
      open = [cluster, it];
      by("panel-title").textContent = `${addon.name} ${it.version} on ${cluster.name}`;
      const used = cluster.uses[addon.in];
      const facts = data.facts.map((name, nth) => (cluster.facts[nth] === null ? null : `${name} = ${text(cluster.facts[nth])}`));
      const taken = used === undefined ? `declared in ${addon.in}` : `used by ${data.layers[used].filter(Boolean).join(" · ")}`;
      by("panel-about").textContent = `namespace ${it.namespace}, ${taken}\n${facts.filter(Boolean).join(", ")}`;
      by("values").value = "";
      drawLeaves();
      by("panel").hidden = false;
      by("close").focus();
      history.replaceState(null, "", `#${encodeURIComponent(cluster.name)}/${encodeURIComponent(addon.name)}`);
    };
    const close = () => {
      if (by("panel").hidden) return;
      by("panel").hidden = true;
      history.replaceState(null, "", location.pathname + location.search);
      grid.focus({ preventScroll: true });
    };

    // ---- views
    const tabs = ["matrix", "picture", "warnings"];
    const view = (name) => {
      for (const it of tabs) {
        by(it).hidden = it !== name;
        by(`tab-${it}`).setAttribute("aria-selected", it === name);
        by(`tab-${it}`).tabIndex = it === name ? 0 : -1;
      }
      if (name === "matrix") draw();
    };
    for (const it of tabs) {
      by(`tab-${it}`).addEventListener("click", () => view(it));
      by(`tab-${it}`).addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        const next = tabs[(tabs.indexOf(it) + step + tabs.length) % tabs.length];
        view(next);
        by(`tab-${next}`).focus();
      });
    }
    by("warnings").replaceChildren(...data.warnings.map((it) => {
      const box = made("details", "warning");
      const summary = made("summary");
      summary.append(made("b", "", it.code), ` ${it.message}`);
      box.append(summary, made("pre", "", it.text));
      return box;
    }));
    if (data.warnings.length === 0) by("warnings").append(made("p", "", "No warnings."));
    by("tab-warnings").textContent = `Warnings (${data.warnings.length})`;
    by("counts").textContent = `${data.clusters.length} clusters, ${data.addons.length} add-ons`;

    // ---- what a person does
    let waiting = 0;
    const soon = () => {
      cancelAnimationFrame(waiting);
      waiting = requestAnimationFrame(filter);
    };
    for (const id of ["search", "columns"]) by(id).addEventListener("input", soon);
    for (const id of ["ring", "drift"]) by(id).addEventListener("change", soon);
    by("filters").addEventListener("submit", (event) => event.preventDefault());
    by("filters").addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      filter();
      grid.focus();
    });
    by("values").addEventListener("input", drawLeaves);
    by("close").addEventListener("click", close);
    grid.addEventListener("scroll", () => requestAnimationFrame(draw), { passive: true });
    const resized = () => { measure(); filter(); };
    addEventListener("resize", resized);
    matchMedia("(pointer: coarse)").addEventListener("change", resized);
    grid.addEventListener("click", (event) => {
      const cell = event.target.closest(".cell");
      if (!cell) return;
      move(Number(cell.dataset.line), Number(cell.dataset.column));
      show(at.line, at.column);
    });
    grid.addEventListener("keydown", (event) => {
      const page = Math.max(1, Math.floor((grid.clientHeight - HEAD) / ROW) - 1);
      const to = {
        ArrowDown: [at.line + 1, at.column], ArrowUp: [at.line - 1, at.column],
        ArrowRight: [at.line, at.column + 1], ArrowLeft: [at.line, at.column - 1],
        PageDown: [at.line + page, at.column], PageUp: [at.line - page, at.column],
        Home: event.ctrlKey ? [0, 0] : [at.line, 0],
        End: event.ctrlKey ? [lines.length - 1, columns.length - 1] : [at.line, columns.length - 1],
      }[event.key];
      if (to) {
        event.preventDefault();
        move(...to);
      } else if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        show(at.line, at.column);
      }
    });
    addEventListener("keydown", (event) => {
      if (event.key === "Escape") close();
      const writes = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
      if (event.key === "/" && !writes && !by("matrix").hidden) {
        event.preventDefault();
        by("search").focus();
      }
    });

    if (rings) {
      by("ring-label").hidden = false;
      for (const ring of rings.order) by("ring").append(new Option(ring, ring));
    }
    const swatch = (name, label, background) => {
      const it = made("span");
      const box = made("i", name);
      if (background) box.style.background = background;
      it.append(box, label);
      return it;
    };
    by("legend").append(
      swatch("v0", "newest"), swatch("v1", "one older"), swatch("v2", "two older"), swatch("v3", "older still"),
      ...(rings ? rings.order.map((it) => swatch("", it, ringColor(it))) : []), made("span", "", "● own override"));
    measure();
    filter();
    const [cluster, addon] = location.hash.slice(1).split("/").map(decodeURIComponent);
    if (addon) {
      const line = lines.findIndex((it) => it.name === cluster);
      const column = columns.findIndex((nth) => data.addons[nth].name === addon);
      if (line >= 0 && column >= 0) { move(line, column); show(line, column); }
    }
  }
})();
