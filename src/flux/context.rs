//! What the making of objects needs to know: for which Flux, for which cluster, where
//! names are looked up.

use std::cell::LazyCell;
use std::sync::Arc;

use ecow::EcoString;

use super::lookup::{comes_with_definition, find_source, is_of_package, is_pinned, source_kind};
use super::problems;
use super::shared_item::{Made, SharedItem};
use super::version_range::Range;
use crate::diagnostic::{Checked, Diagnostic, Invariant, code};
use crate::eval::let_value;
use crate::fleet::{self, Cluster, Evaluated, ReleaseIn, Representative, Settings, Specialization};
use crate::kube::object::Object;
use crate::names::{self, Index, unknown};
use crate::schema::{self, Minor};
use crate::source::{Anchor, Db, IndexMap, IndexSet, Kind, Origin};
use crate::syntax::ast::SourceKind;
use crate::value::{Node, Value};

/// The source that an item names.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct UsedSource {
    pub name: EcoString,
    pub source: Anchor,
    pub stands: Stands,
}

/// Where the object of a source stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stands {
    /// Beside the item, or nowhere: each item has its own.
    Beside,
    /// In the item's catalogue or cluster.
    Local,
    /// At the top level, for all.
    Shared,
}

/// An item that was evaluated.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct KnownItem {
    pub evaluated: Arc<Checked<Evaluated>>,
    /// Where clusters share it.
    specialization: Option<Specialization>,
    /// Whether what is wrong with it was said.
    is_reported: bool,
    /// Whether this cluster asked for it.
    pub is_used: bool,
}

/// What was found out of items on the way.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Memo {
    /// Items that were evaluated.
    pub known: IndexMap<Anchor, KnownItem>,
    /// The sources that items name, by scope and item.
    sources: IndexMap<(Option<Anchor>, Anchor), Option<UsedSource>>,
    /// What items are made from and come to, by scope and item.
    pub shared_items: IndexMap<(Option<Anchor>, Anchor), (SharedItem, Arc<Made>)>,
}

impl Memo {
    /// What of it does not depend on some items.
    pub(super) fn without(&self, db: &dyn Db, changed: &IndexSet<Anchor>) -> Self {
        let is_same = |item: &Anchor| !changed.contains(item);
        let known = self.known.iter().filter(|(item, _)| is_same(item));
        let sources = self.sources.iter().filter(|((_, item), _)| is_same(item));
        let shared_items =
            self.shared_items.iter().filter(|((_, item), it)| is_same(item) && it.0.stands_alone(db, changed));
        let mut it = Self::default();
        it.known.reserve(self.known.len());
        it.known.extend(known.map(|(item, it)| (*item, KnownItem { is_used: false, ..it.clone() })));
        it.sources.reserve(self.sources.len());
        it.sources.extend(sources.map(|(key, it)| (*key, it.clone())));
        it.shared_items.reserve(self.shared_items.len());
        it.shared_items.extend(shared_items.map(|(key, it)| (*key, it.clone())));
        it
    }
}

/// What objects are made for.
#[derive(Clone, Copy)]
pub(super) enum Target<'a> {
    /// `common/`: for all clusters, whatever their facts are.
    Base,
    /// One cluster by itself.
    Cluster(&'a Cluster),
    /// All clusters of a class at once, by the one that represents them.
    Shared(&'a Representative),
}

impl<'a> Target<'a> {
    /// The cluster, or the one that represents several; none for the base.
    #[must_use]
    pub(super) fn cluster(self) -> Option<&'a Cluster> {
        match self {
            Self::Base => None,
            Self::Cluster(it) => Some(it),
            Self::Shared(it) => Some(it.cluster()),
        }
    }

    /// Whether facts are placeholders, so that what depends on them has to be made for each cluster.
    #[must_use]
    pub(super) const fn is_shared(self) -> bool {
        matches!(self, Self::Shared(_))
    }
}

