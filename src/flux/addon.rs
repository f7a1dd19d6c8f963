//! Add-ons → HelmRelease, and the OCIRepository of a chart in a registry.

use ecow::{EcoString, eco_format};

use super::chart::ChartFrom;
use super::context::{Context, in_file};
use super::layout::namespace_of;
use super::lookup::{has_charts, is_kustomized, is_pinned, object_kind, source_kind};
use super::problems;
use super::release::Release;
use super::requires::Requirements;
use super::source::{chooses_layer, label};
use crate::fleet::{self, Evaluated, ReleaseIn};
use crate::kube::object::{Object, Tree, list, merge, object, remove, set};
use crate::schema::Minor;
use crate::source::{Anchor, Db, Origin};
use crate::syntax::ast::SourceKind;
use crate::value::{Node, Value};

/// The Flux that has retry strategies for releases.
const STRATEGIES_SINCE: Minor = Minor(7);

/// Reports an artifact that is a chart here and a directory elsewhere, unless its author chooses the layer.
fn report_directory(ctx: &mut Context<'_>, source: Anchor, at: Origin) {
    let is_both = is_pinned(ctx.db, source) && is_kustomized(ctx.db, ctx.index, source);
    if is_both && !chooses_layer(ctx.db, &ctx.evaluated(source).value.node) {
        ctx.state.out.push(problems::chart_and_directory(ctx.db, source, at));
    }
}

/// The source of an add-on's chart, as it is named; none where the chart is in the repository itself.
#[expect(clippy::option_option, reason = "there may be none, and it may be wrong")]
fn source_of(ctx: &mut Context<'_>, addon: Anchor, node: &Node) -> Option<Option<(Anchor, Node)>> {
    let Some(named) = node.get("source") else {
        if is_beside(node) {
            return Some(None);
        }
        // One that depends on the cluster is no name of a chart.
        let open = node.get("chart").filter(|it| matches!(it.value, Value::Unknown | Value::Template(_)));
        if open.is_some() && ctx.identity(addon, open, "chart").is_none() {
            ctx.state.is_whole = false;
            return None;
        }
        if !ctx.is_stopped(addon) {
            ctx.state.out.push(problems::no_source(ctx.db, addon));
        }
        ctx.state.is_whole = false;
        return None;
    };
    let (name, at) = ctx.identity(addon, Some(named), "source")?;
    let source = ctx.source(&name, at)?;
    report_directory(ctx, source, at);
    Some(Some((source, crate::kube::object::text(name, at))))
}

