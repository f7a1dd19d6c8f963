//! The words of the language, by place.

use super::{Completion, CompletionKind};
use crate::source::Kind;
use crate::syntax;

/// What may be declared at the top level, and how it goes on.
pub(super) const TOP: [(&str, &str); 22] = [
    ("fleet", "fleet $1 {\n  $0\n}"),
    ("catalogue", "catalogue $1 {\n  $0\n}"),
    ("application", "application $1 {\n  $0\n}"),
    ("cluster", "cluster $1 {\n  $0\n}"),
    ("group", "group $1 {\n  $0\n}"),
    ("rule", "rule $1 when $2 {\n  $0\n}"),
    ("override", "override $1 {\n  $0\n}"),
    ("source", "source $1 = helm \"$2\""),
    ("addon", "addon $1 {\n  source  = $2\n  version = \"$3\"\n}"),
    ("manifest", "manifest $1 {\n  apiVersion = \"$2\"\n  kind       = \"$3\"\n  $0\n}"),
    ("namespace", "namespace $1 { $0 }"),
    ("kustomize", "kustomize $1 { path = \"$2\" }"),
    ("tenant", "tenant $1 {\n  $0\n}"),
    ("repository", "repository $1 {\n  url = \"$2\"\n  $0\n}"),
    ("inventory", "inventory $1 from csv(\"$2\") as row {\n  name = row.$0\n}"),
    ("baseline", "baseline $1 {\n  $0\n}"),
    ("external", "external Secret $1.$2 { $0 }"),
    ("check", "check \"$1\" {\n  $0\n}"),
    ("type", "type $1 = $0"),
    ("let", "let $1 = $0"),
    ("fn", "fn $1($2): $3 = $0"),
    ("import", "import std.addons.{ $0 }"),
];

pub(super) fn declared(word: &str, snippet: &str) -> Completion {
    Completion { snippet: Some(snippet.into()), ..keyword(word, "declaration") }
}

pub(super) fn keyword(word: &str, detail: &str) -> Completion {
    Completion {
        label: word.into(),
        kind: CompletionKind::Keyword,
        detail: detail.into(),
        // `optional addon` is as its last word.
        doc: syntax::word(word.rsplit(' ').next().unwrap_or(word)).map(Into::into),
        snippet: None,
    }
}

/// The words that may begin a member of a declaration's own block, or of a block inside of it.
pub(super) fn members(kind: Kind, is_own: bool) -> Vec<Completion> {
    let words: &[&str] = match kind {
        _ if !is_own => &["unset", "let"],
        Kind::Fleet => &["rings"],
        Kind::Catalogue | Kind::Application => {
            &["addon", "optional addon", "source", "manifest", "namespace", "kustomize", "let"]
        }
        Kind::Group => &[
            "cluster",
            "use",
            "drop",
            "attach",
            "detach",
            "override",
            "addon",
            "source",
            "manifest",
            "namespace",
            "kustomize",
            "let",
        ],
        Kind::Cluster | Kind::Inventory => &[
            "use",
            "drop",
            "attach",
            "detach",
            "override",
            "addon",
            "source",
            "manifest",
            "namespace",
            "kustomize",
            "let",
        ],
        Kind::Rule => &["use", "drop", "attach", "detach", "override", "let"],
        Kind::Override => &["unset", "let", "patch"],
        _ => &["unset", "let"],
    };
    let made = |word: &&str| match TOP.iter().find(|(it, _)| it == word) {
        Some((_, snippet)) => declared(word, snippet),
        None if *word == "optional addon" => declared(word, "optional addon $1 {\n  $0\n}"),
        None => keyword(word, "statement"),
    };
    words.iter().map(made).collect()
}
