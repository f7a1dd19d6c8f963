//! What Amazon EKS refuses beyond the CRDs.

use ecow::eco_format;

use super::found::Found;
use super::problems;
use crate::kube::object::Id;
use crate::value::Node;

/// The longest that a node of EKS Auto Mode may live, in seconds: 21 days (EKS user guide, "Learn about Amazon EKS Auto
/// Mode managed instances").
const LONGEST: f64 = 21.0 * 24.0 * 3600.0;

/// How long its pods have to end where nothing is said, in seconds: 24 hours (what its admission says).
const GRACE: f64 = 24.0 * 3600.0;

/// The nodes of a pool of EKS Auto Mode live for 21 days at most.
pub fn check(id: &Id, body: &Node, found: &mut Found) {
    let spec = body.at(&["spec", "template", "spec"]);
    let is_auto =
        spec.and_then(|it| it.at(&["nodeClassRef", "group"])?.text()).is_some_and(|it| it == "eks.amazonaws.com");
    let (Some(spec), "karpenter.sh", "NodePool", true) = (spec, id.group.as_str(), id.kind.as_str(), is_auto) else {
        return;
    };
    let Some(expire) = spec.get("expireAfter") else { return };
    let Some(text) = expire.text() else { return };
    let grace = match spec.get("terminationGracePeriod") {
        None => Some(GRACE),
        Some(it) => it.text().and_then(|it| seconds(it)),
    };
    let is_too_long = match (seconds(text), grace) {
        _ if text == "Never" => true,
        (Some(it), Some(grace)) => it + grace > LONGEST,
        _ => false,
    };
    if is_too_long {
        let grace = if spec.get("terminationGracePeriod").is_some() { "" } else { " (24h where it is not written)" };
        let reason =
            eco_format!("is `{text}`: in EKS Auto Mode, with `terminationGracePeriod`{grace} it may be 504h at most");
        let problem = problems::refused(expire.origin, id, "spec.template.spec.expireAfter", &reason, "EKS Auto Mode");
        found.diagnostics.push(problem.help("write `480h` or less"));
    }
}

/// A duration as Karpenter writes it: `720h`, `1h30m`.
fn seconds(text: &str) -> Option<f64> {
    let mut rest = text;
    let mut sum = 0.0;
    while !rest.is_empty() {
        let end = rest.find(|it: char| !it.is_ascii_digit())?;
        let (number, unit) = rest.split_at_checked(end)?;
        let unit_seconds = match unit.chars().next()? {
            's' => 1.0,
            'm' => 60.0,
            'h' => 3600.0,
            _ => return None,
        };
        sum += number.parse::<f64>().ok()? * unit_seconds;
        rest = unit.get(1..)?;
    }
    Some(sum)
}
