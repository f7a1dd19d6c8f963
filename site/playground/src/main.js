// The page: files and their editor on one side, what the compiler makes of them on the other.

import { Compiler } from "./compiler.js";
import { goTo, outputView, sourceEditor, underline } from "./editors.js";
import { examples } from "./embedded.js";
import { showNames } from "./highlight.js";
import { fromFragment, isPath, toFragment } from "./link.js";
import { listFiles, showWithPlaces } from "./list.js";

/** How long after the last key the compiler begins, in milliseconds. */
const PAUSE = 120;

/** What a project has, without which there is nothing to compile. */
const MAIN = "fleet.fleet";

const NOTHING = { tree: {}, problems: [], names: {} };

const element = (id) => document.getElementById(id);
const compiler = new Compiler();

/** What can be chosen: the examples, and what a link held. */
const projects = new Map(Object.entries(examples));
/** What the author writes, by path; which file of it is open; whether it differs from what was chosen. */
let files = new Map();
let open = "";
let isEdited = false;
/** What the compiler made of it; `tree` stays as it was while there are errors. */
let made = NOTHING;
let tree = {};
let shown = "";
/** The line of the tree that is explained. */
let explained = null;
/** Whether the compiler is at work, and whether something changed since it began. */
let isBusy = false;
let isStale = false;
let waiting;

const source = sourceEditor(element("source"), (text) => {
  files.set(open, text);
  changed();
});
const output = outputView(element("output"), why);

function changed() {
  isEdited = true;
  element("state").textContent = "…";
  clearTimeout(waiting);
  waiting = setTimeout(compile, PAUSE);
}

const paths = () => [...files.keys()].sort();
const hasErrors = () => made.problems.some((it) => it.error);

function openFile(path, line, column) {
  if (path !== open || line === undefined) {
    open = path;
    source.show(path, files.get(path));
    mark();
  }
  if (line !== undefined) goTo(source.view, line, column);
  listSources();
}

function listSources() {
  const worst = {};
  for (const { path, error } of made.problems) {
    if (error || !worst[path]) worst[path] = error ? "error" : "warning";
  }
  listFiles(element("sources"), paths(), open, (path) => openFile(path), worst);
}

function mark() {
  underline(source.view, made.problems.filter((it) => it.path === open));
  showNames(source.view, made.names[open] ?? []);
}

/** Compiles what there is; what changes meanwhile is compiled after it, once. */
async function compile() {
  isStale = true;
  if (isBusy) return;
  isBusy = true;
  while (isStale) {
    isStale = false;
    element("state").textContent = "…";
    const answer = await compiled();
    if (!isStale) show(answer);
  }
  isBusy = false;
}

async function compiled() {
  const failed = (text) => ({ ...NOTHING, problems: [{ error: true, code: "", message: text, text: `error: ${text}` }] });
  if (!files.has(MAIN)) return failed(`there is no \`${MAIN}\`, where a project begins`);
  try {
    return await compiler.ask({ compile: Object.fromEntries(files) });
  } catch (problem) {
    return failed(problem.message);
  }
}

function show(answer) {
  made = answer;
  const errors = made.problems.filter((it) => it.error).length;
  const warnings = made.problems.length - errors;
  if (errors === 0) tree = made.tree;
  const count = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;
  const state = errors > 0 ? count(errors, "error") : count(Object.keys(tree).length, "file");
  element("state").textContent = warnings > 0 ? `${state}, ${count(warnings, "warning")}` : state;
  document.body.classList.toggle("broken", errors > 0);
  const text = made.problems.map((it) => it.text.trimEnd()).join("\n\n");
  element("problems").hidden = text === "";
  showWithPlaces(element("problems"), text, paths(), openFile);
  listSources();
  mark();
  listTree();
  if (explained !== null) why(explained);
}

function listTree() {
  const all = Object.keys(tree);
  if (!(shown in tree)) shown = all.find((it) => it.startsWith("clusters/")) ?? all[0] ?? "";
  const text = tree[shown] ?? "";
  if (output.view.state.doc.toString() !== text || output.path !== shown) {
    output.path = shown;
    output.show(shown, text);
    explain(null);
  }
  listFiles(element("tree"), all, shown, (path) => {
    shown = path;
    listTree();
  });
}