/// An add-on's objects.
pub(super) fn release(ctx: &mut Context<'_>, addon: Anchor, evaluated: &Evaluated) -> Option<(Release, Vec<Object>)> {
    let origin = Origin::of(addon);
    let name = addon.name(ctx.db).clone();
    let node = &evaluated.node;
    let source = source_of(ctx, addon, node)?;
    let kind = match &source {
        Some((it, _)) => source_kind(ctx.db, *it),
        None => own_repository(ctx, addon, node)?,
    };
    let text = |ctx: &mut Context<'_>, key: &str, default: &EcoString| match node.get(key) {
        None => Some((default.clone(), origin)),
        it => ctx.identity(addon, it, key),
    };
    let pinned = source.as_ref().map(|it| it.0).filter(|it| is_pinned(ctx.db, *it));
    let is_pinned = pinned.is_some();
    // `chart` defaults to the name of the first definition; an artifact has its name in its address.
    let first = match pinned.map(|it| ctx.evaluated(it)) {
        Some(it) => it.value.node.get("url").and_then(Node::text).map(|it| last_part(it)).unwrap_or_default(),
        None => fleet::levels(ctx.db, addon).value.first().map_or(&name, |it| it.name(ctx.db)).clone(),
    };
    let (chart, chart_at) = text(ctx, "chart", &first)?;
    let place = namespace_of(ctx.db, ctx.scope).unwrap_or_else(|| name.clone());
    let (target, target_at) = text(ctx, "namespace", &place)?;
    // One that depends on the cluster is not in `common/`, and each cluster adds it.
    let is_open = ctx.is_base() && node.get("release-name").is_some_and(|it| it.value == Value::Unknown);
    let (release_name, name_at) = if is_open { (name.clone(), origin) } else { text(ctx, "release-name", &name)? };
    if release_name.len() > 53 {
        ctx.state.out.push(problems::long_release_name(name_at, &release_name));
    }
    let version = match node.get("version") {
        None if needs_version(ctx.db, kind, source.as_ref().map(|it| it.0)) && !is_pinned => {
            ctx.state.out.push(problems::no_version(addon, ctx.db));
            return None;
        }
        None => None,
        // Without its version, the newest chart would be installed.
        Some(it) if matches!(it.value, Value::PerCluster(_)) => Some(it.clone()),
        Some(it) => {
            let (version, at) = ctx.identity(addon, Some(it), "version")?;
            Some(crate::kube::object::text(version, at))
        }
    };
    let flux = ctx.flux_namespace().clone();
    let namespace = match ctx.release_in(ctx.scope, node) {
        ReleaseIn::FluxSystem => flux.clone(),
        ReleaseIn::Namespace(it) => it,
        ReleaseIn::Target => target.clone(),
    };
    let mut objects = Vec::new();
    let written = (!is_open).then(|| crate::kube::object::text(release_name.clone(), name_at));
    let mut spec = Tree::new(origin)
        .maybe("releaseName", written)
        .node("targetNamespace", crate::kube::object::text(target.clone(), target_at));
    let from = ChartFrom {
        addon,
        source: source.clone(),
        kind,
        chart: crate::kube::object::text(chart.clone(), chart_at),
        version: version.as_ref(),
        namespace: &namespace,
    };
    if let (Some(it), Some(source)) = (node.get("chart"), pinned) {
        ctx.state.out.push(problems::version_of_source(ctx.db, addon, source, it.origin));
    }
    let (key, taken) = from.taken(ctx, &mut objects)?;
    // What is installed is what the source says.
    let version = version.or_else(|| {
        let source = ctx.evaluated(pinned?);
        let node = &source.value.node;
        // Flux takes a range before a tag.
        node.get("semver").or_else(|| node.get("tag")).cloned()
    });
    spec = spec.node(key, taken);
    let requirements = Requirements::of(ctx, addon, node);
    if let Some(dependencies) = requirements.depends_on(ctx, &namespace) {
        spec = spec.node("dependsOn", list(dependencies, origin));
    }
    let mut spec = spec.build();
    let mut fields = release_fields(ctx, node);
    let is_one_chart = kind.is_one_chart() && !source.as_ref().is_some_and(|it| has_charts(ctx.db, it.0));
    report_chart(ctx, addon, is_one_chart, &mut fields);
    merge(&mut spec, &fields);
    act_as(ctx, addon, &namespace, &mut spec);
    let suspended = spec.get("suspend").is_some_and(|it| it.value == Value::Bool(true));
    if !suspended {
        // `false` would undo an operator's `flux suspend`.
        remove(&mut spec, &["suspend"]);
    }
    if let Some(values) = node.get("values") {
        set(&mut spec, &["values"], values.clone());
    }
    let policy = |section| spec.at(&[section, "crds"]).and_then(Node::text).map(EcoString::as_str);
    let applies_crds = policy("install") != Some(SKIP) || policy("upgrade").is_some_and(|it| it != SKIP);
    let storage = spec.get("storageNamespace").and_then(Node::text).unwrap_or(&namespace).clone();
    let api_version = ctx.api_version("HelmRelease", origin);
    let mut it = object(&api_version, "HelmRelease", &namespace, &name, Some(spec), origin);
    label(&mut it, node);
    objects.push(in_file(it, eco_format!("add-ons/{name}.yaml")));
    let crds = crds(ctx, node, &chart);
    if !crds.is_empty() && version.as_ref().is_some_and(|it| it.text().is_none()) {
        // What objects of those kinds may hold depends on it.
        ctx.state.is_certain = false;
    }
    let release = Release {
        addon,
        object: name,
        namespace,
        target,
        name: release_name,
        storage,
        crds,
        chart,
        source: source.map(|it| it.0),
        requires: requirements.addons(),
        suspended,
        applies_crds,
        reinstall: node.get("reinstall").is_some_and(|it| it.value == Value::Bool(true)),
        version,
        role: evaluated.role.clone(),
    };
    Some((release, objects))
}

/// Whether an add-on's chart is a directory of the repository itself.
fn is_beside(node: &Node) -> bool {
    node.get("chart").and_then(Node::text).is_some_and(|it| it.starts_with("./"))
}

/// The kind of the source through which clusters read the repository, where a chart of it is.
fn own_repository(ctx: &mut Context<'_>, addon: Anchor, node: &Node) -> Option<SourceKind> {
    let chart = node.get("chart")?;
    let dir = chart.text()?.trim_start_matches("./").trim_matches('/');
    let path = if dir.is_empty() { "Chart.yaml".into() } else { eco_format!("{dir}/Chart.yaml") };
    if ctx.db.data_file(&path).text(ctx.db).is_err() {
        ctx.state.out.push(problems::no_chart_there(chart.origin, &path));
        return None;
    }
    let sync = ctx.target.cluster().map_or(&ctx.settings.sync, |it| &it.sync);
    match sync.kind.as_str() {
        "GitRepository" => Some(SourceKind::Git),
        "Bucket" => Some(SourceKind::Bucket),
        other => {
            ctx.state.out.push(problems::chart_of_artifact(ctx.db, addon, chart.origin, other));
            None
        }
    }
}

