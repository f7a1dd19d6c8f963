//! What the entries of layers did: whether each changed something, and whether a higher one replaced it.

use std::collections::BTreeMap;

use ecow::EcoString;

use crate::source::Origin;
use crate::value::Node;

/// So many are looked through; more are looked up.
const FEW: usize = 64;

/// What an entry of a layer did to the value.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// The entry.
    pub origin: Origin,
    pub path: Vec<EcoString>,
    pub outcome: Outcome,
    /// What it removed, or replaced as a whole; only where somebody asks why.
    pub removed: Option<Box<Node>>,
}

/// Whether an entry was of any use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Changed,
    /// The value was there already.
    Same,
    /// A higher layer put another in its place: the entry that did.
    Shadowed(Origin),
}

/// The effects so far, in the order in which they came about.
#[derive(Clone, Default)]
pub(super) struct Effects {
    pub all: Vec<Effect>,
    /// Where those stand in `all` that changed something, by their paths; some of them may be gone.
    by_path: BTreeMap<Vec<EcoString>, Vec<usize>>,
    /// How many of `all` were put into `by_path`.
    indexed: usize,
}

impl From<Vec<Effect>> for Effects {
    fn from(all: Vec<Effect>) -> Self {
        Self { all, ..Self::default() }
    }
}

impl Effects {
    pub(super) fn push(&mut self, effect: Effect) {
        self.all.push(effect);
    }

    /// Forgets all but the first ones.
    pub(super) fn truncate(&mut self, count: usize) {
        self.all.truncate(count);
        self.indexed = self.indexed.min(count);
    }

    /// What changed something at a path, or below it, is of no use any more: another entry took its
    /// place.
    pub(super) fn shadow(&mut self, path: &[EcoString], by: Origin) {
        if self.all.len() <= FEW {
            for it in &mut self.all {
                it.shadow(path, by);
            }
            return;
        }
        for (at, it) in self.all.iter().enumerate().skip(self.indexed) {
            if it.outcome == Outcome::Changed {
                self.by_path.entry(it.path.clone()).or_default().push(at);
            }
        }
        self.indexed = self.all.len();
        let below = self.by_path.range(path.to_vec()..).take_while(|(it, _)| it.starts_with(path));
        let below: Vec<Vec<EcoString>> = below.map(|(it, _)| it.clone()).collect();
        for at in below.iter().filter_map(|it| self.by_path.remove(it)).flatten() {
            if let Some(it) = self.all.get_mut(at) {
                it.shadow(path, by);
            }
        }
    }
}

impl Effect {
    fn shadow(&mut self, path: &[EcoString], by: Origin) {
        if self.outcome == Outcome::Changed && self.path.starts_with(path) {
            self.outcome = Outcome::Shadowed(by);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::{Effect, Effects, Outcome};
    use crate::source::{Anchor, Db, FleetDatabase, InMemory, Kind, Origin};

    proptest! {
        /// Looking up finds what looking through finds, whatever was taken back in between.
        #[test]
        fn many_are_shadowed_as_few_are(steps in prop::collection::vec((0_u8..3, "[ab]{1,4}"), 1..400)) {
            let db = FleetDatabase::new(vec![("a.fleet".into(), String::new())], Arc::new(InMemory::default()));
            let file = db.project().files(&db).first().copied().expect("the file");
            let by = Origin::of(Anchor::new(&db, file, None, Kind::Let, ecow::EcoString::from("a"), 0, None));
            let (mut effects, mut plain) = (Effects::default(), Vec::<Effect>::new());
            for (what, path) in steps {
                let path: Vec<_> = path.chars().map(|it| ecow::eco_format!("{it}")).collect();
                if what == 0 {
                    effects.shadow(&path, by);
                    for it in &mut plain {
                        it.shadow(&path, by);
                    }
                } else if what == 1 && plain.len() % 7 == 0 {
                    effects.truncate(plain.len() / 2);
                    plain.truncate(plain.len() / 2);
                } else {
                    let effect = Effect { origin: by, path, outcome: Outcome::Changed, removed: None };
                    effects.push(effect.clone());
                    plain.push(effect);
                }
            }
            prop_assert_eq!(effects.all, plain);
        }
    }
}
