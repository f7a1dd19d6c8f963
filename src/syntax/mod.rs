//! Text → tree.
//!
//! In: the text of one file. Out: its declarations, each under its [`Anchor`],
//! without positions; beside them the positions and the comments, for those who
//! print or format. Parsing never fails and never panics: what cannot be read is
//! left out and reported, and its neighbours keep their meaning.

pub mod ast;
mod chunk;
mod grammar;
mod lower;
mod memo;
mod fix;
mod problems;
mod recover;
mod scan;
mod source_kind;
#[cfg(test)]
mod tests;
mod tokens;
mod trail;
mod unreadable;
pub mod walk;
mod word;

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::Invariant;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{Anchor, Db, IndexMap, NodeId, Origin, SourceFile, is_bidi_control, is_noncharacter};
use ast::{CATALOGUE_NAME, Declaration};
use pest::iterators::Pair;
use problems::Problem;

pub use scan::{Delimiter, Event, Open, Scanner};
pub use tokens::{Chunk, Group, Role, Token, tokens};
pub use trail::{Trail, trail};
pub use word::{word, words};

/// A file that was read.
pub struct Parsed {
    /// Declarations in the order of the text.
    pub declarations: Vec<(Anchor, Arc<Declaration>)>,
    /// For each declaration, the byte range of each of its nodes.
    pub nodes: IndexMap<Anchor, Vec<Range<usize>>>,
    /// For each declaration, where names stand in nodes that are more than a name.
    names: IndexMap<Anchor, Vec<(NodeId, Range<usize>)>>,
    /// Byte ranges of the comments, in order.
    pub comments: Vec<Range<usize>>,
    pub diagnostics: Vec<Diagnostic>,
}

/// The first character of a file that may not be in it.
fn forbidden(text: &str) -> Option<Problem> {
    if text.is_ascii() {
        return None;
    }
    let mut all = text.char_indices().filter(|(_, it)| is_bidi_control(*it) || is_noncharacter(*it));
    let (at, found) = all.next()?;
    Some(Problem::Forbidden { at, found, count: 1 + all.count() })
}

/// Reads a file. Runs again whenever its text changes, since every offset moves.
#[salsa::tracked(no_eq)]
pub fn parse(db: &dyn Db, file: SourceFile) -> Arc<Parsed> {
    let text = file.text(db);
    let mut problems = Vec::new();
    let mut comments = Vec::new();
    let mut lowering = lower::Lowering::new(text);
    if text.len() > chunk::SIZE_LIMIT {
        problems.push(Problem::TooLarge);
    } else {
        problems.extend(forbidden(text));
        let chunks = chunk::split(text);
        for range in chunks.ranges {
            let slice = text.get(range.clone()).invariant("a chunk is a part of its file");
            let too_deep = chunks.too_deep.filter(|it| range.contains(it));
            if let Some(at) = too_deep {
                problems.push(Problem::TooDeep(at));
                continue;
            }
            let Some(pair) = grammar::chunk(slice) else {
                problems.push(Problem::TooDeep(range.start));
                continue;
            };
            let found: Vec<_> = pair.clone().into_inner().flatten().filter(|it| grammar::is_noted(it)).collect();
            comments.extend(
                found
                    .iter()
                    .filter(|it| it.as_rule() == grammar::Rule::comment)
                    .map(|it| range.start + it.as_span().start()..range.start + it.as_span().end()),
            );
            let is_bad = found.iter().any(|it| it.as_rule() != grammar::Rule::comment);
            let repaired = is_bad.then(|| recover::repair(slice, range.start)).flatten();
            let (meant, repairs) = repaired.unwrap_or_default();
            let bad =
                |pair: &Pair<'_, grammar::Rule>| pair.clone().into_inner().flatten().filter(grammar::is_bad).count();
            // A repair that leaves more to be said than there was is a misunderstanding.
            let again = grammar::chunk(&meant)
                .filter(|it| !repairs.problems.is_empty() && repairs.problems.len() + bad(it) <= bad(&pair));
            match again {
                Some(again) => lowering.chunk(range.start, again, repairs),
                None => lowering.chunk(range.start, pair, recover::Repairs::default()),
            }
        }
    }
    problems.append(&mut lowering.problems);
    let mut parsed = anchored(db, file, lowering.declarations);
    parsed.comments = comments;
    parsed.diagnostics = problems.into_iter().map(|it| it.diagnostic(file, text)).collect();
    Arc::new(parsed)
}

