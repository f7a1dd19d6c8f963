//! Image automation writes into files that the sources read: each marker names a policy that is there, and nothing writes
//! into what fleetc generates.
//!
//! Reports W0667 and W0668.

use std::collections::BTreeSet;

use ecow::{EcoString, eco_format};

use crate::diagnostic::{Diagnostic, Place, code};
use crate::fleet;
use crate::flux::external;
use crate::kube::directory;
use crate::names::{self, Index};
use crate::source::{Anchor, Db, Kind, Origin, is_within};
use crate::syntax::{
    self,
    ast::{Declaration, Expr, ExprKind, Head},
    walk,
};
use crate::value::Node;

/// The key of a marker: `# {"$imagepolicy": "flux-system:web:tag"}`.
const MARKER: &str = "$imagepolicy";

pub(super) fn check(db: &dyn Db, out: &mut Vec<Diagnostic>) {
    let index = names::index(db, db.project());
    automations(db, index, out);
    let mut policies: Option<Policies> = None;
    for path in files_read(db) {
        let Ok(text) = db.data_file(&path).text(db) else { continue };
        for (line, text) in text.lines().enumerate().filter(|(_, it)| it.contains(MARKER)) {
            let Some((namespace, name)) = policy_of(text) else { continue };
            let known = policies.get_or_insert_with(|| Policies::of(db, index));
            if !known.has(&namespace, &name) {
                out.push(no_policy(&path, line + 1, &namespace, &name, known));
            }
        }
    }
}

/// The policy that a marker names: `NAMESPACE:NAME`, and perhaps what of the image is meant.
fn policy_of(line: &str) -> Option<(EcoString, EcoString)> {
    let (_, json) = line.split_once('#')?;
    let marker: serde_json::Value = serde_json::from_str(json.trim()).ok()?;
    let mut parts = marker.get(MARKER)?.as_str()?.split(':');
    Some((parts.next()?.into(), parts.next()?.into()))
}

/// The YAML files that the project's sources read.
fn files_read(db: &dyn Db) -> BTreeSet<EcoString> {
    let mut found = BTreeSet::new();
    let files = db.project().files(db);
    for anchor in files.iter().flat_map(|it| syntax::anchors(db, *it).iter().copied().collect::<Vec<Anchor>>()) {
        read_by(syntax::declaration(db, anchor), &mut found);
    }
    found
}

fn read_by(declaration: &Declaration, found: &mut BTreeSet<EcoString>) {
    let mut visit = |it: &Expr| {
        if let ExprKind::Call { callee, args } = &it.kind
            && matches!(&callee.kind, ExprKind::Name(name) if name == "yaml")
            && let [Expr { kind: ExprKind::Text(path), .. }] = args.as_slice()
        {
            found.insert(path.trim_start_matches("./").into());
        }
    };
    let head = match &declaration.head {
        Head::Manifest { value } => value.as_ref(),
        Head::Let { value, .. } => Some(value),
        Head::Fn { body, .. } => Some(body),
        _ => None,
    };
    if let Some(it) = head {
        walk::expressions(it, &mut visit);
    }
    walk::blocks(&declaration.body, &mut |part, _| {
        if let walk::Visited::Expr(it) = part {
            visit(it);
        }
    });
}

/// The policies of a project, on whichever cluster they are.
struct Policies {
    /// Each as `namespace/name`.
    names: BTreeSet<EcoString>,
    /// Whether there may be more, in what is not seen.
    may_be_more: bool,
}

impl Policies {
    fn of(db: &dyn Db, index: &Index) -> Self {
        let mut it = Self { names: BTreeSet::new(), may_be_more: !index.repositories.is_empty() };
        for item in index.items.values().flat_map(|it| it.values()) {
            let node = &fleet::base(db, *item).value.node;
            match item.kind(db) {
                Kind::MANIFEST => it.add(node),
                Kind::KUSTOMIZE => it.add_directory(db, node),
                _ => {}
            }
        }
        for external in &index.externals {
            if external::kind(db, *external).is_some_and(|it| it == "ImagePolicy") {
                let sync = || fleet::settings(db, db.project()).value.sync.namespace.clone();
                let namespace = external::namespace(db, *external).unwrap_or_else(sync);
                it.names.insert(eco_format!("{namespace}/{}", external.name(db)));
            }
        }
        it
    }

