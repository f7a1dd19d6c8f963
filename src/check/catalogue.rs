//! Catalogues and applications.

use ecow::EcoString;

use super::checker::{Checker, is_key, without};
use super::{problems, reserved};
use crate::diagnostic::{Diagnostic, code};
use crate::fleet::{self, Declared};
use crate::flux::external;
use crate::names;
use crate::source::Origin;
use crate::syntax::{
    self,
    ast::{Action, Block, Declaration, Key, Member},
};
use crate::types::Type;
use crate::value::Node;

impl Checker<'_> {
    pub(super) fn catalogue(&mut self, it: &Declaration) {
        reserved::own_kustomization(self.anchor, &it.body, &mut self.out);
        reserved::release(self.anchor, &it.body, &mut self.out);
        self.out.extend(fleet::levels(self.db, self.anchor).diagnostics.iter().cloned());
        self.params(it);
        self.missing_params();
        self.of_many_clusters(&without(&it.body, "params"), "CatalogueBody");
        self.set_alone(it);
        self.unsets(it);
        let evaluated = fleet::catalogue(self.db, self.anchor);
        if !names::is_template(self.db, self.anchor) {
            // Without it, all that it holds would be wrong.
            let is_lacking = |it: &&Diagnostic| it.code == code::UNKNOWN_IDENTITY;
            self.out.extend(evaluated.diagnostics.iter().filter(is_lacking).cloned());
        }
        let body = &evaluated.value;
        for it in body.get("includes").and_then(Node::list).unwrap_or_default() {
            // What others make may be waited for, and not included.
            let name = it.text().map(|it| it.split('.').next().unwrap_or(it));
            if let Some(name) = name.filter(|it| {
                external::named(self.db, self.index, "Kustomization", it).next().is_some()
                    && !self.index.catalogues.contains_key(*it)
            }) {
                self.out.push(names::unknown::catalogue(self.db, it.origin, name, self.index));
            }
        }
    }

    /// The params of a definition that a catalogue gives no value; a definition need not.
    fn missing_params(&mut self) {
        if names::is_template(self.db, self.anchor) || !fleet::is_from_known(self.db, self.anchor) {
            return;
        }
        let levels = &fleet::levels(self.db, self.anchor).value;
        let is_set =
            |name: &EcoString| levels.iter().any(|it| sets_param(&syntax::declaration(self.db, *it).body, name));
        let is_needed = |it: &&Declared| it.default.is_none() && !matches!(it.ty, Type::Optional(_));
        let declared = fleet::params_of(self.db, self.anchor).values();
        let missing: Vec<&Declared> = declared.filter(is_needed).filter(|it| !is_set(&it.name)).collect();
        if !missing.is_empty() {
            let name = self.anchor.name(self.db);
            self.out.push(problems::missing_params(Origin::of(self.anchor), name, &missing));
        }
    }

    /// What a catalogue unsets and none of its definitions says.
    fn unsets(&mut self, it: &Declaration) {
        let levels = &fleet::levels(self.db, self.anchor).value;
        let below = || levels.iter().filter(|it| **it != self.anchor);
        for member in &it.body.members {
            let Member::Unset(unset) = member else { continue };
            let says = |entry: &Member| {
                entry.path().and_then(|it| it.segments.first()).map(|it| &it.key)
                    == unset.path.segments.first().map(|it| &it.key)
            };
            if !below().any(|it| syntax::declaration(self.db, *it).body.members.iter().any(says)) {
                self.out.push(problems::unsets_nothing(Origin::new(self.anchor, unset.node), "a catalogue"));
            }
        }
    }

    /// A catalogue that only includes others: what else it says is of nothing.
    fn set_alone(&mut self, it: &Declaration) {
        let holds = self.index.held_by(self.anchor).is_some_and(|it| !it.is_empty());
        let is_set = |it: &Member| matches!(it, Member::Entry(entry) if is_key(entry, "includes"));
        if holds || !it.body.members.iter().any(is_set) {
            return;
        }
        for member in it.body.members.iter().filter(|it| !is_set(it)) {
            if let Member::Entry(entry) = member {
                self.out.push(problems::of_a_set(Origin::new(self.anchor, entry.path.node), self.anchor.name(self.db)));
            }
        }
    }
}

/// Whether a block says `params { NAME … }` or `params.NAME …`, or may do so by a spread.
fn sets_param(body: &Block, name: &EcoString) -> bool {
    let is_it = |key: Option<&Key>| key == Some(&Key::Name(name.clone()));
    body.members.iter().any(|it| match it {
        Member::Entry(entry) if is_key(entry, "params") => match (entry.path.segments.get(1), &entry.action) {
            (Some(segment), _) => is_it(Some(&segment.key)),
            (None, Action::Amend(block)) => block.members.iter().any(|it| match it {
                Member::Spread(_) => true,
                Member::Entry(it) if matches!(it.action, Action::Declare { .. }) => false,
                it => is_it(it.path().and_then(|it| it.segments.first()).map(|it| &it.key)),
            }),
            (None, _) => true,
        },
        _ => false,
    })
}
