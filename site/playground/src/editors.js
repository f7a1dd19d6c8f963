// The two texts of the page: a source that is written, and a file of the tree that is read.

import { setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, highlightActiveLine, lineNumbers } from "@codemirror/view";
import { basicSetup } from "codemirror";
import { highlighting, languageOf } from "./highlight.js";

/** An editor of a source; `changed` gets the text. */
export function sourceEditor(parent, changed) {
  const view = new EditorView({ parent });
  const told = EditorView.updateListener.of((it) => it.docChanged && changed(it.state.doc.toString()));
  const extensions = (path) => [
    basicSetup,
    EditorView.contentAttributes.of({ "aria-label": `Source ${path}` }),
    highlighting(languageOf(path)),
    told,
  ];
  const states = new Map();
  let shown = null;
  /** Shows a file, with its cursor and what can be undone as they were. */
  const show = (path, text) => {
    if (shown) states.set(shown, view.state);
    const known = states.get(path);
    const isSame = known?.doc.toString() === text;
    view.setState(isSame ? known : EditorState.create({ doc: text, extensions: extensions(path) }));
    shown = path;
  };
  /** Another project: nothing of the one before can be undone. */
  const forget = () => {
    states.clear();
    shown = null;
  };
  return { view, show, forget };
}

/** A view of a generated file; `asked` gets the line, counted from 1, that the cursor is put on. */
export function outputView(parent, asked) {
  const view = new EditorView({ parent });
  const line = (state) => state.doc.lineAt(state.selection.main.head).number;
  const moved = EditorView.updateListener.of((it) => {
    const byPerson = it.transactions.some((one) => one.isUserEvent("select"));
    if (byPerson && it.selectionSet) asked(line(it.state));
  });
  const extensions = (path) => [
    lineNumbers(),
    highlightActiveLine(),
    EditorState.readOnly.of(true),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ "aria-label": `Generated ${path}` }),
    highlighting(languageOf(path)),
    moved,
  ];
  return { view, show: (path, text) => view.setState(EditorState.create({ doc: text, extensions: extensions(path) })) };
}

/** Puts the cursor on a line, counted from 1, and shows it. */
export function goTo(view, line, column = 1) {
  const it = view.state.doc.line(Math.min(line, view.state.doc.lines));
  const at = it.from + [...it.text].slice(0, column - 1).join("").length;
  view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
  view.focus();
}

/** Underlines the problems of a source. */
export function underline(view, problems) {
  const { doc } = view.state;
  const offset = (line, column) => {
    const it = doc.line(Math.min(line, doc.lines));
    return it.from + [...it.text].slice(0, column - 1).join("").length;
  };
  const marks = problems.map(({ code, error, message, help, range }) => {
    const [line, column, endLine, endColumn] = range ?? [1, 1, 1, 1];
    const from = offset(line, column);
    return {
      from,
      to: Math.max(from, offset(endLine, endColumn)),
      severity: error ? "error" : "warning",
      source: code,
      message: help ? `${message}\n${help}` : message,
    };
  });
  view.dispatch(setDiagnostics(view.state, marks));
}
