//! Draws fleets. Keys say what they hold, so that most of what is drawn means something; now and then
//! one does not.

use super::fleet::{
    Action, Addon, Block, Cluster, Condition, Expr, Fleet, Group, Inventory, Layer, Member, Override, RANKS, Rule,
    Segment, TENANTS, Target, VERSION,
};

/// Numbers that look random and are the same for the same seed: SplitMix64.
pub(super) struct Random(u64);

/// Keys of objects, numbers and texts, lists of texts, and lists of objects that have a name.
const OBJECTS: [&str; 3] = ["ma", "mb", "mc"];
const LEAVES: [&str; 4] = ["sa", "sb", "sc", "sd"];
const LISTS: [&str; 2] = ["la", "lb"];
const NAMED: [&str; 2] = ["na", "nb"];
const NAMES: [&str; 3] = ["one", "two", "three"];
const WORDS: [&str; 6] = ["x", "y", "yes", "", "a b", "é"];

/// What an expression may read where it stands.
#[derive(Clone, Copy, Default)]
struct Reads<'a> {
    params: &'a [String],
    row: bool,
}

impl Random {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        it ^ (it >> 31)
    }

    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % most as u64).expect("a small number")
    }

    fn number_from(&mut self, least: i64, count: usize) -> i64 {
        least + i64::try_from(self.below(count)).expect("a small number")
    }

    /// True once in `of` times.
    fn once_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    fn of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }

    pub(super) fn fleet(&mut self) -> Fleet {
        let definitions = self.definitions();
        let mut catalogues = Vec::new();
        for (nth, name) in ["addons", "mesh"].into_iter().enumerate() {
            let names: &[&'static str] = if nth == 0 { &["web", "api"] } else { &["proxy", "gate"] };
            let items = names.iter().map(|it| self.item(it, &definitions)).collect();
            catalogues.push((name, items));
        }
        let mut fleet = Fleet { definitions, catalogues, ..Fleet::default() };
        for _ in 0..self.below(3) {
            let it = self.override_(&fleet, false);
            fleet.overrides.push(it);
        }
        for name in ["ant", "bee", "cat", "dog"].into_iter().take(1 + self.below(4)) {
            let rank = if self.once_in(3) { None } else { Some(self.of(&RANKS)) };
            let when = if self.once_in(4) { None } else { Some(self.condition()) };
            let layer = self.layer(&fleet, false, &[]);
            // What a rule without a condition says of items belongs into the catalogue or the cluster.
            let layer = if when.is_some() {
                layer
            } else {
                Layer { uses: vec![], drops: vec![], attaches: vec![], detaches: vec![], ..layer }
            };
            fleet.rules.push(Rule { name, rank, when, layer });
        }
        let outer = self.group(&fleet, "outer", 0);
        fleet.groups.push(outer);
        if self.once_in(2) {
            let other = self.group(&fleet, "other", 5);
            fleet.groups.push(other);
        }
        let made: Vec<String> = fleet
            .groups
            .iter()
            .flat_map(|it| std::iter::once(it).chain(&it.groups))
            .filter_map(|it| it.inventory.as_ref())
            .flat_map(|it| it.rows.iter().map(|(name, _)| name.clone()))
            .collect();
        for name in made {
            if self.once_in(2) {
                let layer = self.layer(&fleet, false, &[]);
                fleet.amended.push((name, layer));
            }
        }
        fleet
    }

    fn definitions(&mut self) -> Vec<Addon> {
        let mut found: Vec<Addon> = Vec::new();
        for name in ["base", "middle"].into_iter().take(self.below(3)) {
            let from = found.last().map(|it| it.name);
            let it = self.addon(name, from, &found);
            found.push(it);
        }
        found
    }

    fn item(&mut self, name: &'static str, definitions: &[Addon]) -> Addon {
        let from = if self.once_in(2) { definitions.last().map(|it| it.name) } else { None };
        let mut it = self.addon(name, from, definitions);
        it.is_optional = self.once_in(6);
        it
    }

    fn addon(&mut self, name: &'static str, from: Option<&'static str>, definitions: &[Addon]) -> Addon {
        let params = if self.once_in(2) { vec![(format!("{name}-size"), Expr::Int(1))] } else { Vec::new() };
        let mut known: Vec<String> = params.iter().map(|(it, _)| it.clone()).collect();
        let mut sets = Vec::new();
        if from.is_some() {
            for (it, _) in definitions.iter().flat_map(|it| &it.params) {
                known.push(it.clone());
                if self.once_in(3) {
                    sets.push((it.clone(), self.number(false)));
                }
            }
        }
        let reads = Reads { params: &known, row: false };
        let mut values = self.block(2, 4, reads, from.is_none());
        if from.is_none() {
            // Whoever appends, or amends an element, nearly always finds a list.
            for key in LISTS.into_iter().chain(NAMED) {
                let is_there = values.0.iter().any(|it| matches!(it, Member::Entry { path, .. } if path[0].0 == key));
                if !is_there && !self.once_in(400) {
                    let list = if LISTS.contains(&key) {
                        (0..self.below(3)).map(|_| self.leaf_without_absent(reads)).collect()
                    } else {
                        NAMES.iter().map(|it| named(it, Expr::Int(1))).collect()
                    };
                    values.0.push(Member::Entry {
                        is_final: false,
                        path: vec![Segment(key, None)],
                        action: Action::Set(Expr::List(list)),
                        when: None,
                    });
                }
            }
        }
        Addon { name, from, is_optional: false, params, sets, values }
    }

    fn group(&mut self, fleet: &Fleet, name: &'static str, first: usize) -> Group {
        let mut it = Group { name, layer: self.layer(fleet, true, &[]), ..Group::default() };
        it.layer.uses.push(Target::Catalogue("addons"));
        if self.once_in(2) {
            it.layer.uses.push(Target::Catalogue("mesh"));
        }
        for nth in 0..=self.below(2) {
            it.clusters.push(self.cluster(fleet, format!("c{}", first + nth)));
        }
        if first == 0 && self.once_in(2) {
            let mut inner = Group { name: "inner", layer: self.layer(fleet, true, &[]), ..Group::default() };
            inner.clusters.push(self.cluster(fleet, "deep".to_owned()));
            it.groups.push(inner);
        }
        if first == 0 && self.once_in(2) {
            let rows = vec![("row-a".to_owned(), 2), ("row-b".to_owned(), 4)];
            let mut layer = self.layer(fleet, false, &[]);
            for it in &mut layer.overrides {
                it.values = self.block(1, 3, Reads { params: &[], row: true }, false);
            }
            if self.once_in(2) {
                layer.facts = vec![("zones", Expr::Column("zones"))];
            }
            it.inventory = Some(Inventory { name: "rows", rows, layer });
        }
        it
    }

    fn cluster(&mut self, fleet: &Fleet, name: String) -> Cluster {
        let mut own = Vec::new();
        if self.once_in(4) {
            own.push(self.addon("own", None, &[]));
        }
        let names: Vec<&'static str> = own.iter().map(|it| it.name).collect();
        Cluster { name, layer: self.layer(fleet, true, &names), own }
    }

    fn layer(&mut self, fleet: &Fleet, has_facts: bool, own: &[&'static str]) -> Layer {
        let mut it = Layer::default();
        if has_facts {
            if self.once_in(2) {
                it.facts.push(("stage", Expr::Text(self.of(&["test", "production"]).to_owned())));
            }
            if self.once_in(2) {
                it.facts.push(("zones", Expr::Int(self.number_from(1, 3))));
            }
            if self.once_in(3) {
                it.facts.push(("team", Expr::Text(self.of(&["red", "blue"]).to_owned())));
            }
        }
        for target in [
            Target::Catalogue("mesh"),
            Target::Item("addons", "web"),
            Target::Item("mesh", "gate"),
            Target::Item("addons", "api"),
        ] {
            match self.below(12) {
                0 => it.uses.push(target),
                1 => it.drops.push(target),
                _ => {}
            }
        }
        for tenant in TENANTS {
            match self.below(6) {
                0 => it.attaches.push(tenant),
                1 => it.detaches.push(tenant),
                _ => {}
            }
        }
        for _ in 0..self.below(3) {
            it.overrides.push(self.override_(fleet, true));
        }
        for name in own {
            if self.once_in(2) {
                let values = self.block(1, 3, Reads::default(), false);
                it.overrides.push(Override { target: Target::Own(name), when: None, params: vec![], values });
            }
        }
        it
    }

    fn override_(&mut self, fleet: &Fleet, may_depend: bool) -> Override {
        let (catalogue, items) = self.of(&fleet.catalogues);
        let item = self.of(&items);
        let target = match self.below(6) {
            0 => Target::Everything,
            1 => Target::Catalogue(catalogue),
            _ => Target::Item(catalogue, item.name),
        };
        let when = if self.once_in(4) { Some(self.condition()) } else { None };
        let mut params = Vec::new();
        if let (Target::Item(..), Some((name, _))) = (&target, item.params.first())
            && self.once_in(3)
        {
            params.push((name.clone(), self.number(may_depend)));
        }
        // The first ring tries a version that the second one does not have yet.
        let is_first_ring = |it: &Condition| matches!(it, Condition::Is("stage", value) if matches!(value, Expr::Text(it) if it == "test"));
        if matches!(target, Target::Item(..)) && when.as_ref().is_some_and(is_first_ring) {
            params.push((VERSION.to_owned(), Expr::Text("1.1.0".to_owned())));
        }
        let known: Vec<String> = match &target {
            Target::Item(..) => item.params.iter().map(|(it, _)| it.clone()).collect(),
            _ => Vec::new(),
        };
        let values = self.block(1, 3, Reads { params: &known, row: false }, false);
        Override { target, when, params, values }
    }

    fn condition(&mut self) -> Condition {
        match self.below(7) {
            0 => Condition::Is("stage", Expr::Text("test".to_owned())),
            1 => Condition::Is("stage", Expr::Text("production".to_owned())),
            2 => Condition::Is("zones", Expr::Int(self.number_from(1, 3))),
            3 => Condition::Is("name", Expr::Text(self.of(&["c0", "deep", "row-a"]).to_owned())),
            4 => Condition::Not(Box::new(self.condition())),
            5 => Condition::Both(Box::new(self.condition()), Box::new(self.condition())),
            _ => Condition::Either(Box::new(self.condition()), Box::new(self.condition())),
        }
    }

    // ------------------------------------------------------------ blocks

    /// A block; `whole` where it is the lowest, so that all that it amends is its own.
    fn block(&mut self, depth: usize, most: usize, reads: Reads<'_>, whole: bool) -> Block {
        self.block_of(&[&OBJECTS[..], &LEAVES, &LISTS, &NAMED].concat(), depth, most, reads, whole)
    }

    /// A block inside another, whose lists nobody below is sure to have.
    fn inner(&mut self, depth: usize, reads: Reads<'_>, whole: bool) -> Block {
        if whole || self.once_in(30) {
            return self.block(depth, 3, reads, whole);
        }
        self.block_of(&[&OBJECTS[..], &LEAVES].concat(), depth, 3, reads, whole)
    }

    fn block_of(&mut self, keys: &[&'static str], depth: usize, most: usize, reads: Reads<'_>, whole: bool) -> Block {
        let mut members = Vec::new();
        let mut keys = keys.to_vec();
        for _ in 0..=self.below(most) {
            if keys.is_empty() {
                break;
            }
            let key = keys.swap_remove(self.below(keys.len()));
            self.member(&mut members, key, depth, reads, whole);
        }
        if depth > 0 && self.once_in(5) {
            let entries = self.block(0, 2, reads, true);
            members.push(Member::Spread(Expr::Object(entries)));
        }
        Block(members)
    }

    fn member(&mut self, members: &mut Vec<Member>, key: &'static str, depth: usize, reads: Reads<'_>, whole: bool) {
        let path = vec![Segment(key, None)];
        let when = if self.once_in(6) { Some(self.condition()) } else { None };
        let set = |value, when| Member::Entry { is_final: false, path: path.clone(), action: Action::Set(value), when };
        let is_list = LISTS.contains(&key) || NAMED.contains(&key);
        if !whole && self.once_in(if is_list { 30 } else { 9 }) {
            members.push(Member::Unset { path, when });
            return;
        }
        // A key of the wrong kind: a mistake wherever somebody amends it.
        if self.once_in(if is_list { 300 } else { 60 }) {
            members.push(set(Expr::Int(7), when));
            return;
        }
        if OBJECTS.contains(&key) {
            if depth == 0 {
                members.push(set(Expr::Object(Block(vec![])), when));
                return;
            }
            match self.below(6) {
                0 => {
                    let block = self.block(depth - 1, 3, reads, true);
                    members.push(set(Expr::Object(block), when));
                }
                1 => {
                    let leaf = self.of(&LEAVES);
                    let value = self.leaf(reads);
                    let path = vec![Segment(key, None), Segment(leaf, None)];
                    members.push(Member::Entry { is_final: false, path, action: Action::Set(value), when });
                }
                2 if !whole => {
                    let leaf = self.of(&LEAVES);
                    members.push(Member::Unset { path: vec![Segment(key, None), Segment(leaf, None)], when });
                }
                _ => {
                    let block = self.inner(depth - 1, reads, whole);
                    members.push(Member::Entry { is_final: false, path, action: Action::Amend(block), when });
                }
            }
        } else if LISTS.contains(&key) {
            if !whole && !self.once_in(3) {
                let more = vec![self.leaf_without_absent(reads)];
                members.push(Member::Entry { is_final: false, path, action: Action::Append(more), when });
            } else if self.once_in(3) {
                let when = when.filter(|_| !whole);
                members.push(set(Expr::Each(vec!["p", "q", "r"], self.of(&["p", "r", "z"])), when));
            } else {
                let list = (0..self.below(3)).map(|_| self.leaf_without_absent(reads)).collect();
                let when = when.filter(|_| !whole);
                members.push(set(Expr::List(list), when));
            }
        } else if NAMED.contains(&key) {
            if !whole && !self.once_in(3) {
                let pick = self.of(&NAMES);
                let at = vec![Segment(key, Some(pick))];
                let leaf = vec![Segment(key, Some(pick)), Segment(self.of(&LEAVES), None)];
                members.push(match self.below(12) {
                    0 => Member::Unset { path: at, when },
                    1..4 => {
                        let mut block = Block(vec![]);
                        let leaf = self.of(&LEAVES);
                        self.member(&mut block.0, leaf, 0, reads, false);
                        Member::Entry { is_final: false, path: at, action: Action::Amend(block), when }
                    }
                    _ => {
                        let value = self.leaf(reads);
                        Member::Entry { is_final: false, path: leaf, action: Action::Set(value), when }
                    }
                });
                if self.once_in(4) {
                    let name = self.of(&["four", "one"]);
                    let more = vec![named(name, self.leaf_without_absent(reads))];
                    let path = vec![Segment(key, None)];
                    members.push(Member::Entry { is_final: false, path, action: Action::Append(more), when: None });
                }
            } else {
                let list = NAMES.iter().take(1 + self.below(3)).map(|it| named(it, Expr::Int(1))).collect();
                members.push(set(Expr::List(list), when));
            }
        } else {
            if let (Some(it), true) = (&when, self.once_in(3)) {
                // One key, set twice, once of which counts.
                let other = Some(Condition::Not(Box::new(it.clone())));
                let value = self.leaf_without_absent(reads);
                members.push(set(value, other));
            }
            let is_final = when.is_none() && self.once_in(60);
            let value = if is_final { self.literal() } else { self.leaf(reads) };
            members.push(Member::Entry { is_final, path, action: Action::Set(value), when });
        }
    }

    // ------------------------------------------------------- expressions

    fn literal(&mut self) -> Expr {
        match self.below(5) {
            0 => Expr::Bool(self.once_in(2)),
            1 | 2 => Expr::Int(self.number_from(0, 3)),
            _ => Expr::Text(self.of(&WORDS).to_owned()),
        }
    }

    /// What a key of one value is set to; it may be null, or absent.
    fn leaf(&mut self, reads: Reads<'_>) -> Expr {
        match self.below(14) {
            0 => Expr::Null,
            1 => Expr::Fact("team"),
            _ => self.leaf_without_absent(reads),
        }
    }

    fn leaf_without_absent(&mut self, reads: Reads<'_>) -> Expr {
        match self.below(12) {
            0 => Expr::Fact(self.of(&["stage", "name", "label"])),
            1 => Expr::Fact("zones"),
            2 => Expr::Join(Box::new(Expr::Fact(self.of(&["stage", "zones", "name", "label"]))), "x"),
            3 => Expr::If(Box::new(self.condition()), Box::new(self.literal()), Box::new(self.literal())),
            4 => Expr::Else(Box::new(Expr::Fact("team")), Box::new(Expr::Text("none".to_owned()))),
            5 if !reads.params.is_empty() => Expr::Param(self.of(reads.params)),
            6 if reads.row => Expr::Column(self.of(&["name", "zones"])),
            7 if !reads.params.is_empty() => Expr::Join(Box::new(Expr::Param(self.of(reads.params))), "p"),
            _ => self.literal(),
        }
    }

    fn number(&mut self, may_depend: bool) -> Expr {
        if may_depend && self.once_in(3) { Expr::Fact("zones") } else { Expr::Int(self.number_from(0, 4)) }
    }
}

/// `{ name = "…", sa = … }`
fn named(name: &'static str, value: Expr) -> Expr {
    let set = |key, value| Member::Entry {
        is_final: false,
        path: vec![Segment(key, None)],
        action: Action::Set(value),
        when: None,
    };
    Expr::Object(Block(vec![set("name", Expr::Text(name.to_owned())), set("sa", value)]))
}
