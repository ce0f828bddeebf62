//! Status lines as passages: what the house says of a part of it comes before what its articles say.

use crate::domain::id::{ArticleName, IncidentId};
use crate::domain::incident::StatusLine;
use crate::domain::knowledge::{Citation, Passage};
use crate::domain::score::Score;
use crate::domain::text::Foreign;

use super::terms::Terms;

/// Lines that answer a question. One is about a question that names its part; for who belongs to its
/// incident it is enough that the question has a word in common with it.
pub fn status(lines: &[StatusLine], incident: Option<IncidentId>, question: &Foreign) -> Vec<Passage> {
    if lines.is_empty() {
        return Vec::new();
    }
    let terms = Terms::new();
    let of = |text: &str| {
        let mut found = Vec::new();
        terms.each(text, |term, _| found.push(term.to_owned()));
        found
    };
    let asked = of(question.raw());
    let answers = |line: &&StatusLine| {
        let named = of(&line.component.as_str().replace(['-', '_', '.'], " "));
        let concerned = line.incident.is_some() && line.incident == incident;
        let about = if concerned { of(line.text.raw()) } else { Vec::new() };
        named.iter().chain(&about).any(|term| asked.contains(term))
    };
    lines.iter().filter(answers).filter_map(passage).collect()
}

fn passage(line: &StatusLine) -> Option<Passage> {
    let article: ArticleName =
        format!("status.{}", line.component).chars().take(40).collect::<String>().parse().ok()?;
    Some(Passage {
        citation: Citation { article, paragraph: 1 },
        title: Foreign::from(format!("status of {}", line.component)),
        text: line.text.clone(),
        score: Score::ONE,
        highlights: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::incident::ComponentState;
    use crate::domain::time::Timestamp;

    fn answered(question: &str, incident: Option<u64>) -> usize {
        let line = StatusLine {
            component: "card-payments".parse().unwrap(),
            state: ComponentState::Down,
            text: "Refunds take longer today; we are on it.".into(),
            by: "ana".parse().unwrap(),
            since: Timestamp(0),
            incident: Some(IncidentId(3)),
        };
        status(&[line], incident.map(IncidentId), &question.into()).len()
    }

    #[test]
    fn a_line_answers_who_names_its_part_and_members_who_use_its_words() {
        assert_eq!(answered("Why does my payment not go through?", None), 1);
        assert_eq!(answered("Where is my refund?", None), 0, "the part is not named");
        assert_eq!(answered("Where is my refund?", Some(3)), 1, "a member of its incident");
        assert_eq!(answered("When do you open?", Some(3)), 0);
    }
}