/** Says what set a line of the file that is shown. */
async function why(line) {
  const isAsked = explained !== line;
  explained = line;
  if (hasErrors()) {
    explain("The tree is that of before the mistakes: mend them first.", line);
    return;
  }
  const path = shown;
  let text;
  try {
    ({ text } = await compiler.ask({ why: { path, line } }));
  } catch (problem) {
    text = problem.message;
  }
  if (path !== shown || explained !== line) return;
  explain(text ?? `There is no value in line ${line}.`, line);
  if (isAsked) element("why").scrollIntoView({ block: "nearest" });
}

function explain(text, line = null) {
  explained = line;
  showWithPlaces(element("why"), text ?? "Click a line of a generated file to see what set it.", paths(), openFile);
  element("why").classList.toggle("hint", text === null);
}

function load(project) {
  files = new Map(Object.entries(project));
  [tree, shown, made, isEdited] = [{}, "", NOTHING, false];
  source.forget();
  openFile(files.has(MAIN) ? MAIN : paths()[0]);
  listTree();
  return compile();
}

/** Asks for a path; what is done with it may refuse it, with a reason. */
function askPath(value, done) {
  const dialog = element("new");
  element("path").value = value;
  element("refused").textContent = "";
  dialog.querySelector("form").onsubmit = (event) => {
    event.preventDefault();
    const path = element("path").value.trim();
    const isTaken = path !== value && files.has(path);
    const refused = isTaken ? "There is a file of that name." : isPath(path) ? "" : "Write letters, digits, `.`, `-`, `_`, and `/` between directories.";
    element("refused").textContent = refused;
    if (refused) return;
    dialog.close();
    done(path);
    changed();
    source.view.focus();
  };
  dialog.showModal();
}

function addFile() {
  askPath("", (path) => {
    files.set(path, "");
    openFile(path);
  });
}

function renameFile() {
  const from = open;
  askPath(from, (path) => {
    const text = files.get(from);
    files.delete(from);
    files.set(path, text);
    openFile(path);
  });
}

function removeFile() {
  if (files.size < 2) {
    element("state").textContent = "A project has one file at least";
    return;
  }
  if (!confirm(`Remove ${open}?`)) return;
  files.delete(open);
  openFile(paths()[0]);
  changed();
}

async function copyLink() {
  history.replaceState(null, "", `#${await toFragment(Object.fromEntries(files))}`);
  isEdited = false;
  try {
    await navigator.clipboard.writeText(location.href);
    element("state").textContent = "The link is copied";
  } catch {
    element("state").textContent = "The link is in the address bar";
  }
}

/** Loads what the address holds; false where that is nothing. */
async function loadLink() {
  const fragment = location.hash.slice(1);
  if (!fragment) return false;
  const project = await fromFragment(fragment);
  if (!project) {
    alert("This link holds no project: it may have been cut.");
    return false;
  }
  projects.set("a link", project);
  listProjects("a link");
  await load(project);
  return true;
}

function listProjects(chosen) {
  element("example").replaceChildren(...[...projects.keys()].map((it) => new Option(it, it, false, it === chosen)));
}

function choose() {
  const choice = element("example");
  if (isEdited && !confirm("Discard what you changed?")) {
    choice.value = choice.dataset.chosen;
    return;
  }
  choice.dataset.chosen = choice.value;
  history.replaceState(null, "", location.pathname + location.search);
  load(projects.get(choice.value));
}

async function start() {
  const [first] = projects.keys();
  listProjects(first);
  const choice = element("example");
  choice.dataset.chosen = first;
  choice.onchange = choose;
  element("add").onclick = addFile;
  element("rename").onclick = renameFile;
  element("remove").onclick = removeFile;
  element("cancel").onclick = () => element("new").close();
  element("link").onclick = copyLink;
  element("licences").onclick = () => element("terms").showModal();
  element("state").onclick = () => element("problems").scrollIntoView({ block: "nearest" });
  element("home").hidden = !location.protocol.startsWith("http");
  addEventListener("hashchange", loadLink);
  addEventListener("beforeunload", (event) => isEdited && event.preventDefault());
  if (!(await loadLink())) await load(projects.get(first));
  document.body.dataset.ready = "true";
}

start();
