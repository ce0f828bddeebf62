//! Specialists who are asked together, by the script of the customer's words.
//!
//! `panel:AGENT,AGENT` asks them whether `yes` or `no`. `AGENT=POSITION` is what each is for; `-` is nothing, and
//! who is not named does not know. Behind it stand `@PERCENT` for how sure it is, `+article` and `+FACT` for what
//! it rests on, and `!WORDS` for what guardrails find. Afterwards `then-pass:AGENT` passes the baton,
//! and `insist` asks again and again.

use baton::domain::action::{Next, Reply};
use baton::domain::consult::{Advice, Consultation};
use baton::domain::id::Position;
use baton::domain::knowledge::Citation;
use baton::domain::panel::{Board, Conferred};
use baton::domain::score::Score;
use baton::domain::text::Foreign;

/// What is asked.
pub(super) fn conferring(said: &str) -> Next {
    let whom = said.split_whitespace().find_map(|word| word.strip_prefix("panel:")).unwrap();
    let whom = whom.split(',').map(|name| name.parse().unwrap()).collect();
    let positions = ["yes", "no"].map(|one| one.parse().unwrap()).to_vec();
    Next::Confer(Board { whom, question: said.into(), positions })
}

/// What is answered.
pub(super) fn opinion(asked: &Consultation) -> Option<Advice> {
    let of = format!("{}=", asked.whom);
    let said = asked.question.raw().split_whitespace().find_map(|word| word.strip_prefix(of.as_str()))?;
    let (said, found) = said.split_once('!').unwrap_or((said, ""));
    let mut parts = said.split('+');
    let first = parts.next().unwrap();
    let (position, percent) = first.split_once('@').unwrap_or((first, "80"));
    let rests: Vec<&str> = parts.collect();
    let cited = Citation { article: "refunds".parse().unwrap(), paragraph: 1 };
    let facts: Vec<String> = asked.facts.iter().map(|fill| fill.slot.to_string()).collect();
    let heard: Vec<String> = asked.heard.iter().map(|one| format!("{} said {}", one.agent, one.text.raw())).collect();
    let masked = if asked.question.raw().contains("(withheld)") { "without" } else { "" };
    let shown = [facts.join(" "), heard.join("; "), masked.to_owned()];
    let shown: Vec<String> = shown.iter().filter(|part| !part.is_empty()).map(|part| format!(" [{part}]")).collect();
    let shown = shown.concat();
    let found = if found.is_empty() { String::new() } else { format!(" {found}") };
    Some(Advice {
        text: Foreign::from(format!("so says {}{shown}{found}", asked.whom)),
        title: "The rules".into(),
        citations: rests.iter().filter(|one| **one == "article").map(|_| cited.clone()).collect(),
        position: (position != "-").then(|| position.parse().unwrap()),
        confidence: Score::from_percent(percent.parse().unwrap()),
        rests_on: rests.iter().filter(|one| **one != "article").map(|one| one.parse().unwrap()).collect(),
    })
}

/// What is done with what they came to.
pub(super) fn goes_on(conferred: &Conferred, said: &str) -> (Option<Reply>, Next) {
    if let Some(to) = said.split_whitespace().find_map(|word| word.strip_prefix("then-pass:")) {
        return (None, Next::HandOff { to: Some(to.parse().unwrap()), objective: None });
    }
    if said.contains("insist") {
        return (None, conferring(said));
    }
    let position = conferred.decision.position.as_ref().map_or("nothing", Position::as_str);
    let text = Foreign::from(format!("I go by {position}"));
    (Some(Reply { text, citations: conferred.citations.clone(), apology: false }), Next::Wait)
}
