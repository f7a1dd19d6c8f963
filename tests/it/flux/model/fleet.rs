//! A fleet as data, and as the text that says it.

use std::fmt::Write;

use crate::support::quote;

#[derive(Clone, Debug)]
pub(super) enum Expr {
    Null,
    Bool(bool),
    Int(i64),
    Text(String),
    List(Vec<Self>),
    Object(Block),
    /// `cluster.NAME`
    Fact(&'static str),
    /// `params.NAME`
    Param(String),
    /// `row.NAME`, in an inventory.
    Column(&'static str),
    /// `"\(a)-b"`
    Join(Box<Self>, &'static str),
    If(Box<Condition>, Box<Self>, Box<Self>),
    /// `a ?? b`
    Else(Box<Self>, Box<Self>),
    /// `[for x in LIST if x != NOT => "\(x)!"]`
    Each(Vec<&'static str>, &'static str),
}

#[derive(Clone, Debug)]
pub(super) enum Condition {
    Is(&'static str, Expr),
    Not(Box<Self>),
    Both(Box<Self>, Box<Self>),
    Either(Box<Self>, Box<Self>),
}

#[derive(Clone, Debug, Default)]
pub(super) struct Block(pub Vec<Member>);

#[derive(Clone, Debug)]
pub(super) enum Member {
    Entry { is_final: bool, path: Vec<Segment>, action: Action, when: Option<Condition> },
    Unset { path: Vec<Segment>, when: Option<Condition> },
    Spread(Expr),
}

/// A key, and the name of the element that is meant if it holds a list.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Segment(pub &'static str, pub Option<&'static str>);

#[derive(Clone, Debug)]
pub(super) enum Action {
    Set(Expr),
    Amend(Block),
    Append(Vec<Expr>),
}

#[derive(Clone, Debug, Default)]
pub(super) struct Addon {
    pub name: &'static str,
    pub from: Option<&'static str>,
    pub is_optional: bool,
    pub params: Vec<(String, Expr)>,
    /// Params of a definition that it sets.
    pub sets: Vec<(String, Expr)>,
    pub values: Block,
}

/// What `use`, `drop` and `override` name.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Target {
    Catalogue(&'static str),
    Item(&'static str, &'static str),
    Everything,
    /// An item of the cluster that says it.
    Own(&'static str),
}

#[derive(Clone, Debug)]
pub(super) struct Override {
    pub target: Target,
    pub when: Option<Condition>,
    /// And `version`, as if it were one.
    pub params: Vec<(String, Expr)>,
    pub values: Block,
}

/// What a rule, a group or a cluster says.
#[derive(Clone, Debug, Default)]
pub(super) struct Layer {
    pub facts: Vec<(&'static str, Expr)>,
    pub uses: Vec<Target>,
    pub drops: Vec<Target>,
    pub attaches: Vec<&'static str>,
    pub detaches: Vec<&'static str>,
    pub overrides: Vec<Override>,
}

#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub name: &'static str,
    pub rank: Option<&'static str>,
    pub when: Option<Condition>,
    pub layer: Layer,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    pub name: &'static str,
    pub layer: Layer,
    pub groups: Vec<Self>,
    pub clusters: Vec<Cluster>,
    pub inventory: Option<Inventory>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Cluster {
    pub name: String,
    pub layer: Layer,
    pub own: Vec<Addon>,
}

/// Rows, each of which makes a cluster, and what the block says of each.
#[derive(Clone, Debug, Default)]
pub(super) struct Inventory {
    pub name: &'static str,
    pub rows: Vec<(String, i64)>,
    pub layer: Layer,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Fleet {
    pub definitions: Vec<Addon>,
    pub catalogues: Vec<(&'static str, Vec<Addon>)>,
    pub overrides: Vec<Override>,
    pub rules: Vec<Rule>,
    pub groups: Vec<Group>,
    /// `override cluster NAME { … }`
    pub amended: Vec<(String, Layer)>,
}

/// What every add-on says, and overrides of a ring say otherwise.
pub(super) const VERSION: &str = "version";

/// The ranks of rules, lowest first.
pub(super) const RANKS: [&str; 2] = ["low", "high"];

/// Tenants, each with a repository of the same name and `-apps`.
pub(super) const TENANTS: [&str; 2] = ["shop", "bank"];

impl Fleet {
    pub(super) fn text(&self) -> String {
        let mut out = String::from(
            "fleet model {\n  lockdown = true\n  layers = [low, high]\n  facts {\n    stage: \"test\" | \"production\" = \"test\"\n    \
             zones: Int = 3\n    team: String?\n    label: String = \"\\(cluster.stage)-\\(cluster.zones)\"\n  }\n  \
             rings stage = [\"test\", \"production\"]\n}\n",
        );
        for it in TENANTS {
            let _ = write!(
                out,
                "tenant {it} {{ repositories = [{it}-apps] }}\n\
                 repository {it}-apps {{\n  url = \"https://git.example.com/{it}.git\"\n  branch = \"main\"\n}}\n"
            );
        }
        for it in &self.definitions {
            addon(&mut out, it, "  source charts = helm \"https://charts.example.com\"\n  source = charts\n");
        }
        for (name, items) in &self.catalogues {
            let _ = writeln!(out, "catalogue {name} {{\n  source charts-{name} = helm \"https://charts.example.com\"");
            for it in items {
                let source = if it.from.is_none() { format!("  source = charts-{name}\n") } else { String::new() };
                addon(&mut out, it, &format!("{source}  version = \"1.0.0\"\n"));
            }
            out.push_str("}\n");
        }
        for it in &self.overrides {
            override_(&mut out, it);
        }
        for it in &self.rules {
            let rank = it.rank.map(|it| format!(" in {it}")).unwrap_or_default();
            let _ = writeln!(out, "rule {}{rank}{} {{", it.name, when(it.when.as_ref()));
            layer(&mut out, &it.layer);
            out.push_str("}\n");
        }
        for it in &self.groups {
            group(&mut out, it);
        }
        for (name, it) in &self.amended {
            let _ = writeln!(out, "override cluster {name} {{");
            layer(&mut out, it);
            out.push_str("}\n");
        }
        out
    }
}

fn group(out: &mut String, it: &Group) {
    let _ = writeln!(out, "group {} {{", it.name);
    layer(out, &it.layer);
    for it in &it.groups {
        group(out, it);
    }
    for it in &it.clusters {
        let _ = writeln!(out, "cluster {} {{", it.name);
        layer(out, &it.layer);
        for it in &it.own {
            addon(
                out,
                it,
                &format!(
                    "  source charts-{0} = helm \"https://charts.example.com/own\"\n  source = charts-{0}\n  version = \"1.0.0\"\n",
                    it.name
                ),
            );
        }
        out.push_str("}\n");
    }
    if let Some(it) = &it.inventory {
        let rows: Vec<String> =
            it.rows.iter().map(|(name, zones)| format!("{{ name = {}, zones = {zones} }}", quote(name))).collect();
        let _ = writeln!(out, "inventory {} from [{}] as row {{\n  name = row.name", it.name, rows.join(", "));
        layer(out, &it.layer);
        out.push_str("}\n");
    }
    out.push_str("}\n");
}

fn addon(out: &mut String, it: &Addon, head: &str) {
    let optional = if it.is_optional { "optional " } else { "" };
    let from = it.from.map(|it| format!(" from {it}")).unwrap_or_default();
    let _ = writeln!(out, "{optional}addon {}{from} {{\n{head}", it.name);
    if !it.params.is_empty() {
        let all: Vec<String> = it.params.iter().map(|(name, value)| format!("{name}: Int = {}", expr(value))).collect();
        let _ = writeln!(out, "  params {{\n{}\n  }}", all.join("\n"));
    }
    for (name, value) in &it.sets {
        let _ = writeln!(out, "  params.{name} = {}", expr(value));
    }
    let _ = writeln!(out, "  values {}\n}}", block(&it.values));
}

fn layer(out: &mut String, it: &Layer) {
    for (name, value) in &it.facts {
        let _ = writeln!(out, "  {name} = {}", expr(value));
    }
    for (word, targets) in [("use", &it.uses), ("drop", &it.drops)] {
        for it in targets {
            let _ = writeln!(out, "  {word} {}", used(it));
        }
    }
    for (word, names) in [("attach", &it.attaches), ("detach", &it.detaches)] {
        for it in names {
            let _ = writeln!(out, "  {word} {it}");
        }
    }
    for it in &it.overrides {
        override_(out, it);
    }
}

fn override_(out: &mut String, it: &Override) {
    let target = match &it.target {
        Target::Catalogue(name) => format!("{name}.*"),
        it => used(it),
    };
    let _ = writeln!(out, "override {target}{} {{", when(it.when.as_ref()));
    for (name, value) in &it.params {
        let key = if name == VERSION { name.clone() } else { format!("params.{name}") };
        let _ = writeln!(out, "  {key} = {}", expr(value));
    }
    let _ = writeln!(out, "  values {}\n}}", block(&it.values));
}

fn used(it: &Target) -> String {
    match it {
        Target::Catalogue(name) => (*name).to_owned(),
        Target::Item(catalogue, item) => format!("{catalogue}.{item}"),
        Target::Everything => "*.*".to_owned(),
        Target::Own(name) => (*name).to_owned(),
    }
}

fn when(it: Option<&Condition>) -> String {
    it.map(|it| format!(" when {}", condition(it))).unwrap_or_default()
}

fn condition(it: &Condition) -> String {
    match it {
        Condition::Is(fact, value) => format!("cluster.{fact} == {}", expr(value)),
        Condition::Not(it) => format!("not ({})", condition(it)),
        Condition::Both(a, b) => format!("({}) and ({})", condition(a), condition(b)),
        Condition::Either(a, b) => format!("({}) or ({})", condition(a), condition(b)),
    }
}

fn block(it: &Block) -> String {
    let members: Vec<String> = it.0.iter().map(member).collect();
    format!("{{\n{}\n}}", members.join("\n"))
}

fn member(it: &Member) -> String {
    match it {
        Member::Entry { is_final, path: at, action, when: condition } => {
            let word = if *is_final { "final " } else { "" };
            let (at, condition) = (path(at), when(condition.as_ref()));
            match action {
                Action::Set(it) => format!("{word}{at} = {}{condition}", expr(it)),
                Action::Append(it) => format!("{word}{at} += {}{condition}", expr(&Expr::List(it.clone()))),
                Action::Amend(it) => format!("{word}{at}{condition} {}", block(it)),
            }
        }
        Member::Unset { path: at, when: condition } => format!("unset {}{}", path(at), when(condition.as_ref())),
        Member::Spread(it) => format!("...{}", expr(it)),
    }
}

fn path(it: &[Segment]) -> String {
    let segments: Vec<String> = it
        .iter()
        .map(|Segment(key, pick)| match pick {
            Some(name) => format!("{key}[name = {}]", quote(name)),
            None => (*key).to_owned(),
        })
        .collect();
    segments.join(".")
}

fn expr(it: &Expr) -> String {
    match it {
        Expr::Null => "null".to_owned(),
        Expr::Bool(it) => it.to_string(),
        Expr::Int(it) => it.to_string(),
        Expr::Text(it) => quote(it),
        Expr::List(it) => format!("[{}]", it.iter().map(expr).collect::<Vec<_>>().join(", ")),
        Expr::Object(it) => block(it),
        Expr::Fact(it) => format!("cluster.{it}"),
        Expr::Param(it) => format!("params.{it}"),
        Expr::Column(it) => format!("row.{it}"),
        Expr::Join(it, with) => format!("\"\\({})-{with}\"", expr(it)),
        Expr::If(it, then, other) => format!("if {} then {} else {}", condition(it), expr(then), expr(other)),
        Expr::Else(it, other) => format!("({} ?? {})", expr(it), expr(other)),
        Expr::Each(list, not) => {
            let list: Vec<String> = list.iter().map(|it| quote(it)).collect();
            format!("[for x in [{}] if x != {} => \"\\(x)!\"]", list.join(", "), quote(not))
        }
    }
}