/// Gives each declaration its anchor.
fn anchored(db: &dyn Db, file: SourceFile, lowered: Vec<lower::Lowered>) -> Parsed {
    let mut anchors: Vec<Anchor> = Vec::new();
    let mut seen: IndexMap<(Option<Anchor>, crate::source::Kind, ecow::EcoString), u32> = IndexMap::default();
    let mut declarations = Vec::new();
    let mut nodes = IndexMap::default();
    let mut names = IndexMap::default();
    for it in lowered {
        let parent = it.parent.and_then(|index| anchors.get(index).copied());
        let nth = seen.entry((parent, it.declaration.kind, it.declaration.name.clone())).or_default();
        let anchor = Anchor::new(db, file, parent, it.declaration.kind, it.declaration.name.clone(), *nth, None);
        *nth += 1;
        anchors.push(anchor);
        nodes.insert(anchor, it.nodes);
        names.insert(anchor, it.names);
        declarations.push((anchor, Arc::new(it.declaration)));
    }
    Parsed { declarations, nodes, names, comments: Vec::new(), diagnostics: Vec::new() }
}

/// The declarations of a file by anchor: from here on, positions are gone.
#[salsa::tracked]
pub fn declarations(db: &dyn Db, file: SourceFile) -> Arc<IndexMap<Anchor, Arc<Declaration>>> {
    Arc::new(parse(db, file).declarations.iter().cloned().collect())
}

/// The names that a file declares: all that other files see of it at first.
#[salsa::tracked]
pub fn anchors(db: &dyn Db, file: SourceFile) -> Arc<[Anchor]> {
    declarations(db, file).keys().copied().collect()
}

/// One declaration. Runs again when its file changes, and stops there if the
/// declaration itself did not.
///
#[salsa::tracked]
pub fn declaration(db: &dyn Db, anchor: Anchor) -> Arc<Declaration> {
    if let Some(original) = anchor.original(db) {
        let written = declaration(db, original);
        if written.name == *anchor.name(db) {
            return Arc::clone(written);
        }
        return Arc::new(Declaration { name: anchor.name(db).clone(), ..Declaration::clone(written) });
    }
    let found = declarations(db, anchor.file(db)).get(&anchor).cloned();
    found.unwrap_or_else(|| {
        Arc::new(Declaration {
            kind: anchor.kind(db),
            name: anchor.name(db).clone(),
            head: ast::Head::Broken,
            body: ast::Block::default(),
            doc: None,
        })
    })
}

/// What is wrong with the text of a file.
#[salsa::tracked]
pub fn diagnostics(db: &dyn Db, file: SourceFile) -> Diagnostics {
    parse(db, file).diagnostics.clone().into()
}

/// Where an origin stands in its file today, in bytes.
pub fn locate(db: &dyn Db, origin: Origin) -> Option<(SourceFile, Range<usize>)> {
    let file = origin.anchor.file(db);
    let parsed = parse(db, file);
    let Some(nodes) = parsed.nodes.get(&origin.anchor.written(db)) else {
        // A cluster that an inventory makes has no text of its own.
        return locate(db, Origin::of(origin.anchor.parent(db)?));
    };
    Some((file, nodes.get(origin.node as usize).or_else(|| nodes.first())?.clone()))
}

/// Where the names of a node stand in its file today, in bytes and without quotes: of `a.b`, whether it is a path or a
/// text, `a` and `b`.
pub fn locate_names(db: &dyn Db, origin: Origin) -> Option<(SourceFile, Vec<Range<usize>>)> {
    let (file, whole) = locate(db, origin)?;
    let text = file.text(db);
    let unquoted = |range: Range<usize>| {
        let inner = text.get(range.clone()).unwrap_or_default();
        let is_quote = ['"', '#'];
        let start = range.end - inner.trim_start_matches(is_quote).len();
        start..(range.start + inner.trim_end_matches(is_quote).len()).max(start)
    };
    let all = parse(db, file).names.get(&origin.anchor.written(db)).into_iter().flatten();
    let recorded: Vec<Range<usize>> =
        all.filter(|(node, _)| *node == origin.node).map(|(_, range)| unquoted(range.clone())).collect();
    if !recorded.is_empty() {
        return Some((file, recorded));
    }
    let whole = unquoted(whole);
    if origin.node == 0 && origin.anchor.written(db).name(db).contains(CATALOGUE_NAME) {
        return Some((file, vec![whole]));
    }
    let mut start = whole.start;
    let parts = text.get(whole).unwrap_or_default().split('.').map(|part| {
        let range = start..start + part.len();
        start = range.end + 1;
        range
    });
    Some((file, parts.collect()))
}
