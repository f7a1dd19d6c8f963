//! What a change may not be: `--fail-on` and `--max-rings`.

use std::collections::BTreeSet;

use super::args::Diff;
use super::terminal::Terminal;
use crate::diagnostic::did_you_mean;
use crate::fleet;
use crate::host::HostError;
use crate::inspect::{ClusterFate, Danger, Difference, Filter};
use crate::source::{Anchor, Db, FleetDatabase};

/// The gates of a `fleetc diff`.
pub(super) struct Gates {
    any: bool,
    dangers: Vec<&'static str>,
    clusters: Vec<OfClusters>,
    max_rings: Option<usize>,
}

/// An expression over `cluster`.
struct OfClusters {
    text: String,
    /// As the old state reads it, for clusters that only that has; none where it cannot be read
    /// there.
    old: Option<Filter>,
    new: Filter,
}

impl Gates {
    /// Reads them; what is wrong inside an expression is said first.
    ///
    /// # Errors
    /// If a gate cannot be read, or there are no rings to count.
    pub(super) fn read(
        arguments: &Diff,
        old: &FleetDatabase,
        new: &FleetDatabase,
        terminal: &mut Terminal,
    ) -> Result<Self, HostError> {
        let mut it = Self { any: false, dangers: Vec::new(), clusters: Vec::new(), max_rings: arguments.max_rings };
        for text in &arguments.fail_on {
            match (text.as_str(), Danger::WORDS.iter().find(|it| **it == text)) {
                ("any", _) => it.any = true,
                ("danger", _) => it.dangers.extend(Danger::WORDS),
                (_, Some(word)) => it.dangers.push(*word),
                _ => it.clusters.push(OfClusters::read(text, old, new, terminal)?),
            }
        }
        if it.max_rings.is_some() && fleet::settings(new, new.project()).value.rings.is_none() {
            return Err(HostError {
                message: "the fleet has no rings".into(),
                help: Some("write `rings environment = [ … ]` in the fleet, or leave `--max-rings` out".into()),
            });
        }
        Ok(it)
    }

    /// What of a difference may not be, each in a sentence.
    pub(super) fn closed(&self, old: &FleetDatabase, new: &FleetDatabase, found: &Difference) -> Vec<String> {
        let mut closed = Vec::new();
        let one_sided = || found.whole.iter().filter(|it| it.fate.is_one_sided());
        let count = found.touched.len() + one_sided().count();
        if self.any && count > 0 {
            closed.push(format!("`--fail-on any`: {}", clusters(count, "change")));
        }
        for word in &self.dangers {
            let is_one = |it: &&crate::inspect::Change| it.dangers.iter().any(|it| it.word() == *word);
            let mut hit: BTreeSet<&str> =
                found.changes.iter().filter(is_one).flat_map(|it| &it.clusters).map(|it| it.name.as_str()).collect();
            if *word == ClusterFate::DANGER {
                hit.extend(found.whole.iter().filter(|it| it.fate.is_danger()).map(|it| it.name.as_str()));
            }
            if let Some(first) = hit.first() {
                closed.push(format!("`{word}` on {}, such as `{first}`", clusters(hit.len(), "")));
            }
        }
        for gate in &self.clusters {
            let mut hit: BTreeSet<&str> = found
                .touched
                .iter()
                .filter(|it| gate.held(old, it.old) || gate.holds(new, it.new))
                .map(|it| it.name.as_str())
                .collect();
            let holds = |it: &&crate::inspect::ClusterChange| match it.fate {
                ClusterFate::Gone { .. } => gate.old.is_none() || gate.held(old, it.anchor),
                _ => gate.holds(new, it.anchor),
            };
            hit.extend(one_sided().filter(holds).map(|it| it.name.as_str()));
            if let Some(first) = hit.first() {
                closed.push(format!("`--fail-on {}`: {}, such as `{first}`", gate.text, clusters(hit.len(), "change")));
            }
        }
        if let Some(most) = self.max_rings {
            let changing = found.touched.iter().flat_map(|it| [&it.ring, &it.old_ring]);
            let rings: BTreeSet<&str> =
                changing.chain(one_sided().map(|it| &it.ring)).map(|it| it.as_deref().unwrap_or("no ring")).collect();
            if rings.len() > most {
                let names: Vec<&str> = rings.iter().copied().collect();
                let s = if rings.len() == 1 { "" } else { "s" };
                let names = names.join(", ");
                closed
                    .push(format!("objects change in {} ring{s} ({names}), and `--max-rings` is {most}", rings.len()));
            }
        }
        closed
    }
}

impl OfClusters {
    /// Whether it holds, or cannot be computed: that may be what somebody guards against.
    fn holds(&self, new: &FleetDatabase, cluster: Anchor) -> bool {
        self.new.holds_on(new, cluster).unwrap_or(true)
    }

    /// The same of the state that was: a change may take a cluster out of a gate. What the old
    /// state cannot read, as it has no such fact, did not hold there for a cluster that stays.
    fn held(&self, old: &FleetDatabase, cluster: Anchor) -> bool {
        self.old.is_some_and(|it| it.holds_on(old, cluster).unwrap_or(true))
    }

    fn read(text: &str, old: &FleetDatabase, new: &FleetDatabase, terminal: &mut Terminal) -> Result<Self, HostError> {
        let known = ["any", "danger"].into_iter().chain(Danger::WORDS);
        let words = Danger::WORDS.join("`, `");
        let all = || format!("a gate is `any`, `danger`, `{words}`, or an expression over `cluster`");
        let error = |help| HostError { message: format!("`--fail-on {text}` cannot be read"), help: Some(help) };
        if !text.is_empty() && text.chars().all(|it| it.is_ascii_alphabetic() || it == '-') {
            return Err(error(did_you_mean(text, known).map_or_else(all, Into::into)));
        }
        let new = Filter::of_clusters(new, "--fail-on", text).map_err(|found| {
            terminal.diagnostics(new, &found);
            error(all())
        })?;
        Ok(Self { text: text.to_owned(), old: Filter::of_clusters(old, "--fail-on", text).ok(), new })
    }
}

/// "12 clusters change"
fn clusters(count: usize, verb: &str) -> String {
    let text = if count == 1 {
        format!("1 cluster {verb}{}", if verb.is_empty() { "" } else { "s" })
    } else {
        format!("{count} clusters {verb}")
    };
    text.trim_end().to_owned()
}
