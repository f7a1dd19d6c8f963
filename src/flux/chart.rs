//! Where a release takes its chart from: `spec.chart` or `spec.chartRef`, and the source that stands beside it.

use ecow::EcoString;

use super::context::Context;
use super::lookup::{comes_with_definition, has_charts, is_pinned, object_kind};
use super::problems;
use super::source::{artifact, chart_in_registry, reference_to, source_beside};
use crate::kube::object::{Object, Tree, text};
use crate::schema::Minor;
use crate::source::{Anchor, Origin};
use crate::syntax::ast::SourceKind;
use crate::value::Node;

/// The Flux from which on releases take charts that something else makes.
const ARTIFACTS_SINCE: Minor = Minor(7);

/// What an add-on says of its chart.
pub(super) struct ChartFrom<'a> {
    pub addon: Anchor,
    /// The source, as the add-on names it; none where the chart is in the repository itself.
    pub source: Option<(Anchor, Node)>,
    pub kind: SourceKind,
    /// The chart's name.
    pub chart: Node,
    pub version: Option<&'a Node>,
    /// That of the release.
    pub namespace: &'a EcoString,
}

impl ChartFrom<'_> {
    /// The field of the release's spec, and what stands in it. A source of the release's own goes to `beside`.
    pub(super) fn taken(&self, ctx: &mut Context<'_>, beside: &mut Vec<Object>) -> Option<(&'static str, Node)> {
        let Some((source, named)) = &self.source else { return Some(("chart", self.beside(ctx))) };
        match self.kind {
            SourceKind::External if has_charts(ctx.db, *source) => {
                let reference = artifact(ctx, *source, named.origin, self.namespace)?;
                Some(("chart", self.in_directory(&reference.kind, reference.tree())))
            }
            SourceKind::External => Some(("chartRef", self.artifact(ctx, *source, named.origin)?)),
            SourceKind::Oci if is_pinned(ctx.db, *source) => {
                Some(("chartRef", self.pinned(ctx, *source, named.origin, beside)?))
            }
            SourceKind::Oci => {
                let chart = self.chart.text()?;
                beside.push(chart_in_registry(ctx, *source, self.addon, chart, self.version, self.namespace)?);
                let name = self.addon.name(ctx.db).clone();
                let reference = Tree::new(self.origin()).text("kind", "OCIRepository").text("name", name);
                Some(("chartRef", reference.build()))
            }
            _ => Some(("chart", self.helm_chart(ctx, *source, named.origin, beside)?)),
        }
    }

    fn origin(&self) -> Origin {
        Origin::of(self.addon)
    }

    fn artifact(&self, ctx: &mut Context<'_>, source: Anchor, at: Origin) -> Option<Node> {
        if let Some(it) = self.version {
            ctx.state.out.push(problems::version_of_artifact(ctx.db, self.addon, it.origin));
        }
        let is_artifact = object_kind(ctx.db, source) == SourceKind::External.object();
        if is_artifact && ctx.minor() < ARTIFACTS_SINCE && !ctx.is_base() {
            ctx.state.out.push(problems::artifact_too_new(ctx.db, self.addon, at, ctx.minor()));
            ctx.state.is_whole = false;
            return None;
        }
        Some(artifact(ctx, source, at, self.namespace)?.reference())
    }

    /// The source is the artifact: for each release its own where it comes with a definition, else one for all.
    fn pinned(&self, ctx: &mut Context<'_>, source: Anchor, at: Origin, beside: &mut Vec<Object>) -> Option<Node> {
        if let Some(it) = self.version {
            ctx.state.out.push(problems::version_of_source(ctx.db, self.addon, source, it.origin));
        }
        if comes_with_definition(ctx.db, source) {
            beside.push(source_beside(ctx, source, self.addon, self.namespace)?);
            let name = self.addon.name(ctx.db).clone();
            return Some(Tree::new(self.origin()).text("kind", "OCIRepository").text("name", name).build());
        }
        Some(reference_to(ctx, source, at, self.namespace).reference())
    }

    /// A chart of the repository through which the cluster follows the fleet.
    fn beside(&self, ctx: &Context<'_>) -> Node {
        let sync = ctx.target.cluster().map_or(&ctx.settings.sync, |it| &it.sync);
        let namespace = (sync.namespace != *self.namespace).then(|| text(sync.namespace.clone(), self.origin()));
        let reference = Tree::new(self.chart.origin).text("kind", sync.kind.clone()).text("name", sync.name.clone());
        self.in_directory(self.kind.object(), reference.maybe("namespace", namespace))
    }

    fn helm_chart(&self, ctx: &mut Context<'_>, source: Anchor, at: Origin, beside: &mut Vec<Object>) -> Option<Node> {
        let mut reference = Tree::new(at).text("kind", self.kind.object());
        if comes_with_definition(ctx.db, source) {
            beside.push(source_beside(ctx, source, self.addon, self.namespace)?);
            reference = reference.text("name", self.addon.name(ctx.db).clone());
        } else {
            let it = reference_to(ctx, source, at, self.namespace);
            let namespace = it.namespace.map(|it| text(it, at));
            reference = reference.text("name", it.name).maybe("namespace", namespace);
        }
        Some(self.in_directory(self.kind.object(), reference))
    }

    /// A chart by its name in a source of a kind.
    fn in_directory(&self, kind: &str, reference: Tree) -> Node {
        let mut inner = Tree::new(self.origin()).node("chart", self.chart.clone());
        inner = inner.maybe("version", self.version.cloned());
        inner = inner.tree("sourceRef", reference);
        if ["GitRepository", "Bucket"].contains(&kind) {
            // A change of the chart without a new version would silently not be deployed.
            inner = inner.text("reconcileStrategy", "Revision");
        }
        Tree::new(self.origin()).tree("spec", inner).build()
    }
}