    fn add(&mut self, node: &Node) {
        for it in node.list().unwrap_or(std::slice::from_ref(node)) {
            let text = |path: &[&str]| it.at(path).and_then(Node::text);
            if text(&["kind"]).is_some_and(|it| it == "ImagePolicy") {
                // A manifest without a name of its own is called as it is; so is its object.
                let name = text(&["metadata", "name"]);
                let namespace = text(&["metadata", "namespace"]);
                match namespace.zip(name) {
                    Some((namespace, name)) => {
                        self.names.insert(eco_format!("{namespace}/{name}"));
                    }
                    None => self.may_be_more = true,
                }
            }
        }
    }

    fn add_directory(&mut self, db: &dyn Db, node: &Node) {
        let path = node.get("path").and_then(Node::text).filter(|_| node.get("source").is_none());
        let directory = path.and_then(|it| directory::of_flux(db, it.trim_start_matches("./").trim_end_matches('/')));
        let Some(directory) = directory else {
            self.may_be_more = true;
            return;
        };
        self.may_be_more |= !directory.complete;
        for it in directory.objects.iter().filter(|it| it.kind == "ImagePolicy") {
            self.names.insert(eco_format!("{}/{}", it.namespace, it.name));
        }
    }

    fn has(&self, namespace: &str, name: &str) -> bool {
        self.may_be_more || self.names.contains(&eco_format!("{namespace}/{name}"))
    }
}

/// Automations whose directory is generated: the next build would undo what they write, if they found anything to write to.
fn automations(db: &dyn Db, index: &Index, out: &mut Vec<Diagnostic>) {
    let output = &fleet::settings(db, db.project()).value.output;
    let generated = [&output.common, &output.applications, &output.clusters];
    for item in index.items.values().flat_map(|it| it.values()).filter(|it| it.kind(db) == Kind::MANIFEST) {
        let node = &fleet::base(db, *item).value.node;
        for it in node.list().unwrap_or(std::slice::from_ref(node)) {
            if it.get("kind").and_then(Node::text).is_none_or(|it| it != "ImageUpdateAutomation") {
                continue;
            }
            let Some(path) = it.at(&["spec", "update", "path"]) else { continue };
            let cleaned = path.text().map(|it| it.trim_start_matches("./").trim_end_matches('/'));
            if let Some(text) = cleaned.filter(|it| generated.iter().any(|of| is_within(it, of))) {
                let at = if path.origin.anchor.is_of_library(db) { Origin::of(*item) } else { path.origin };
                out.push(into_generated(at, text));
            }
        }
    }
}

fn no_policy(path: &EcoString, line: usize, namespace: &str, name: &str, known: &Policies) -> Diagnostic {
    let wanted = eco_format!("{namespace}/{name}");
    Diagnostic::new(
        code::NO_IMAGE_POLICY,
        eco_format!("the marker in line {line} of `{path}` names the ImagePolicy `{wanted}`, which nothing makes"),
        Place::File(path.clone()),
        "no automation will write here",
    )
    .did_you_mean(&wanted, known.names.iter().map(EcoString::as_str))
    .or_help(|| {
        Some(eco_format!(
            "declare it: `manifest {name}-policy = newest-version(\"{name}\", …)` of `std.flux`, or `external ImagePolicy {namespace}.{name}`"
        ))
    })
}

fn into_generated(at: Origin, path: &str) -> Diagnostic {
    Diagnostic::new(
        code::WRITES_GENERATED,
        eco_format!("image automation cannot update `{path}`: fleetc generates it"),
        at,
        "a generated directory",
    )
    .note("generated files have no markers, and the next build would undo what is written there")
    .help("keep tags in a YAML file of the sources, which they read by `yaml(\"…\")`, and name its directory")
}