/// What was found out while objects were made.
pub(super) struct State {
    pub out: Vec<Diagnostic>,
    pub memo: Memo,
    /// What items are made from that this cluster uses.
    pub shared_items: IndexSet<SharedItem>,
    /// Facts that have to be known first, where clusters share what is made.
    pub needed_facts: IndexSet<EcoString>,
    /// Whether what is made is so on every cluster that shares it.
    pub is_certain: bool,
    /// False once something was left out because a value is not known: that has an error of its
    /// own, or what is made must not be written.
    pub is_whole: bool,
}

impl State {
    /// Nothing made yet; what others found out of items, as `memo` has it, holds here, too.
    pub(super) fn new(memo: Memo) -> Self {
        Self {
            out: Vec::new(),
            memo,
            shared_items: IndexSet::default(),
            needed_facts: IndexSet::default(),
            is_certain: true,
            is_whole: true,
        }
    }
}

/// Where objects are made: for what, in which scope.
pub(super) struct Context<'a> {
    pub db: &'a dyn Db,
    pub index: &'a Index,
    pub settings: &'a Settings,
    pub target: Target<'a>,
    /// The catalogue or cluster that holds the items; none for shared sources.
    pub scope: Option<Anchor>,
    /// Whose API versions the objects have.
    pub range: Range,
    /// The namespaces of releases that are required, where they are known already.
    pub required: &'a [(Anchor, EcoString)],
    /// Whether nothing may be looked at that is not known already.
    pub only_known: bool,
    pub state: &'a mut State,
}

impl<'a> Context<'a> {
    /// For a target, in a scope.
    pub(super) fn new(
        db: &'a dyn Db,
        target: Target<'a>,
        scope: Option<Anchor>,
        range: Range,
        state: &'a mut State,
    ) -> Self {
        Self {
            db,
            index: names::index(db, db.project()),
            settings: &fleet::settings(db, db.project()).value,
            target,
            scope,
            range,
            required: &[],
            only_known: false,
            state,
        }
    }

