//! Position-free names of places.
//!
//! A value must not remember byte offsets: text above it moves, the value does
//! not change. It remembers an [`Origin`] instead: the declaration that it was
//! written in and the number of the node inside it.

use ecow::{EcoString, eco_format};

use super::db::Db;
use super::file::{STANDARD, SourceFile, is_of_library};

/// Number of a node inside its declaration, counted in the order of the text.
pub type NodeId = u32;

/// What kind of declaration an anchor stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Fleet,
    Type,
    Let,
    Fn,
    Catalogue,
    Application,
    Source,
    Item(ItemKind),
    External,
    Cluster,
    Group,
    Rule,
    Override,
    Repository,
    Tenant,
    Inventory,
    Baseline,
    Check,
    Import,
    Moved,
    /// A file of data; its nodes are the values in it.
    Data,
}

/// What kind of item a catalogue or a cluster holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ItemKind {
    Addon,
    Namespace,
    Manifest,
    Kustomize,
}

impl ItemKind {
    /// Whether it names the source that it comes from.
    #[must_use]
    pub const fn has_source(self) -> bool {
        match self {
            Self::Addon | Self::Kustomize => true,
            Self::Namespace | Self::Manifest => false,
        }
    }
}

impl Kind {
    pub const ADDON: Self = Self::Item(ItemKind::Addon);
    pub const NAMESPACE: Self = Self::Item(ItemKind::Namespace);
    pub const MANIFEST: Self = Self::Item(ItemKind::Manifest);
    pub const KUSTOMIZE: Self = Self::Item(ItemKind::Kustomize);

    /// Which kind of item it is, if it is one.
    #[must_use]
    pub const fn item(self) -> Option<ItemKind> {
        match self {
            Self::Item(it) => Some(it),
            _ => None,
        }
    }

    /// Whether it may declare `params`.
    #[must_use]
    pub const fn has_params(self) -> bool {
        matches!(self, Self::ADDON | Self::Baseline)
    }

    /// Whether it is a catalogue or an application.
    #[must_use]
    pub const fn is_catalogue(self) -> bool {
        matches!(self, Self::Catalogue | Self::Application)
    }

    /// The word that declares it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Fleet => "fleet",
            Self::Type => "type",
            Self::Let => "let",
            Self::Fn => "fn",
            Self::Catalogue => "catalogue",
            Self::Application => "application",
            Self::Source => "source",
            Self::Item(ItemKind::Addon) => "addon",
            Self::Item(ItemKind::Namespace) => "namespace",
            Self::Item(ItemKind::Manifest) => "manifest",
            Self::Item(ItemKind::Kustomize) => "kustomize",
            Self::External => "external",
            Self::Cluster => "cluster",
            Self::Group => "group",
            Self::Rule => "rule",
            Self::Override => "override",
            Self::Repository => "repository",
            Self::Tenant => "tenant",
            Self::Inventory => "inventory",
            Self::Baseline => "baseline",
            Self::Check => "check",
            Self::Import => "import",
            Self::Moved => "moved",
            Self::Data => "data",
        }
    }

    /// Whether nothing is declared inside it.
    #[must_use]
    pub const fn is_leaf(self) -> bool {
        !matches!(
            self,
            Self::Catalogue | Self::Application | Self::Cluster | Self::Group | Self::Inventory | Self::ADDON
        )
    }

    /// What a person calls it, with its article.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Fleet => "the fleet",
            Self::Type => "a type",
            Self::Let => "a `let`",
            Self::Fn => "a function",
            Self::Catalogue => "a catalogue",
            Self::Application => "an application",
            Self::Source => "a source",
            Self::Item(ItemKind::Addon) => "an add-on",
            Self::Item(ItemKind::Namespace) => "a namespace",
            Self::Item(ItemKind::Manifest) => "a manifest",
            Self::Item(ItemKind::Kustomize) => "a kustomize item",
            Self::External => "an external object",
            Self::Cluster => "a cluster",
            Self::Group => "a group",
            Self::Rule => "a rule",
            Self::Override => "an override",
            Self::Repository => "a repository",
            Self::Tenant => "a tenant",
            Self::Inventory => "an inventory",
            Self::Baseline => "a baseline",
            Self::Check => "a check",
            Self::Import => "an import",
            Self::Moved => "a move",
            Self::Data => "a file of data",
        }
    }
}

/// A declaration's name for life: it stays the same when text moves around it.
#[salsa::interned(unsafe(no_lifetime), debug, revisions = usize::MAX)]
pub struct Anchor {
    /// The file it stands in.
    #[returns(copy)]
    pub file: SourceFile,
    /// The declaration around it.
    #[returns(copy)]
    pub parent: Option<Anchor>,
    /// What it declares.
    #[returns(copy)]
    pub kind: Kind,
    /// Its name; empty for what has none.
    #[returns(ref)]
    pub name: EcoString,
    /// Which of several with that parent, kind and name, counted from 0.
    #[returns(copy)]
    pub nth: u32,
    /// The declaration whose text it has: it is of a catalogue that is taken `from` the one which holds that.
    #[returns(copy)]
    pub original: Option<Anchor>,
}

impl Anchor {
    /// The declaration that is written down: itself, or the one whose text it has.
    #[must_use]
    pub fn written(self, db: &dyn Db) -> Self {
        self.original(db).unwrap_or(self)
    }

    /// Its name with that of what holds it: `catalogue.item`.
    pub fn dotted(self, db: &dyn Db) -> EcoString {
        match self.parent(db) {
            Some(it) => eco_format!("{}.{}", it.name(db), self.name(db)),
            None => self.name(db).clone(),
        }
    }

    /// Whether it is of what every project sees without naming it: the package `std` itself.
    pub fn is_standard(self, db: &dyn Db) -> bool {
        self.file(db).package(db) == STANDARD
    }

    /// Whether it is of the library: `std`, or a package inside it.
    pub fn is_of_library(self, db: &dyn Db) -> bool {
        is_of_library(self.file(db).package(db))
    }
}

/// Where something was written: a node of a declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    /// The declaration.
    pub anchor: Anchor,
    /// The node inside it; 0 is the declaration's name.
    pub node: NodeId,
}

impl Origin {
    /// A node of a declaration.
    #[must_use]
    pub const fn new(anchor: Anchor, node: NodeId) -> Self {
        Self { anchor, node }
    }

    /// The declaration itself: the place of its name.
    #[must_use]
    pub const fn of(anchor: Anchor) -> Self {
        Self { anchor, node: 0 }
    }
}
