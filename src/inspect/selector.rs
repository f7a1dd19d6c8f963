//! What a person calls a part of a cluster: `web.values.replicas`,
//! `HelmRelease/flux-system/web.spec.interval`, `Namespace/*`.

use ecow::{EcoString, eco_format};

use crate::kube::Id;
use crate::value::Path;

/// Objects of a cluster, and a place in each.
#[derive(Clone, Debug)]
pub struct Selector {
    kind: Option<String>,
    namespace: Option<String>,
    /// The name, and the path behind it: where one ends is known by the objects.
    rest: String,
}

/// Nothing is called so.
#[derive(Clone, Debug, PartialEq)]
pub enum NotFound {
    /// The path cannot be read.
    Path(String),
    /// There is no object of that name; these there are.
    Object { wanted: String, known: Vec<EcoString> },
    /// There is no fact of that name; these there are.
    Fact { wanted: EcoString, known: Vec<EcoString> },
    /// A fact that is declared and has no value there.
    NoValue { fact: EcoString },
    /// The object has nothing there; the names that stand where the path breaks off.
    Inside { object: EcoString, path: Path, known: Vec<EcoString> },
}

impl Selector {
    /// Reads `[KIND/[NAMESPACE/]]NAME[.PATH]`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let head = text.find(['"', '[']).unwrap_or(text.len());
        let (head, tail) = text.split_at(head);
        let parts: Vec<&str> = head.splitn(3, '/').collect();
        let (kind, namespace, name) = match parts.as_slice() {
            [kind, namespace, name] => (Some(*kind), Some(*namespace), *name),
            [kind, name] => (Some(*kind), None, *name),
            _ => (None, None, head),
        };
        let owned = |it: Option<&str>| it.map(str::to_owned);
        Self { kind: owned(kind), namespace: owned(namespace), rest: format!("{name}{tail}") }
    }

    /// Whether it names no kind of object: then an item may be meant.
    #[must_use]
    pub const fn is_bare(&self) -> bool {
        self.kind.is_none()
    }

    /// What stands before the first point: most names have none.
    #[must_use]
    pub fn name(&self) -> &str {
        self.rest.split(['.', '[']).next().unwrap_or_default()
    }

    /// Whether it is a name, and nothing behind it.
    #[must_use]
    pub fn is_exactly(&self, name: &str) -> bool {
        self.rest == name
    }

    /// What is asked for as expressions name a fact: `cluster.NAME`.
    #[must_use]
    pub fn fact(&self) -> Option<EcoString> {
        let rest = self.rest.strip_prefix("cluster.").filter(|_| self.is_bare())?;
        rest.split(['.', '[']).next().map(EcoString::from)
    }

    /// The path behind a name, if what is selected has that name.
    #[must_use]
    pub fn path_behind(&self, name: &str) -> Option<&str> {
        let rest = match self.rest.strip_prefix('*') {
            Some(rest) => rest,
            None => self.rest.strip_prefix(name)?,
        };
        (rest.is_empty() || rest.starts_with(['.', '['])).then_some(rest)
    }

    /// The path behind the object's name, if the object is selected.
    #[must_use]
    pub fn path_in(&self, id: &Id) -> Option<&str> {
        let is_kind = self.kind.as_ref().is_none_or(|it| it == "*" || id.kind.eq_ignore_ascii_case(it));
        let is_there = self.namespace.as_ref().is_none_or(|it| it == "*" || id.namespace == **it);
        if is_kind && is_there { self.path_behind(&id.name) } else { None }
    }

    /// As it was written, for messages.
    #[must_use]
    pub fn shown(&self) -> EcoString {
        let parts = [self.kind.as_deref(), self.namespace.as_deref(), Some(self.name())];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        eco_format!("{}", parts.join("/"))
    }
}
