//! How long a Kustomization waits: at least as long as the releases take that it waits for.

use ecow::EcoString;

use super::draft::Draft;
use super::problems;
use crate::flux::context::Context;
use crate::flux::release::Release;
use crate::kube::object::set;
use crate::value::Node;

/// Raises the default timeout of a Kustomization; one that an author set and that is too short is reported.
pub(super) fn raise<'a>(
    ctx: &mut Context<'_>,
    draft: &Draft,
    waits_for: impl Iterator<Item = &'a Release>,
    fields: &mut Node,
) {
    let release = |it: &Release| {
        draft
            .objects
            .iter()
            .find(|piece| piece.object.origin.anchor == it.addon && piece.object.id.kind == "HelmRelease")
    };
    let timeouts = waits_for.filter_map(|it| {
        let node = release(it)?.object.spec()?.get("timeout")?;
        Some((milliseconds(node.text()?)?, node.clone(), it.addon.name(ctx.db).clone()))
    });
    let Some((longest, node, name)) = timeouts.max_by_key(|it| it.0) else { return };
    let Some(own) = fields.get("timeout") else { return };
    if own.text().and_then(milliseconds).is_none_or(|it| it >= longest) {
        return;
    }
    if own.origin.anchor.is_standard(ctx.db) {
        set(fields, &["timeout"], node);
    } else {
        let problem = problems::short_timeout(own, &draft.name, &name, &node);
        ctx.state.out.push(problem);
    }
}

/// A duration as Go writes it (`1h30m`, `90s`, `1.5h`), in milliseconds; none for anything else.
fn milliseconds(text: &EcoString) -> Option<u64> {
    let mut total = 0.0;
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let end = rest.find(|it: char| !(it.is_ascii_digit() || it == '.'))?;
        let (number, after) = rest.split_at(end);
        let (factor, length) = [("ms", 1.0), ("s", 1e3), ("m", 6e4), ("h", 3.6e6)]
            .into_iter()
            .find(|(unit, _)| after.starts_with(unit))
            .map(|(unit, factor)| (factor, unit.len()))?;
        total += number.parse::<f64>().ok()? * factor;
        rest = after.get(length..)?;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is a sum of what has no sign")]
    Some(total as u64)
}
