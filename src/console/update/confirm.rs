//! What the marked choice of a card does once `Enter` confirms it: to what stood on the screen when it was opened.

use crate::domain::command::OperatorAct;
use crate::domain::id::{ConversationId, DraftId};
use crate::domain::money::Money;
use crate::domain::supervision::DraftVerdict;
use crate::domain::text::{Clean, Foreign};
use crate::domain::time::Timestamp;
use crate::protocol::console::ConsoleCommand;

use super::super::model::Model;
use super::super::model::card::{Card, Choice, Pick};
use super::super::model::pending::Tone;
use super::acts::{Act, submit};
use super::{Effect, compose, corrections, desk, endings, incidents, pledges};

/// What stands beside the choice.
struct Beside {
    /// Words for the record or the receiver.
    words: Option<Foreign>,
    /// The amount that was typed.
    amount: Option<Money>,
    /// The planned end that was typed.
    until: Option<Timestamp>,
}

/// Does what the marked choice says.
pub(super) fn confirm(model: &mut Model) -> Vec<Effect> {
    let Some(card) = model.card.take() else { return Vec::new() };
    let Some(choice) = card.choice().cloned() else { return Vec::new() };
    let until = card.span().map(|span| model.floor_now() + span);
    let words = card.note.as_ref().filter(|note| !note.editor.is_blank()).map(|note| note.editor.foreign());
    let beside = Beside { words, amount: card.amount(), until };
    let conversation = card.seen.as_ref().map(|seen| seen.conversation);
    match (&choice.pick, conversation) {
        (Pick::Compose(audience), Some(conversation)) => {
            compose::begin(model, conversation, *audience);
            return Vec::new();
        }
        (Pick::Preview(incident, kind), _) => return incidents::ask(model, *incident, *kind, beside.words),
        (Pick::Reroute(to), Some(_)) => return corrections::reach(model, card, to),
        (Pick::Rule(pick), _) => return corrections::whose(model, card, pick.clone(), beside.words.as_ref()),
        (Pick::Copy(text), _) => {
            model.say(Tone::Good, clean!("{} lines sent to the terminal's clipboard", text.as_str().lines().count()));
            return vec![Effect::Copy(text.clone())];
        }
        (Pick::SpeakBeside, Some(conversation)) => return compose::speak_beside(model, conversation, card.seen),
        (Pick::TakeOver, Some(_)) | (Pick::Block(..), _) if beside.words.is_none() => return reason_first(model, card),
        (
            pick @ (Pick::Snooze(_) | Pick::Priority(_) | Pick::Label(..) | Pick::Labels | Pick::Watch(_)),
            Some(conversation),
        ) => {
            let Some(act) = desk::picked(model, conversation, pick, beside.words) else { return Vec::new() };
            return send(model, &card, &choice, ConsoleCommand::Act(act));
        }
        _ => {}
    }
    let now = model.floor_now();
    let command = match command(choice.pick.clone(), conversation, beside, now) {
        Ok(Some(command)) => command,
        Ok(None) => return Vec::new(),
        Err(first) => {
            model.say(Tone::Plain, Clean::fixed(first));
            return Vec::new();
        }
    };
    send(model, &card, &choice, command)
}

fn send(model: &mut Model, card: &Card, choice: &Choice, command: ConsoleCommand) -> Vec<Effect> {
    let row = card.seen.as_ref().and_then(|seen| model.live.picture.rows.get(&seen.conversation));
    let whom = row.map(|row| row.name.one_line()).unwrap_or_default();
    let label = told(&choice.pick, &choice.label, &whom);
    submit(model, Act { label, seen: card.seen.clone(), command, words: None })
}

