//! No file imports, by way of others, itself: within a folder, too, imports only look down.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use syn::visit::{self, Visit};

/// The modules of the library, `flux::deploy::units`, and the modules that each names.
fn imports() -> BTreeMap<String, BTreeSet<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut texts: BTreeMap<String, (bool, String)> = BTreeMap::new();
    for entry in ignore::Walk::new(&root) {
        let entry = entry.expect("an entry");
        if entry.path().extension().is_some_and(|it| it == "rs") {
            let path = entry.path().strip_prefix(&root).expect("below").to_string_lossy().replace('\\', "/");
            let name = path.trim_end_matches(".rs");
            let is_front_door = name.ends_with("/mod");
            let module = name.trim_end_matches("/mod").replace('/', "::");
            texts.insert(module, (is_front_door, std::fs::read_to_string(entry.path()).expect("UTF-8")));
        }
    }
    texts.remove("lib");
    texts.remove("main");
    let modules: BTreeSet<String> = texts.keys().cloned().collect();
    let of = |(module, (is_front_door, text)): (&String, &(bool, String))| {
        let mut reader = Reader { modules: &modules, module, is_front_door: *is_front_door, found: BTreeSet::new() };
        reader.visit_file(&syn::parse_file(text).unwrap_or_else(|it| panic!("{module}: {it}")));
        reader.found.remove(module);
        (module.clone(), reader.found)
    };
    texts.iter().map(of).collect()
}

/// What one file names.
struct Reader<'a> {
    modules: &'a BTreeSet<String>,
    module: &'a str,
    is_front_door: bool,
    found: BTreeSet<String>,
}

impl Reader<'_> {
    /// A path of names, as it stands in the file.
    fn path(&mut self, names: &[String]) {
        let own: Vec<&str> = self.module.split("::").collect();
        let supers = names.iter().take_while(|it| *it == "super").count();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let full: Vec<&str> = match names.as_slice() {
            ["crate", rest @ ..] => rest.to_vec(),
            ["self", rest @ ..] => own.iter().chain(rest).copied().collect(),
            ["super", ..] => {
                let rest = names.get(supers..).unwrap_or_default();
                own.iter().take(own.len() - supers.min(own.len())).chain(rest).copied().collect()
            }
            // A room of a front door, by its name alone.
            [first, _, ..] if self.is_front_door && self.modules.contains(&format!("{}::{first}", self.module)) => {
                own.iter().chain(&names).copied().collect()
            }
            _ => return,
        };
        let module = (1..=full.len()).rev().map(|it| full[..it].join("::")).find(|it| self.modules.contains(it));
        self.found.extend(module);
    }

    fn tree(&mut self, before: &mut Vec<String>, tree: &syn::UseTree) {
        match tree {
            syn::UseTree::Path(it) => {
                before.push(it.ident.to_string());
                self.tree(before, &it.tree);
                before.pop();
            }
            syn::UseTree::Group(it) => it.items.iter().for_each(|it| self.tree(before, it)),
            syn::UseTree::Name(it) => self.leaf(before, &it.ident.to_string()),
            syn::UseTree::Rename(it) => self.leaf(before, &it.ident.to_string()),
            syn::UseTree::Glob(_) => self.path(before),
        }
    }

    fn leaf(&mut self, before: &[String], name: &str) {
        let last = (name != "self").then(|| name.to_owned());
        self.path(&before.iter().cloned().chain(last).collect::<Vec<_>>());
    }
}

impl<'a> Visit<'a> for Reader<'_> {
    fn visit_item_mod(&mut self, it: &'a syn::ItemMod) {
        // Tests may name what they test.
        if it.content.is_none() || it.ident != "tests" {
            visit::visit_item_mod(self, it);
        }
    }

    /// `pub(super)` names nothing.
    fn visit_visibility(&mut self, _: &'a syn::Visibility) {}

    fn visit_item_use(&mut self, it: &'a syn::ItemUse) {
        self.tree(&mut Vec::new(), &it.tree);
    }

    fn visit_path(&mut self, it: &'a syn::Path) {
        let names: Vec<String> = it.segments.iter().map(|it| it.ident.to_string()).collect();
        self.path(&names);
        visit::visit_path(self, it);
    }

    /// Paths inside of macros, such as `matches!`, are only those of `crate` and `super`.
    fn visit_macro(&mut self, it: &'a syn::Macro) {
        let text = it.tokens.to_string().replace(' ', "");
        for start in ["crate::", "super::"] {
            for (at, _) in text.match_indices(start) {
                let path = text[at..].split(|it: char| !it.is_alphanumeric() && it != '_' && it != ':').next();
                let names: Vec<String> = path.into_iter().flat_map(|it| it.split("::")).map(str::to_owned).collect();
                self.path(&names);
            }
        }
    }
}

#[test]
fn no_cycle_of_files() {
    let imports = imports();
    assert!(imports.len() > 200, "the sources are read");
    let mut graph: DiGraph<&str, ()> = DiGraph::new();
    let nodes: BTreeMap<&str, NodeIndex> = imports.keys().map(|it| (it.as_str(), graph.add_node(it))).collect();
    for (from, to) in &imports {
        for it in to {
            graph.add_edge(nodes[from.as_str()], nodes[it.as_str()], ());
        }
    }
    let cycles = tarjan_scc(&graph).into_iter().filter(|it| it.len() > 1);
    let mut found: Vec<Vec<&str>> = cycles.map(|it| it.into_iter().map(|it| graph[it]).collect()).collect();
    for it in &mut found {
        it.sort_unstable();
    }
    found.sort();
    let lines = |cycles: &[Vec<&str>]| cycles.iter().map(|it| it.join(" ")).collect::<Vec<_>>().join("\n");
    assert!(found.is_empty(), "files import each other in a cycle:\n{}", lines(&found));
}
