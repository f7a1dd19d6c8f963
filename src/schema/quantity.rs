//! Kubernetes' quantities: `10Gi`, `500m`, `1e3`.

/// How much a quantity is; none for what is not one. Binary suffixes are powers of 1024,
/// decimal ones of 1000 (Kubernetes' API conventions, resource quantities).
#[must_use]
pub fn quantity(text: &str) -> Option<f64> {
    const BINARY: [&str; 6] = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    const DECIMAL: [(&str, i32); 9] =
        [("n", -3), ("u", -2), ("m", -1), ("k", 1), ("M", 2), ("G", 3), ("T", 4), ("P", 5), ("E", 6)];
    let number = |it: &str| it.parse::<f64>().ok().filter(|it| it.is_finite());
    for (power, suffix) in (1..).zip(BINARY) {
        if let Some(it) = text.strip_suffix(suffix) {
            return Some(number(it)? * 1024_f64.powi(power));
        }
    }
    for (suffix, power) in DECIMAL {
        if let Some(it) = text.strip_suffix(suffix) {
            return Some(number(it)? * 1000_f64.powi(power));
        }
    }
    number(text)
}
