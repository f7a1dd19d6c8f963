// The page: files and their editor on one side, what the compiler makes of them on the other.

import { Compiler } from "./compiler.js";
import { goTo, outputView, sourceEditor, underline } from "./editors.js";
import { examples } from "./embedded.js";
import { showNames } from "./highlight.js";
import { fromFragment, toFragment } from "./link.js";
import { listFiles, showWithPlaces } from "./list.js";

/** How long after the last key the compiler begins, in milliseconds. */
const PAUSE = 120;

const element = (id) => document.getElementById(id);
const compiler = new Compiler();

/** What the author writes, and which file of it is open. */
let files = {};
let open = "";
/** What the compiler made of it; `tree` stays as it was while there are errors. */
let made = { tree: {}, problems: [], names: {} };
let tree = {};
let shown = "";
/** Counts what was asked, so that a late answer to an older question is not shown. */
let asked = 0;
let waiting;

const source = sourceEditor(element("source"), (text) => {
  files[open] = text;
  clearTimeout(waiting);
  element("state").textContent = "…";
  waiting = setTimeout(compile, PAUSE);
});
const output = outputView(element("output"), why);

function openFile(path, line, column) {
  if (path !== open || line === undefined) {
    open = path;
    source.show(path, files[path]);
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
  listFiles(element("sources"), Object.keys(files), open, (path) => openFile(path), worst);
}

function mark() {
  underline(source.view, made.problems.filter((it) => it.path === open));
  showNames(source.view, made.names[open] ?? []);
}

async function compile() {
  const question = ++asked;
  element("state").textContent = "…";
  let answer;
  try {
    answer = await compiler.ask({ compile: files });
  } catch (problem) {
    answer = { tree: {}, names: {}, problems: [{ error: true, code: "", message: problem.message, text: problem.message }] };
  }
  if (question !== asked) return;
  made = answer;
  const errors = made.problems.filter((it) => it.error).length;
  const warnings = made.problems.length - errors;
  if (errors === 0) tree = made.tree;
  const count = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;
  const state = errors > 0 ? count(errors, "error") : `${count(Object.keys(tree).length, "file")}`;
  element("state").textContent = warnings > 0 ? `${state}, ${count(warnings, "warning")}` : state;
  document.body.classList.toggle("broken", errors > 0);
  const text = made.problems.map((it) => it.text.trimEnd()).join("\n\n");
  element("problems").hidden = text === "";
  showWithPlaces(element("problems"), text, Object.keys(files), openFile);
  listSources();
  mark();
  listTree();
}

function listTree() {
  const paths = Object.keys(tree);
  if (!(shown in tree)) shown = paths.find((it) => it.startsWith("clusters/")) ?? paths[0] ?? "";
  const text = tree[shown] ?? "";
  if (output.view.state.doc.toString() !== text || output.path !== shown) {
    output.path = shown;
    output.show(shown, text);
    explain(null);
  }
  listFiles(element("tree"), paths, shown, (path) => {
    shown = path;
    listTree();
  });
}

async function why(line) {
  const path = shown;
  const { text } = await compiler.ask({ why: { path, line } });
  if (path === shown) explain(text ?? `There is no value in line ${line}.`);
}

function explain(text) {
  const places = Object.keys(files);
  showWithPlaces(element("why"), text ?? "Click a line of a generated file to see what set it.", places, openFile);
  element("why").classList.toggle("hint", text === null);
}

function load(project) {
  files = { ...project };
  [tree, shown, made] = [{}, "", { tree: {}, problems: [], names: {} }];
  openFile("fleet.fleet" in files ? "fleet.fleet" : Object.keys(files).sort()[0]);
  return compile();
}

function addFile(event) {
  event.preventDefault();
  const path = element("path").value.trim();
  element("new").close();
  if (path && !(path in files)) files[path] = "";
  if (path) openFile(path);
  source.view.focus();
}

function removeFile() {
  if (Object.keys(files).length < 2 || !confirm(`Remove ${open}?`)) return;
  delete files[open];
  openFile(Object.keys(files).sort()[0]);
  compile();
}

async function copyLink() {
  history.replaceState(null, "", `#${await toFragment(files)}`);
  try {
    await navigator.clipboard.writeText(location.href);
    element("state").textContent = "The link is copied";
  } catch {
    element("state").textContent = "The link is in the address bar";
  }
}

async function start() {
  const choice = element("example");
  choice.replaceChildren(...Object.keys(examples).map((it) => new Option(it, it)));
  choice.onchange = () => {
    history.replaceState(null, "", location.pathname + location.search);
    load(examples[choice.value]);
  };
  element("add").onclick = () => element("new").showModal();
  element("new").querySelector("form").onsubmit = addFile;
  element("cancel").onclick = () => element("new").close();
  element("remove").onclick = removeFile;
  element("link").onclick = copyLink;
  element("licences").onclick = () => element("terms").showModal();
  const shared = await fromFragment(location.hash.slice(1));
  if (shared) choice.prepend(new Option("a link", "", true, true));
  await load(shared ?? examples[choice.value]);
  document.body.dataset.ready = "true";
}

start();
