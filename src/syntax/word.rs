//! What each word of the language is for: a chapter of the reference, cut into its sections.

/// The chapter that users read.
const CHAPTER: &str = include_str!("../../docs/reference/words.md");

/// Every word, and what is said of it, in Markdown.
pub fn words() -> impl Iterator<Item = (&'static str, &'static str)> {
    let sections = CHAPTER.split("\n## ").skip(1);
    sections.filter_map(|it| it.split_once('\n')).map(|(word, text)| (word, text.trim()))
}

/// What a word is for.
#[must_use]
pub fn word(name: &str) -> Option<&'static str> {
    words().find(|(it, _)| *it == name).map(|(_, text)| text)
}
