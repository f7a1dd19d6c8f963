// Colours: the words of the language by the grammar that editors have, names by what the compiler says they are.

import yaml from "@shikijs/langs/yaml";
import { createCssVariablesTheme, createHighlighterCoreSync } from "shiki/core";
import { createJavaScriptRegexEngine } from "shiki/engine/javascript";
import { RangeSetBuilder, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView } from "@codemirror/view";
import fleet from "../../../editors/vscode/syntaxes/fleet.tmLanguage.json";

const theme = createCssVariablesTheme({ name: "page", variablePrefix: "--code-" });
const highlighter = createHighlighterCoreSync({
  themes: [theme],
  langs: [{ ...fleet, name: "fleet" }, yaml],
  engine: createJavaScriptRegexEngine(),
});

/** Longer texts are shown without colours. */
const LONGEST = 200_000;

/** Longer texts are coloured when the compiler has answered, and not with each key. */
const LONG = 20_000;

/** The language of a file, by its name. */
export function languageOf(path) {
  if (path.endsWith(".fleet")) return "fleet";
  return /\.(ya?ml|json)$/.test(path) ? "yaml" : null;
}

const setNames = StateEffect.define();

/** Colours a text in one of the languages; none for `null`. */
export function highlighting(language) {
  return [
    StateField.define({
      create: ({ doc }) => words(doc, language),
      update(marks, { docChanged, changes, effects, newDoc }) {
        const isDue = newDoc.length > LONG ? effects.some((it) => it.is(setNames)) : docChanged;
        return isDue ? words(newDoc, language) : marks.map(changes);
      },
      provide: (it) => EditorView.decorations.from(it),
    }),
    StateField.define({
      create: () => Decoration.none,
      update(marks, transaction) {
        const set = transaction.effects.find((it) => it.is(setNames));
        return set ? named(transaction.state.doc, set.value) : marks.map(transaction.changes);
      },
      provide: (it) => EditorView.decorations.from(it),
    }),
  ];
}

/** Shows what the compiler knows of the names in an editor's text: start, end, and what each is. */
export function showNames(view, names) {
  view.dispatch({ effects: setNames.of(names) });
}

function words(doc, language) {
  if (!language || doc.length > LONGEST) return Decoration.none;
  const builder = new RangeSetBuilder();
  const lines = highlighter.codeToTokensBase(doc.toString(), { lang: language, theme: "page" });
  for (const { offset, content, color } of lines.flat()) {
    if (color && content.trim()) {
      builder.add(offset, offset + content.length, Decoration.mark({ attributes: { style: `color: ${color}` } }));
    }
  }
  return builder.finish();
}

function named(doc, names) {
  const builder = new RangeSetBuilder();
  for (const [from, to, what] of names) {
    if (to <= doc.length) builder.add(from, to, Decoration.mark({ class: `name-${what}` }));
  }
  return builder.finish();
}
