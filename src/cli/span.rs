//! Spans of time as people type them: `10s`, `2m`, `1h`, `500ms`.

use std::time::Duration;

/// Reads a span; for arguments.
pub(super) fn parse(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{}` is no span of time; write it like 500ms, 10s, 2m or 1h", text.escape_debug());
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(digits).ok_or_else(wrong)?;
    let number: u32 = number.parse().map_err(|_| wrong())?;
    let unit = match unit {
        "ms" => Duration::from_millis(1),
        "s" => Duration::from_secs(1),
        "m" => Duration::from_secs(60),
        "h" => Duration::from_secs(3_600),
        _ => return Err(wrong()),
    };
    unit.checked_mul(number).filter(|span| !span.is_zero()).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_and_others_refused() {
        assert_eq!(parse("10s"), Ok(Duration::from_secs(10)));
        assert_eq!(parse("250ms"), Ok(Duration::from_millis(250)));
        for wrong in ["", "s", "10", "0s", "-1s", "1 s", "99999999999s", "ten"] {
            assert!(parse(wrong).unwrap_err().contains("10s"), "{wrong}");
        }
    }
}
