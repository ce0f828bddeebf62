//! The card of an approval or a draft: everything that speaks for it and against it, and what each answer does.

use crate::domain::money::Money;
use crate::domain::text::Clean;
use crate::protocol::transcript::{ApprovalCard, DraftCard, Evidence, ToolState};

use super::super::model::Model;
use super::super::model::card::{Choice, Fact, Pick, Typing};
use super::super::model::clock::{day, hours_minutes};
use super::Effect;
use super::cards::{card, choice, claimed, note, open, target};

/// Answers a colleague, or what waits for a person.
pub(super) fn decide(model: &mut Model) -> Vec<Effect> {
    if let Some((row, claim)) = target(model).and_then(|row| row.claim.clone().map(|claim| (row, claim)))
        && Some(&claim.from) == model.me()
    {
        return claimed(model, &row, &claim);
    }
    if let (None, Some(draft)) = (&model.painted.approval, model.painted.draft.clone()) {
        return settle(model, &draft);
    }
    let (Some(row), Some(approval)) = (target(model), model.painted.approval.clone()) else { return Vec::new() };
    let mut card = card(model, clean!("DECIDE for {}", row.name), Vec::new(), choices(&approval));
    card.facts = evidence(model, &approval);
    // The answer that does nothing is the marked one.
    card.chosen = card.choices.len() - 1;
    card.seen = model.painted.seen(Some(approval.subject));
    card.until = Some(approval.expires);
    card.note = Some(note("why, for the record"));
    open(model, card)
}

/// Yes, yes to less, no.
fn choices(approval: &ApprovalCard) -> Vec<Choice> {
    let agent = &approval.agent;
    let back = if approval.reversible { "it can be taken back" } else { "it cannot be taken back" };
    // What the rules would answer a yes with is said before somebody tries.
    let happens = |asked: Clean| match &approval.obstacle {
        Some(obstacle) => clean!("refused: {obstacle}"),
        None => clean!("{asked} happens at once; {back}"),
    };
    let pick = Pick::Decide(approval.approval, true);
    let mut yes = choice(clean!("approve: {agent} does it"), happens(asked(approval)), Some('a'), pick);
    yes.typing = approval.amount.filter(|_| approval.typed).map(|amount| Typing::Exactly(number(amount)));
    let mut choices = vec![yes];
    if let Some(amount) = approval.amount.filter(|amount| amount.minor > 1) {
        let after = clean!("{} happens at once, with the amount you type; {back}", approval.tool);
        let mut less = choice(Clean::fixed("approve for less"), after, Some('l'), Pick::DecideLess(approval.approval));
        less.typing = Some(Typing::Below(amount));
        choices.push(less);
    }
    choices.push(choice(
        Clean::fixed("reject: it is not done"),
        clean!("{agent} tells the customer so and goes on"),
        Some('x'),
        Pick::Decide(approval.approval, false),
    ));
    choices
}

/// What speaks for it and against it, and what the rules say.
fn evidence(model: &Model, approval: &ApprovalCard) -> Vec<Fact> {
    let mut facts = vec![Fact::new("asked", clean!("{} by {}: {}", asked(approval), approval.agent, approval.title))];
    facts.extend(approval.args.iter().map(|(name, value)| Fact::new("with", clean!("{name} {}", value.one_line()))));
    facts.extend(approval.obstacle.iter().map(|obstacle| Fact::warning("you", obstacle.clone())));
    if let Some(first) = &approval.endorsed {
        facts.push(Fact::warning("second", clean!("{first} said yes; it takes a second person who is not {first}")));
    }
    facts.extend(approval.evidence.iter().map(|seen| result(model, seen)));
    if approval.evidence.is_empty() {
        facts.push(Fact::warning("seen", Clean::fixed("no tool was asked before; there are only words")));
    }
    facts.extend(approval.past.iter().map(|paid| {
        let (day, time) = (day(paid.at, &model.zone), hours_minutes(paid.at, &model.zone));
        Fact::warning("paid", clean!("{day} {time} {} {} (call {})", paid.tool, paid.amount, paid.call))
    }));
    if approval.past.is_empty() && approval.amount.is_some() {
        facts.push(Fact::new("paid", Clean::fixed("nothing to this customer before")));
    }
    facts.extend(approval.policy.iter().map(|rule| Fact::new("rule", rule.clone())));
    facts.push(if approval.reversible {
        Fact::new("back", Clean::fixed("it can be taken back"))
    } else {
        Fact::warning("back", Clean::fixed("it cannot be taken back"))
    });
    if let Some(words) = &approval.draft {
        facts.push(Fact::new("says", clean!("\"{}\" goes out with its success, and not without it", words.one_line())));
    }
    let by = hours_minutes(approval.expires, &model.zone);
    facts.push(Fact::new("else", clean!("without an answer by {by} {}", approval.unanswered)));
    facts
}

/// `09:03 charges of the last 90 days (call 3): 2 charges, 1 order`.
fn result(model: &Model, seen: &Evidence) -> Fact {
    let (time, line) = (hours_minutes(seen.at, &model.zone), seen.line.one_line());
    let text = clean!("{time} {} (call {}): {line}", seen.title, seen.call);
    match seen.state {
        ToolState::Done | ToolState::Pending | ToolState::Started => Fact::new("seen", text),
        ToolState::Declined | ToolState::Failed | ToolState::Unknown | ToolState::Refused => {
            Fact::warning("seen", text)
        }
    }
}

/// Sends, changes or drops a draft that waits.
fn settle(model: &mut Model, draft: &DraftCard) -> Vec<Effect> {
    let Some(row) = target(model) else { return Vec::new() };
    let after = draft.follows.as_ref().map(|next| format!("; then {next}")).unwrap_or_default();
    let choices = vec![
        choice(
            Clean::fixed("send it as it is"),
            clean!("{} reads it at once{after}", row.name),
            Some('s'),
            Pick::SendDraft(draft.draft),
        ),
        choice(
            Clean::fixed("send your words instead"),
            clean!("{} reads what stands below{after}", row.name),
            Some('e'),
            Pick::EditDraft(draft.draft),
        ),
        choice(
            Clean::fixed("drop it"),
            clean!("{} does not read it; with a reason {} composes another, once", row.name, draft.agent),
            Some('x'),
            Pick::DropDraft(draft.draft),
        ),
    ];
    let mut facts = vec![clean!("{} wants to say:", draft.agent), clean!("  {}", draft.text)];
    facts.extend(draft.promises.iter().map(|promise| clean!("  it promises: {promise}")));
    let mut card = card(model, clean!("DRAFT for {}", row.name), facts, choices);
    // The choice that says nothing to the customer is the marked one.
    card.chosen = 2;
    card.seen = model.painted.seen(Some(draft.subject));
    card.until = draft.fuse.map(|fuse| fuse.until);
    card.note = Some(note("your words, or the reason"));
    open(model, card)
}

/// `refund.create 49.90 EUR`.
pub(crate) fn asked(approval: &ApprovalCard) -> Clean {
    match approval.amount {
        Some(amount) => clean!("{} {amount}", approval.tool),
        None => Clean::from(&approval.tool),
    }
}

fn number(amount: Money) -> String {
    let text = amount.to_string();
    text.split(' ').next().unwrap_or_default().to_owned()
}