    /// The same in another scope.
    pub(super) fn within(&mut self, scope: Option<Anchor>, range: Range) -> Context<'_> {
        Context { scope, range, state: self.state, ..*self }
    }

    /// Whether it is `common/` that is made.
    #[must_use]
    pub(super) const fn is_base(&self) -> bool {
        matches!(self.target, Target::Base)
    }

    /// The namespace of Flux' own objects.
    #[must_use]
    pub(super) fn flux_namespace(&self) -> &'a EcoString {
        &self.settings.sync.namespace
    }

    /// The Flux that the objects are for: the base is made for the oldest.
    #[must_use]
    pub(super) fn minor(&self) -> Minor {
        match self.target.cluster() {
            Some(it) => it.flux,
            None => self.range.oldest.0,
        }
    }

    /// Whether controllers refuse references across namespaces.
    #[must_use]
    pub(super) fn lockdown(&self) -> bool {
        self.target.cluster().map_or(self.settings.lockdown, |it| it.lockdown)
    }

    /// An item's value, in the base or on the cluster.
    pub(super) fn evaluated(&mut self, item: Anchor) -> Arc<Checked<Evaluated>> {
        let evaluated = self.evaluated_quietly(item);
        if let Some(known) = self.state.memo.known.get_mut(&item)
            && !known.is_reported
        {
            known.is_reported = true;
            let (db, is_base) = (self.db, self.is_base());
            let taken = LazyCell::new(|| is_taken(db, item));
            self.state
                .out
                .extend(evaluated.diagnostics.iter().filter(|it| !(is_base && asks_below(it) && *taken)).cloned());
        }
        evaluated
    }

    /// The same; what is wrong with it is said when its objects are made.
    pub(super) fn evaluated_quietly(&mut self, item: Anchor) -> Arc<Checked<Evaluated>> {
        if let Some(known) = self.state.memo.known.get_mut(&item) {
            known.is_used = true;
            return Arc::clone(&known.evaluated);
        }
        self.state.is_certain &= !self.only_known;
        let (specialization, evaluated) = match self.target {
            Target::Base => (None, Arc::clone(fleet::base(self.db, item))),
            Target::Cluster(it) => (None, Arc::new(fleet::evaluate_in(self.db, item, it))),
            Target::Shared(it) => match it.specialization(self.db, item) {
                Ok((specialization, specialized)) => {
                    self.state.is_certain &= specialized.is_certain;
                    (Some(specialization), Arc::clone(&specialized.evaluated))
                }
                Err(needed) => {
                    self.state.is_certain &= !needed.is_empty();
                    self.state.needed_facts.extend(needed);
                    // Something has to stand here until more is known.
                    (None, Arc::clone(fleet::base(self.db, item)))
                }
            },
        };
        self.state.memo.known.insert(
            item,
            KnownItem { evaluated: Arc::clone(&evaluated), specialization, is_reported: false, is_used: true },
        );
        evaluated
    }

    /// Tells what an item comes to, of which everything is said already.
    pub(super) fn tell(&mut self, item: Anchor, evaluated: &Arc<Checked<Evaluated>>) {
        self.state.memo.known.insert(
            item,
            KnownItem { evaluated: Arc::clone(evaluated), specialization: None, is_reported: true, is_used: true },
        );
    }

    /// The specialization of an item that clusters share; none where more has to be known.
    pub(super) fn specialization(&mut self, item: Anchor) -> Option<Specialization> {
        self.evaluated_quietly(item);
        self.state.memo.known.get(&item)?.specialization
    }

    /// The newest `apiVersion` of a Flux kind that all clusters serve.
    pub(super) fn api_version(&mut self, kind: &str, origin: Origin) -> EcoString {
        if let Some(it) = schema::api_version(kind, self.range.oldest.0, self.range.newest.0) {
            it.into()
        } else {
            self.state.out.push(problems::no_common_version(origin, kind, &self.range));
            let minor = self.target.cluster().map_or(self.range.newest.0, |it| it.flux);
            // None where this Flux does not serve the kind at all: an error has said so.
            schema::api_version(kind, minor, minor).unwrap_or_default().into()
        }
    }

    /// A value that the standard library declares.
    #[must_use]
    pub(super) fn standard(&self, name: &str) -> Node {
        let anchor = names::standard(self.db).lets.get(name);
        let anchor = *anchor.invariant("the standard library declares what the compiler reads");
        Node::new(let_value(self.db, anchor).value.value.clone(), Origin::of(anchor))
    }

    /// The source that a node names. An override may stand where another is visible,
    /// so that it is known only here; a definition brings its own.
    pub(super) fn source(&mut self, name: &str, at: Origin) -> Option<Anchor> {
        let found = self.source_of(name, at);
        if found.is_none() {
            self.state.out.push(unknown::source(self.db, at, name, self.scope, self.index));
        }
        found
    }

    /// The same, without a word where there is none.
    pub(super) fn source_of(&self, name: &str, at: Origin) -> Option<Anchor> {
        let writer = at.anchor;
        // What is about to move names the sources of the place that it moves to.
        let is_moving = fleet::holder(self.db, writer) != writer.parent(self.db);
        if writer.kind(self.db) == Kind::ADDON {
            let index = names::index_of(self.db, writer);
            // What is made of a definition is the project's.
            let of_writer = if writer.original(self.db).is_some() { self.index } else { index };
            let nested = of_writer.local_sources.get(&writer).and_then(|it| it.get(name)).copied();
            let of_package = || index.sources.get(name).copied().filter(|_| is_of_package(self.db, writer));
            let of_holder = || find_source(self.db, self.index, writer.parent(self.db), name).filter(|_| is_moving);
            if let Some(found) = nested.or_else(of_package).or_else(of_holder) {
                return Some(found);
            }
        }
        find_source(self.db, self.index, self.scope, name)
    }

    /// The source that an add-on or a kustomize item names, in the scope.
    pub(super) fn source_of_item(&mut self, item: Anchor) -> Option<&UsedSource> {
        let key = (self.scope, item);
        if !self.state.memo.sources.contains_key(&key) {
            let evaluated = self.evaluated_quietly(item);
            let named = evaluated.value.node.get("source").and_then(|it| Some((it.text()?, it.origin)));
            let found = named.and_then(|(name, at)| {
                let source = self.source_of(name, at)?;
                let as_object = match source_kind(self.db, source) {
                    SourceKind::External => false,
                    SourceKind::Oci => item.kind(self.db) == Kind::KUSTOMIZE || is_pinned(self.db, source),
                    _ => true,
                };
                let stands = match (as_object && !comes_with_definition(self.db, source), source.parent(self.db)) {
                    (false, _) => Stands::Beside,
                    (true, None) => Stands::Shared,
                    (true, Some(_)) => Stands::Local,
                };
                Some(UsedSource { name: name.clone(), source, stands })
            });
            self.state.memo.sources.insert(key, found);
        }
        self.state.memo.sources.get(&key)?.as_ref()
    }

    /// Where the releases of a scope live.
    #[must_use]
    pub(super) fn release_in(&self, scope: Option<Anchor>, body: &Node) -> ReleaseIn {
        let of_scope = scope.filter(|it| matches!(it.kind(self.db), Kind::Catalogue | Kind::Application));
        fleet::release_in(body)
            .or_else(|| of_scope.and_then(|it| fleet::release_in(&fleet::catalogue(self.db, it).value)))
            .unwrap_or_else(|| self.settings.release_in.clone())
    }

    /// Whether the evaluation of an item was stopped, which is said there: it lacks what it would have had.
    pub(super) fn is_stopped(&self, item: Anchor) -> bool {
        let known = self.state.memo.known.get(&item);
        known.is_some_and(|it| it.evaluated.diagnostics.iter().any(|it| it.code == code::BUDGET))
    }

    /// A text that must be known where no cluster is given.
    pub(super) fn identity(&mut self, item: Anchor, node: Option<&Node>, key: &str) -> Option<(EcoString, Origin)> {
        let node = node?;
        match &node.value {
            Value::Text(it) => Some((it.clone(), node.origin)),
            Value::Unknown if self.is_base() && !self.is_stopped(item) => {
                self.state.out.push(problems::unknown_identity(self.db, item, key, node.origin));
                None
            }
            Value::Unknown => {
                self.state.is_whole = false;
                None
            }
            _ => {
                self.state.out.push(problems::bad_identity(node.origin, key));
                None
            }
        }
    }
}

/// The file name for an object's name: what a file system or a URL might
/// mistake becomes `-`.
#[must_use]
pub(super) fn file_name(name: &str) -> String {
    name.chars()
        .map(|it| if it.is_ascii_alphanumeric() || it == '-' || it == '.' { it } else { '-' })
        .collect::<String>()
        .to_lowercase()
}

/// Gives an object the file where it stands.
#[must_use]
pub(super) fn in_file(mut object: Object, file: impl Into<EcoString>) -> Object {
    object.file = file.into();
    object
}

/// Whether a problem is about what lower layers have. Where the cluster is not known, layers with a condition are
/// left out, so that something may seem to be missing; each cluster that has the item says by itself what is.
fn asks_below(it: &Diagnostic) -> bool {
    [code::APPEND, code::APPEND_NOTHING, code::AMEND_SCALAR, code::SELECT, code::SELECT_NOTHING].contains(&it.code)
}

/// Whether some cluster has an item.
fn is_taken(db: &dyn Db, item: Anchor) -> bool {
    fleet::clusters(db).any(|it| fleet::cluster(db, it).value.taken.iter().any(|it| it.items.contains(&item)))
}
