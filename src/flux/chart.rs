//! Where a release takes its chart from: `spec.chart` or `spec.chartRef`, and the source that stands beside it.

use ecow::EcoString;

use super::context::Context;
use super::lookup::{comes_with_definition, is_pinned, source_kind};
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
    pub source: Anchor,
    /// The source as the add-on names it.
    pub named: Node,
    /// The chart's name.
    pub chart: Node,
    pub version: Option<&'a Node>,
    /// That of the release.
    pub namespace: &'a EcoString,
}

impl ChartFrom<'_> {
    /// The field of the release's spec, and what stands in it. A source of the release's own goes to `beside`.
    pub(super) fn taken(&self, ctx: &mut Context<'_>, beside: &mut Vec<Object>) -> Option<(&'static str, Node)> {
        match source_kind(ctx.db, self.source) {
            SourceKind::External => Some(("chartRef", self.artifact(ctx)?)),
            SourceKind::Oci if is_pinned(ctx.db, self.source) => Some(("chartRef", self.pinned(ctx, beside)?)),
            SourceKind::Oci => {
                let chart = self.chart.text()?;
                beside.push(chart_in_registry(ctx, self.source, self.addon, chart, self.version, self.namespace)?);
                let name = self.addon.name(ctx.db).clone();
                let reference = Tree::new(self.origin()).text("kind", "OCIRepository").text("name", name);
                Some(("chartRef", reference.build()))
            }
            kind => Some(("chart", self.helm_chart(ctx, kind, beside)?)),
        }
    }

    fn origin(&self) -> Origin {
        Origin::of(self.addon)
    }

    fn artifact(&self, ctx: &mut Context<'_>) -> Option<Node> {
        let at = self.named.origin;
        if let Some(it) = self.version {
            ctx.state.out.push(problems::version_of_artifact(ctx.db, self.addon, it.origin));
        }
        if ctx.minor() < ARTIFACTS_SINCE && !ctx.is_base() {
            ctx.state.out.push(problems::artifact_too_new(ctx.db, self.addon, at, ctx.minor()));
            ctx.state.is_whole = false;
            return None;
        }
        Some(artifact(ctx, self.source, at, self.namespace)?.reference())
    }

    /// The source is the artifact: for each release its own where it comes with a definition, else one for all.
    fn pinned(&self, ctx: &mut Context<'_>, beside: &mut Vec<Object>) -> Option<Node> {
        if let Some(it) = self.version {
            ctx.state.out.push(problems::version_of_source(ctx.db, self.addon, self.source, it.origin));
        }
        if comes_with_definition(ctx.db, self.source) {
            beside.push(source_beside(ctx, self.source, self.addon, self.namespace)?);
            let name = self.addon.name(ctx.db).clone();
            return Some(Tree::new(self.origin()).text("kind", "OCIRepository").text("name", name).build());
        }
        Some(reference_to(ctx, self.source, self.named.origin, self.namespace).reference())
    }

    fn helm_chart(&self, ctx: &mut Context<'_>, kind: SourceKind, beside: &mut Vec<Object>) -> Option<Node> {
        let mut reference = Tree::new(self.named.origin).text("kind", kind.object());
        if comes_with_definition(ctx.db, self.source) {
            beside.push(source_beside(ctx, self.source, self.addon, self.namespace)?);
            reference = reference.text("name", self.addon.name(ctx.db).clone());
        } else {
            let it = reference_to(ctx, self.source, self.named.origin, self.namespace);
            let namespace = it.namespace.map(|it| text(it, self.named.origin));
            reference = reference.text("name", it.name).maybe("namespace", namespace);
        }
        let mut inner = Tree::new(self.origin()).node("chart", self.chart.clone());
        inner = inner.maybe("version", self.version.cloned());
        inner = inner.tree("sourceRef", reference);
        if matches!(kind, SourceKind::Git | SourceKind::Bucket) {
            // A change of the chart without a new version would silently not be deployed.
            inner = inner.text("reconcileStrategy", "Revision");
        }
        Some(Tree::new(self.origin()).tree("spec", inner).build())
    }
}