/// As whom the release runs, where its author does not say: as the account of a tenant's project, or under lockdown as
/// Flux' own.
fn act_as(ctx: &mut Context<'_>, addon: Anchor, namespace: &EcoString, spec: &mut Node) {
    let origin = Origin::of(addon);
    let account = ctx.target.cluster().map_or(&ctx.settings.sync, |it| &it.sync).service_account.clone();
    if let (Some(account), None) = (account, spec.get("serviceAccountName")) {
        set(spec, &["serviceAccountName"], crate::kube::object::text(account, origin));
    } else if ctx.lockdown() && spec.get("serviceAccountName").is_none() {
        if *namespace != *ctx.flux_namespace() {
            ctx.state.out.push(problems::no_service_account(addon, ctx.db, namespace));
        }
        set(spec, &["serviceAccountName"], crate::kube::object::text("helm-controller", origin));
    }
}

/// Whether a source holds several versions of a chart.
fn needs_version(db: &dyn Db, kind: SourceKind, source: Option<Anchor>) -> bool {
    let is_repository = |it: Anchor| object_kind(db, it) == SourceKind::Helm.object();
    matches!(kind, SourceKind::Helm | SourceKind::Oci) || source.is_some_and(is_repository)
}

/// The name of an artifact: what its address ends with.
fn last_part(address: &str) -> EcoString {
    address.trim_end_matches('/').rsplit('/').next().unwrap_or_default().into()
}

/// What `release { chart … }` must not say: what the language sets, and anything where the chart comes from a registry.
fn report_chart(ctx: &mut Context<'_>, addon: Anchor, is_one_chart: bool, fields: &mut Node) {
    let Some(chart) = fields.get("chart") else { return };
    if is_one_chart {
        ctx.state.out.push(problems::no_helm_chart(ctx.db, addon, chart.origin));
        remove(fields, &["chart"]);
        return;
    }
    for key in ["chart", "version", "sourceRef"] {
        if let Some(it) = chart.at(&["spec", key]) {
            ctx.state.out.push(problems::chart_field(it.origin, key));
        }
    }
}

/// A policy for CRDs: they are left alone.
const SKIP: &str = "Skip";

/// Values by which well-known charts bring no CRDs: those that are in their templates.
const SWITCHES: [&[&str]; 6] = [
    &["crds", "enabled"],
    &["crds", "install"],
    &["crds", "create"],
    &["crds", "installed"],
    &["installCRDs"],
    &["createCustomResource"],
];

/// The strategy that has an interval.
const RETRY: &str = "RetryOnFailure";

/// The fields of the spec that defaults and `release { … }` give. A default that an
/// author's choice leaves without meaning goes, and so does what the Flux has not.
fn release_fields(ctx: &Context<'_>, node: &Node) -> Node {
    let Some(written) = node.get("release") else { return Tree::new(node.origin).build() };
    let mut fields = written.clone();
    let is_default = |it: &Node| it.origin.anchor.is_standard(ctx.db);
    let upgrade = written.at(&["upgrade", "crds"]);
    if written.at(&["install", "crds"]).and_then(Node::text).is_some_and(|it| it == SKIP)
        && upgrade.is_some_and(is_default)
    {
        // Who does not install them does not upgrade them, either.
        remove(&mut fields, &["upgrade", "crds"]);
    }
    for section in ["install", "upgrade"] {
        let at = |path: &[&str]| written.get(section).and_then(|it| it.at(path));
        let name_is_default = at(&["strategy", "name"]).is_some_and(is_default);
        let interval_is_default = at(&["strategy", "retryInterval"]).is_some_and(is_default);
        let is_untouched = name_is_default && interval_is_default;
        if is_untouched && at(&["remediation"]).is_some() {
            remove(&mut fields, &[section, "strategy"]);
        } else if is_untouched && ctx.minor() < STRATEGIES_SINCE {
            remove(&mut fields, &[section, "strategy"]);
            let instead = ctx.standard("helm-release-defaults-without-strategy");
            if let Some(it) = instead.at(&[section, "remediation"]) {
                set(&mut fields, &[section, "remediation"], it.clone());
            }
        } else if interval_is_default && at(&["strategy", "name"]).and_then(Node::text).is_some_and(|it| it != RETRY) {
            remove(&mut fields, &[section, "strategy", "retryInterval"]);
        }
    }
    fields
}

/// Custom resources: what the block says, and what is known of the chart.
fn crds(ctx: &mut Context<'_>, node: &Node, chart: &str) -> Vec<(EcoString, EcoString, bool)> {
    let written =
        node.get("crds").and_then(Node::map).into_iter().flat_map(|it| &it.entries).filter_map(|(key, scope)| {
            let Some((group, kind)) = key.split_once('/') else {
                ctx.state.out.push(problems::bad_crd(scope.origin, key));
                return None;
            };
            Some((EcoString::from(group), EcoString::from(kind), scope.text().is_some_and(|it| it == "Namespaced")))
        });
    let known = crate::schema::custom_kinds_of(chart).into_iter().map(|(group, kind, scope)| {
        (EcoString::from(group), EcoString::from(kind), scope == crate::schema::Scope::Namespaced)
    });
    let is_off = |path: &&[&str]| {
        let value = node.get("values").and_then(|it| it.at(path));
        value.is_some_and(|it| it.value == Value::Bool(false))
    };
    let brings_none = SWITCHES.iter().any(is_off);
    written.chain(known.filter(|_| !brings_none)).collect()
}