/// What a choice asks the floor for; nothing where its conversation is missing, or what has to be written first.
fn command(
    pick: Pick,
    conversation: Option<ConversationId>,
    beside: Beside,
    now: Timestamp,
) -> Result<Option<ConsoleCommand>, &'static str> {
    let Beside { words, amount, until } = beside;
    let act = match (pick, conversation) {
        (Pick::Shutdown, _) => return Ok(Some(ConsoleCommand::Shutdown)),
        (Pick::Promise(due), Some(conversation)) => {
            let written = pledges::act(conversation, words, due);
            return written.map(Some).ok_or("write what is promised first, below the choices");
        }
        (Pick::Presence(operator, presence), _) => {
            OperatorAct::SetPresence { operator, presence, reason: words, until }
        }
        (Pick::Hold(target), _) => OperatorAct::Hold { target, then: None, reason: words },
        (Pick::Block(customer, span), _) => {
            let reason = words.ok_or("say why first: Tab, the reason, then Enter")?;
            OperatorAct::Block { customer, reason, until: Some(now + span) }
        }
        (Pick::Release(target), _) => OperatorAct::Release { target },
        (Pick::Promote(agent, percent), _) => OperatorAct::Promote { agent, percent, segment: None },
        (Pick::Incident(wish), _) => OperatorAct::Incident { wish: incidents::titled(wish, words) },
        (Pick::Decide(approval, approve), _) => OperatorAct::Decide { approval, approve, reason: words, amount: None },
        (Pick::DecideLess(approval), _) => OperatorAct::Decide { approval, approve: true, reason: words, amount },
        (Pick::SendDraft(draft), _) => settled(draft, DraftVerdict::Send, words),
        (Pick::EditDraft(draft), _) => {
            let text = words.ok_or("write your words first: A, Tab, then Enter")?;
            settled(draft, DraftVerdict::Edit { text }, None)
        }
        (Pick::DropDraft(draft), _) => settled(draft, DraftVerdict::Drop, words),
        (Pick::TakeOver, Some(conversation)) => OperatorAct::TakeOver { conversation, reason: words },
        (Pick::AskFor, Some(conversation)) => OperatorAct::AskFor { conversation, note: words },
        (Pick::AnswerClaim(claim, give), Some(conversation)) => OperatorAct::AnswerClaim { conversation, claim, give },
        (Pick::HandBack(to), Some(conversation)) => OperatorAct::HandBack { conversation, to, note: words },
        (Pick::Move(to), Some(conversation)) => OperatorAct::Move { conversation, to, note: words },
        (Pick::Resolve(disposition), Some(conversation)) => OperatorAct::Resolve { conversation, disposition },
        (Pick::KeepPromise(promise), _) => OperatorAct::ClearPromise { promise },
        (Pick::CarryPromise(promise), _) => OperatorAct::CarryPromise { promise, to: None, due: None },
        (Pick::WaivePromise(promise), _) => {
            let reason = words.ok_or("say why first: C, Tab, then Enter")?;
            OperatorAct::WaivePromise { promise, reason }
        }
        (Pick::WrapUp(word), Some(conversation)) => endings::wrapped(conversation, word, words.as_ref()),
        (Pick::LongerWrapUp, Some(conversation)) => OperatorAct::ExtendWrapUp { conversation },
        (Pick::Close, Some(conversation)) => OperatorAct::Close { conversation },
        (Pick::Reach(to, reach), Some(conversation)) => corrections::picked(conversation, to, reach, words),
        (Pick::RuleFor(pick, segment), conversation) => {
            return Ok(corrections::ruled(conversation, pick, segment, now).map(ConsoleCommand::Act));
        }
        (Pick::EndRule(rule), _) => OperatorAct::EndRule { rule },
        (Pick::RateTurn(turn, rating), Some(conversation)) => OperatorAct::RateTurn { conversation, turn, rating },
        _ => return Ok(None),
    };
    Ok(Some(ConsoleCommand::Act(act)))
}

fn settled(draft: DraftId, verdict: DraftVerdict, reason: Option<Foreign>) -> OperatorAct {
    OperatorAct::SettleDraft { draft, verdict, reason }
}

/// The card stays, and keys go to the reason.
fn reason_first(model: &mut Model, mut card: Card) -> Vec<Effect> {
    card.note.iter_mut().for_each(|note| note.writing = true);
    model.card = Some(card);
    model.say(Tone::Plain, Clean::fixed("write the reason first, then Enter: colleagues read it"));
    Vec::new()
}

/// What was asked for, as the line below the panes tells of it: `move Maya R. to ben`.
fn told(pick: &Pick, label: &Clean, whom: &Clean) -> Clean {
    match pick {
        Pick::TakeOver => clean!("take over {whom}"),
        Pick::AskFor => clean!("ask for {whom}"),
        Pick::AnswerClaim(_, true) => clean!("give {whom}"),
        Pick::AnswerClaim(_, false) => clean!("keep {whom}"),
        Pick::HandBack(None) => clean!("hand back {whom}"),
        Pick::HandBack(Some(agent)) => clean!("hand back {whom} to {agent}"),
        Pick::Move(_) => clean!("move {whom} to {label}"),
        Pick::Resolve(_) => clean!("resolve {whom}, {label}"),
        Pick::Close => clean!("close {whom} for good"),
        Pick::KeepPromise(_) | Pick::CarryPromise(_) | Pick::WaivePromise(_) => clean!("{label}, for {whom}"),
        Pick::Promise(_) => clean!("promise to {whom}, {label}"),
        Pick::WrapUp(_) => clean!("wrap up {whom}, {label}"),
        Pick::LongerWrapUp => clean!("longer to wrap up {whom}"),
        Pick::Decide(_, true) => clean!("approve for {whom}"),
        Pick::Decide(_, false) => clean!("reject for {whom}"),
        Pick::DecideLess(_) => clean!("approve for less for {whom}"),
        Pick::SendDraft(_) => clean!("send the draft to {whom}"),
        Pick::EditDraft(_) => clean!("send other words to {whom}"),
        Pick::DropDraft(_) => clean!("drop the draft to {whom}"),
        Pick::Presence(None, _) => clean!("my state, {label}"),
        Pick::Presence(Some(who), _) => clean!("state of {who}, {label}"),
        Pick::Snooze(_) => clean!("snooze {whom}, {label}"),
        Pick::Priority(_) => clean!("priority of {whom}, {label}"),
        Pick::Label(..) | Pick::Labels => clean!("labels of {whom}, {label}"),
        Pick::Watch(_) => clean!("watch {whom}, {label}"),
        Pick::Reach(to, _) => clean!("route {whom} to {to}, {label}"),
        Pick::RateTurn(..) => clean!("answer to {whom}, {label}"),
        Pick::RuleFor(pick, _) => clean!("a rule to {}, {label}", pick.to),
        Pick::Hold(_) => clean!("hold {label}"),
        Pick::Release(_) => clean!("release {label}"),
        Pick::Block(..) => clean!("block {whom} {label}"),
        Pick::Promote(..) => clean!("candidate of {label}"),
        Pick::Incident(_)
        | Pick::Preview(..)
        | Pick::Reroute(_)
        | Pick::Rule(_)
        | Pick::EndRule(_)
        | Pick::Copy(_)
        | Pick::Shutdown
        | Pick::Compose(_)
        | Pick::SpeakBeside => label.clone(),
    }
}
