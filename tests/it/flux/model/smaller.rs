//! The least fleet that shows a difference: whatever can go without it, goes.

use super::fleet::{Action, Block, Expr, Fleet, Group, Layer, Member};

/// A smaller fleet that still differs, and how; it cannot lose anything more.
pub(super) fn smallest(fleet: Fleet, how: String, differs: &dyn Fn(&Fleet) -> Option<String>) -> (Fleet, String) {
    let (mut least, mut how) = (fleet, how);
    'again: loop {
        let count = Removal::count(&least);
        for nth in 0..count {
            let mut without = least.clone();
            Removal::remove(&mut without, nth);
            if let Some(now) = differs(&without) {
                (least, how) = (without, now);
                continue 'again;
            }
        }
        return (least, how);
    }
}

/// Goes through all that may be left out; leaves one of it out.
struct Removal {
    seen: usize,
    nth: Option<usize>,
}

impl Removal {
    fn count(fleet: &Fleet) -> usize {
        let mut it = Self { seen: 0, nth: None };
        it.fleet(&mut fleet.clone());
        it.seen
    }

    fn remove(fleet: &mut Fleet, nth: usize) {
        Self { seen: 0, nth: Some(nth) }.fleet(fleet);
    }

    fn list<T>(&mut self, list: &mut Vec<T>) {
        let mut kept = 0;
        while kept < list.len() {
            let here = self.nth == Some(self.seen);
            self.seen += 1;
            if here {
                list.remove(kept);
            } else {
                kept += 1;
            }
        }
    }

    fn option<T>(&mut self, it: &mut Option<T>) {
        if it.is_some() {
            if self.nth == Some(self.seen) {
                *it = None;
            }
            self.seen += 1;
        }
    }

    fn fleet(&mut self, it: &mut Fleet) {
        self.list(&mut it.overrides);
        self.list(&mut it.rules);
        self.list(&mut it.amended);
        self.list(&mut it.groups);
        for it in &mut it.overrides {
            self.option(&mut it.when);
            self.list(&mut it.params);
            self.block(&mut it.values);
        }
        for it in &mut it.rules {
            self.option(&mut it.when);
            self.option(&mut it.rank);
            self.layer(&mut it.layer);
        }
        for it in &mut it.groups {
            self.group(it);
        }
        for (_, it) in &mut it.amended {
            self.layer(it);
        }
        for it in it.definitions.iter_mut().chain(it.catalogues.iter_mut().flat_map(|(_, it)| it)) {
            self.list(&mut it.sets);
            self.block(&mut it.values);
        }
    }

    fn group(&mut self, it: &mut Group) {
        self.layer(&mut it.layer);
        self.list(&mut it.groups);
        self.list(&mut it.clusters);
        self.option(&mut it.inventory);
        for it in &mut it.groups {
            self.group(it);
        }
        for it in &mut it.clusters {
            self.layer(&mut it.layer);
            for it in &mut it.own {
                self.block(&mut it.values);
            }
        }
        if let Some(it) = &mut it.inventory {
            self.list(&mut it.rows);
            self.layer(&mut it.layer);
        }
    }

    fn layer(&mut self, it: &mut Layer) {
        self.list(&mut it.facts);
        self.list(&mut it.uses);
        self.list(&mut it.drops);
        self.list(&mut it.attaches);
        self.list(&mut it.detaches);
        self.list(&mut it.overrides);
        for it in &mut it.overrides {
            self.option(&mut it.when);
            self.list(&mut it.params);
            self.block(&mut it.values);
        }
    }

    fn block(&mut self, it: &mut Block) {
        self.list(&mut it.0);
        for it in &mut it.0 {
            match it {
                Member::Entry { action, when, .. } => {
                    self.option(when);
                    match action {
                        Action::Set(it) => self.expr(it),
                        Action::Amend(it) => self.block(it),
                        Action::Append(it) => it.iter_mut().for_each(|it| self.expr(it)),
                    }
                }
                Member::Unset { when, .. } => self.option(when),
                Member::Spread(it) => self.expr(it),
            }
        }
    }

    fn expr(&mut self, it: &mut Expr) {
        match it {
            Expr::Object(it) => self.block(it),
            Expr::List(it) => {
                self.list(it);
                for it in it {
                    self.expr(it);
                }
            }
            _ => {}
        }
    }
}
