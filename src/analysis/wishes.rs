//! A text cut where one wish may end and another begin.

/// Joints between two wishes, beside the marks that end a sentence.
const JOINTS: [&str; 6] = [" and also ", " and ", " also ", " plus ", " by the way ", " oh and "];

/// Parts that may be wishes of their own; none if there is only one.
pub(super) fn parts(text: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = text.split(['.', '?', '!', ';', '\n']).collect();
    for joint in JOINTS {
        parts = parts.into_iter().flat_map(|part| part.split(joint)).collect();
    }
    parts.retain(|part| !part.trim().is_empty());
    if parts.len() > 1 { parts } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_at_sentences_and_joints() {
        assert_eq!(
            parts("cancel my order 1190 and also what are your opening hours?"),
            ["cancel my order 1190", "what are your opening hours"]
        );
        assert_eq!(parts("Where is it? And refund me."), ["Where is it", " And refund me"]);
        assert!(parts("one wish only!").is_empty());
    }
}
