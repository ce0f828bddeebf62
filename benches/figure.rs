//! Figures as JSON lines: the median of rounds, with what they lay between.

use std::time::Duration;

/// Prints one figure: one JSON object on a line.
#[expect(clippy::print_stdout, reason = "a bench says its figures on standard output")]
pub(crate) fn say(bench: &str, figure: &str, unit: &str, mut rounds: Vec<f64>) {
    rounds.sort_by(f64::total_cmp);
    let at = |share: f64| rounds.get(((rounds.len().max(1) - 1) as f64 * share) as usize).copied().unwrap_or(f64::NAN);
    let (least, median, most) = (round(at(0.0)), round(at(0.5)), round(at(1.0)));
    let build = if cfg!(debug_assertions) { "dev" } else { "release" };
    let rounds = rounds.len();
    println!(
        "{{\"bench\":\"{bench}\",\"figure\":\"{figure}\",\"unit\":\"{unit}\",\"median\":{median},\"min\":{least},\
         \"max\":{most},\"rounds\":{rounds},\"build\":\"{build}\"}}"
    );
}

/// So many in so long, a second.
pub(crate) fn per_second(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

/// Four digits that count, and no more.
fn round(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let scale = 10f64.powi(3 - value.abs().log10().floor() as i32);
    (value * scale).round() / scale
}
