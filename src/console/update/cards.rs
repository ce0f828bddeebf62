//! Cards: what an act would do, stated before it is done.

use crate::domain::baton::Holder;
use crate::domain::claim::CLAIM_PATIENCE;
use crate::domain::command::OperatorAct;
use crate::domain::id::{ConversationId, DraftId, OperatorName};
use crate::domain::money::Money;
use crate::domain::operator::{Presence, Role};
use crate::domain::supervision::DraftVerdict;
use crate::domain::text::{Clean, Foreign};
use crate::domain::time::Millis;
use crate::protocol::console::{Audience, ConsoleCommand};
use crate::protocol::row::{ClaimRow, ConversationRow, OperatorRow, WaitWithout};
use crate::protocol::transcript::{ApprovalCard, DraftCard};

use super::super::keymap::{Code, Key};
use super::super::model::Model;
use super::super::model::card::{Card, Choice, Note, Pick};
use super::super::model::editor::Editor;
use super::super::model::pending::Tone;
use super::acts::{Act, submit};
use super::{Effect, compose, desk, endings, incidents, pledges};

/// Above this amount, in hundredths of any currency, an approval wants the number typed.
const TYPE_AMOUNT_ABOVE: i64 = 10_000;

pub(super) fn open(model: &mut Model, card: Card) -> Vec<Effect> {
    model.sheet = None;
    model.card = Some(card);
    Vec::new()
}

pub(super) fn card(model: &Model, title: Clean, facts: Vec<Clean>, choices: Vec<Choice>) -> Card {
    let seen = model.painted.seen(None);
    Card { title, facts, choices, chosen: 0, note: None, seen, typed: String::new(), drawn: None }
}

pub(super) fn choice(label: Clean, consequence: Clean, letter: Option<char>, pick: Pick) -> Choice {
    Choice { label, consequence, letter, pick, type_first: None }
}

fn target(model: &Model) -> Option<ConversationRow> {
    model.painted.target.clone()
}

pub(super) fn note(label: &'static str) -> Note {
    Note { label, editor: Editor::default(), writing: false }
}

/// Asks a colleague for a conversation, or takes it from them for a reason.
pub(super) fn take_over(model: &mut Model, colleague: &OperatorName) -> Vec<Effect> {
    let Some(row) = target(model) else { return Vec::new() };
    let mut facts = vec![clean!("{colleague} holds {} and answers the customer now.", row.name)];
    facts.extend(row.claim.as_ref().map(|claim| clean!("{} asks for it already.", claim.by)));
    let patience = CLAIM_PATIENCE.secs();
    let asked = clean!("{colleague} gives it or keeps it; without an answer within {patience} s nothing changes");
    let mut choices = vec![choice(clean!("ask {colleague} for it"), asked, Some('a'), Pick::AskFor)];
    let mut label = "a word beside it";
    if model.role() >= Role::Supervisor {
        label = "a word beside it; to take it now, the reason";
        let after = clean!("at once; {colleague} reads your reason; the customer hears of you when you write");
        choices.push(choice(clean!("take it now, for a reason"), after, Some('t'), Pick::TakeOver));
    }
    let mut card = card(model, clean!("TAKE OVER {}", row.name), facts, choices);
    card.note = Some(note(label));
    open(model, card)
}

/// Gives what one holds to the colleague who asks for it, or keeps it.
fn claimed(model: &mut Model, row: &ConversationRow, claim: &ClaimRow) -> Vec<Effect> {
    let by = &claim.by;
    let choices = vec![
        choice(
            clean!("give it to {by}"),
            clean!("{by} answers {} from now on; an unsent text of yours stays, U gives it as a note", row.name),
            Some('g'),
            Pick::AnswerClaim(claim.claim, true),
        ),
        choice(
            Clean::fixed("keep it"),
            clean!("{by} is told that you keep it"),
            Some('k'),
            Pick::AnswerClaim(claim.claim, false),
        ),
    ];
    let facts = vec![clean!("{by} asks you for {}. Without an answer you keep it.", row.name)];
    let mut card = card(model, clean!("{by} ASKS FOR {}", row.name), facts, choices);
    // The answer that changes nothing is the marked one.
    card.chosen = 1;
    open(model, card)
}

/// Gives a conversation back to an agent.
pub(super) fn hand_back(model: &mut Model) -> Vec<Effect> {
    let Some(row) = target(model) else { return Vec::new() };
    let mut choices = vec![choice(
        Clean::fixed("whoever held it before"),
        Clean::fixed("the agent goes on with everything you wrote; the customer is told that the AI is back"),
        None,
        Pick::HandBack(None),
    )];
    choices.extend(model.live.picture.agents.values().map(|agent| {
        let load = clean!("{}, {} of {} conversations", agent.title, agent.load, agent.capacity);
        choice(Clean::from(&agent.name), load, None, Pick::HandBack(Some(agent.name.clone())))
    }));
    let facts = vec![Clean::fixed("You hold it now. Afterwards an AI agent answers the customer again.")];
    let mut card = card(model, clean!("HAND BACK {}", row.name), facts, choices);
    card.note = Some(note("what the agent should know"));
    open(model, card)
}

/// Passes a conversation to a person, a line or an agent.
pub(super) fn pass_on(model: &mut Model) -> Vec<Effect> {
    let Some(row) = target(model) else { return Vec::new() };
    let picture = &model.live.picture;
    let people = picture.operators.values().filter(|person| {
        let here = person.presence.takes_moves();
        here && row.holder.operator() != Some(&person.name) && model.me() != Some(&person.name)
    });
    let mut choices: Vec<Choice> = people
        .map(|person| {
            let state = presence_word(person.presence);
            let about = clean!("answers the customer: {state}, {} of {} chats", person.load, person.capacity);
            choice(Clean::from(&person.name), about, None, Pick::Move(Holder::Operator(person.name.clone())))
        })
        .collect();
    choices.extend(picture.queues.values().map(|queue| {
        let about = clean!("a human will: {} wait, promised within {}", queue.waiting, queue.target);
        choice(Clean::from(&queue.name), about, None, Pick::Move(Holder::Queue(queue.name.clone())))
    }));
    choices.extend(picture.agents.values().filter(|agent| row.holder.agent() != Some(&agent.name)).map(|agent| {
        let about = clean!("answers the customer: {} of {}", agent.load, agent.capacity);
        choice(Clean::from(&agent.name), about, None, Pick::Move(Holder::Agent(agent.name.clone())))
    }));
    let facts = vec![clean!("{} holds it now and stops answering.", row.holder)];
    let mut card = card(model, clean!("MOVE {}", row.name), facts, choices);
    card.note = Some(note("what they should know"));
    open(model, card)
}

/// Answers a colleague; approves or rejects what waits for a person.
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
    let back = if approval.reversible { "it can be taken back" } else { "it cannot be taken back" };
    let mut yes = choice(
        clean!("approve: {} does it", approval.agent),
        clean!("{} happens at once; {back}", asked(&approval)),
        Some('a'),
        Pick::Decide(approval.approval, true),
    );
    yes.type_first = approval.amount.filter(|amount| amount.minor > TYPE_AMOUNT_ABOVE).map(number);
    let no = choice(
        Clean::fixed("reject: it is not done"),
        clean!("{} tells the customer so and goes on", approval.agent),
        Some('x'),
        Pick::Decide(approval.approval, false),
    );
    let mut facts = vec![clean!("{} asks for {}", approval.agent, asked(&approval))];
    facts.extend(approval.args.iter().map(|(name, value)| clean!("  {name}  {}", value.one_line())));
    facts.extend(approval.evidence.iter().map(|seen| clean!("  seen  {}: {}", seen.title, seen.line.one_line())));
    let mut card = card(model, clean!("DECIDE for {}", row.name), facts, vec![yes, no]);
    // The answer that does nothing is the marked one.
    card.chosen = 1;
    card.seen = model.painted.seen(Some(approval.subject));
    card.note = Some(note("why, for the record"));
    open(model, card)
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

/// The word for a person's state.
pub(crate) const fn presence_word(presence: Presence) -> &'static str {
    match presence {
        Presence::Offline => "offline",
        Presence::Available => "available",
        Presence::Busy => "busy",
        Presence::Break => "break",
        Presence::Lunch => "lunch",
        Presence::WrapUp => "wrap-up",
        Presence::Draining => "draining",
    }
}

/// What it would mean for those who come if the viewer left now.
fn without_me(row: &OperatorRow) -> Option<Clean> {
    Some(match row.without? {
        WaitWithout::About(Millis(0)) => {
            Clean::fixed("without you somebody who comes now would still be taken at once")
        }
        WaitWithout::About(wait) => clean!("without you somebody who comes now would wait about {wait}"),
        WaitWithout::Nobody => Clean::fixed("without you nobody would be there to take who comes now"),
    })
}

/// Changes one's own state.
pub(super) fn presence(model: &mut Model) -> Vec<Effect> {
    let states = [
        ("available", "conversations are offered to you", 'a', Presence::Available),
        ("busy", "here, but nothing is offered to you", 'b', Presence::Busy),
        ("break", "away for a while", 'p', Presence::Break),
        ("lunch", "away for a meal", 'l', Presence::Lunch),
        ("wrap-up", "you finish what a chat left to do; nothing is offered", 'w', Presence::WrapUp),
        ("draining", "you finish your chats and get no new ones", 'd', Presence::Draining),
    ];
    let mine = model.me().and_then(|me| model.live.picture.operators.get(me)).map(|row| row.presence);
    let chosen = states.iter().position(|(.., state)| Some(*state) == mine).unwrap_or_default();
    let choices = states.map(|(label, then, letter, state)| {
        choice(Clean::fixed(label), Clean::fixed(then), Some(letter), Pick::Presence(state))
    });
    let facts = model.me().and_then(|me| model.live.picture.operators.get(me)).and_then(without_me);
    let mut card = card(model, Clean::fixed("MY STATE"), facts.into_iter().collect(), choices.into());
    (card.seen, card.chosen) = (None, chosen);
    card.note = Some(note("why, for colleagues"));
    open(model, card)
}

/// Stops the floor.
pub(super) fn shutdown(model: &mut Model) -> Vec<Effect> {
    let live = model.live.picture.header.live;
    let facts = vec![clean!("{live} conversations are live. q leaves this screen and lets them go on.")];
    let after = Clean::fixed("no new conversation is taken; open ones wait, stored, until the floor starts again");
    let choices = vec![choice(Clean::fixed("drain and stop the floor"), after, None, Pick::Shutdown)];
    let mut card = card(model, Clean::fixed("SHUT DOWN THE FLOOR"), facts, choices);
    card.seen = None;
    open(model, card)
}

/// Asks for whom a text is.
pub(super) fn for_whom(model: &mut Model, usual: &[Audience]) -> Vec<Effect> {
    let Some(row) = target(model) else { return Vec::new() };
    let choices = usual
        .iter()
        .map(|audience| {
            let (label, then, letter) = match audience {
                Audience::Reply => (clean!("reply to {}", row.name), "the customer sees it", 'r'),
                Audience::Whisper => (clean!("whisper to {}", row.holder), "the customer does NOT see it", 'w'),
                Audience::Note => (Clean::fixed("note"), "colleagues see it", 'n'),
            };
            choice(label, Clean::fixed(then), Some(letter), Pick::Compose(*audience))
        })
        .collect();
    let facts = vec![clean!("{} holds it; T takes it over, to reply yourself.", row.holder)];
    open(model, card(model, clean!("WRITE about {}", row.name), facts, choices))
}

/// A key while a card is open.
pub(super) fn key(model: &mut Model, key: Key) -> Vec<Effect> {
    let wall = model.wall;
    let Some(card) = &mut model.card else { return Vec::new() };
    let writing = card.is_writing();
    match (key.code, key.typed()) {
        (Code::Esc, _) if writing => {
            card.note.iter_mut().for_each(|note| note.writing = false);
        }
        (Code::Esc, _) => model.card = None,
        (Code::Enter, _) if !key.ctrl && !key.alt => {
            // Meant for what stood there before.
            if card.is_dead(wall) {
                return Vec::new();
            }
            if let Some(wanted) = card.still_to_type() {
                let text = clean!("type {wanted} first, then Enter");
                model.say(Tone::Plain, text);
                return Vec::new();
            }
            return confirm(model);
        }
        (Code::Tab | Code::BackTab, _) => card.note.iter_mut().for_each(|note| note.writing = !note.writing),
        _ if writing => {
            if let Some(note) = &mut card.note {
                compose::edit(&mut note.editor, key, true);
            }
        }
        (Code::Down, _) => card.walk(1),
        (Code::Up, _) => card.walk(-1),
        (Code::Backspace, _) => drop(card.typed.pop()),
        (_, Some(c)) => letter(card, c),
        _ => {}
    }
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
        Pick::SendDraft(_) => clean!("send the draft to {whom}"),
        Pick::EditDraft(_) => clean!("send other words to {whom}"),
        Pick::DropDraft(_) => clean!("drop the draft to {whom}"),
        Pick::Presence(_) => clean!("my state, {label}"),
        Pick::Snooze(_) => clean!("snooze {whom}, {label}"),
        Pick::Priority(_) => clean!("priority of {whom}, {label}"),
        Pick::Label(..) | Pick::Labels => clean!("labels of {whom}, {label}"),
        Pick::Watch(_) => clean!("watch {whom}, {label}"),
        Pick::Hold(_) => clean!("hold {label}"),
        Pick::Release(_) => clean!("release {label}"),
        Pick::Incident(_) | Pick::Preview(..) | Pick::Shutdown | Pick::Compose(_) => label.clone(),
    }
}

fn letter(card: &mut Card, c: char) {
    let wanted = card.choice().and_then(|choice| choice.type_first.as_ref());
    let goes_on = wanted.is_some_and(|wanted| wanted.starts_with(&format!("{}{c}", card.typed)));
    if wanted.is_some() && (c.is_ascii_digit() || c == '.' || goes_on) {
        if card.typed.len() < 32 {
            card.typed.push(c);
        }
    } else if let Some(at) = card.choices.iter().position(|choice| choice.letter == Some(c)) {
        card.chosen = at;
        card.typed.clear();
    } else if c == 'j' {
        card.walk(1);
    } else if c == 'k' {
        card.walk(-1);
    }
}

/// What is asked about the conversation of the card.
fn about(pick: Pick, conversation: ConversationId, words: Option<Foreign>) -> Option<OperatorAct> {
    Some(match pick {
        Pick::TakeOver => OperatorAct::TakeOver { conversation, reason: words },
        Pick::AskFor => OperatorAct::AskFor { conversation, note: words },
        Pick::AnswerClaim(claim, give) => OperatorAct::AnswerClaim { conversation, claim, give },
        Pick::HandBack(to) => OperatorAct::HandBack { conversation, to, note: words },
        Pick::Move(to) => OperatorAct::Move { conversation, to, note: words },
        Pick::Resolve(disposition) => OperatorAct::Resolve { conversation, disposition },
        Pick::LongerWrapUp => OperatorAct::ExtendWrapUp { conversation },
        Pick::Close => OperatorAct::Close { conversation },
        _ => return None,
    })
}

/// The card stays, and keys go to the reason.
fn reason_first(model: &mut Model, mut card: Card) -> Vec<Effect> {
    card.note.iter_mut().for_each(|note| note.writing = true);
    model.card = Some(card);
    model.say(Tone::Plain, Clean::fixed("write the reason first, then Enter: your colleague reads it"));
    Vec::new()
}

fn settled(draft: DraftId, verdict: DraftVerdict, reason: Option<Foreign>) -> ConsoleCommand {
    ConsoleCommand::Act(OperatorAct::SettleDraft { draft, verdict, reason })
}

/// Does what the marked choice says, to what stood on the screen when the card was opened.
fn confirm(model: &mut Model) -> Vec<Effect> {
    let Some(card) = model.card.take() else { return Vec::new() };
    let taken = card.clone();
    let Some(choice) = card.choice().cloned() else { return Vec::new() };
    let words = card.note.filter(|note| !note.editor.is_blank()).map(|note| note.editor.foreign());
    let conversation = card.seen.as_ref().map(|seen| seen.conversation);
    let pick = choice.pick.clone();
    let act = match (choice.pick, conversation) {
        (Pick::Compose(audience), Some(conversation)) => {
            compose::begin(model, conversation, audience);
            return Vec::new();
        }
        (Pick::Preview(incident, kind), _) => return incidents::ask(model, incident, kind, words),
        (Pick::Presence(presence), _) => {
            ConsoleCommand::Act(OperatorAct::SetPresence { operator: None, presence, reason: words, until: None })
        }
        (
            pick @ (Pick::Snooze(_) | Pick::Priority(_) | Pick::Label(..) | Pick::Labels | Pick::Watch(_)),
            Some(conversation),
        ) => {
            let Some(act) = desk::picked(model, conversation, &pick, words) else { return Vec::new() };
            ConsoleCommand::Act(act)
        }
        (Pick::Hold(target), _) => ConsoleCommand::Act(OperatorAct::Hold { target, then: None, reason: words }),
        (Pick::Release(target), _) => ConsoleCommand::Act(OperatorAct::Release { target }),
        (Pick::Incident(wish), _) => {
            ConsoleCommand::Act(OperatorAct::Incident { wish: incidents::titled(wish, words) })
        }
        (Pick::Shutdown, _) => ConsoleCommand::Shutdown,
        (Pick::Decide(approval, approve), _) => {
            ConsoleCommand::Act(OperatorAct::Decide { approval, approve, reason: words, amount: None })
        }
        (Pick::SendDraft(draft), _) => settled(draft, DraftVerdict::Send, words),
        (Pick::EditDraft(draft), _) => {
            let Some(text) = words else {
                model.say(Tone::Plain, Clean::fixed("write your words first: A, Tab, then Enter"));
                return Vec::new();
            };
            settled(draft, DraftVerdict::Edit { text }, None)
        }
        (Pick::DropDraft(draft), _) => settled(draft, DraftVerdict::Drop, words),
        (Pick::TakeOver, Some(_)) if words.is_none() => return reason_first(model, taken),
        (Pick::Promise(due), Some(conversation)) => {
            let Some(act) = pledges::act(conversation, words, due) else {
                model.say(Tone::Plain, Clean::fixed("write what is promised first, below the choices"));
                return Vec::new();
            };
            act
        }
        (Pick::KeepPromise(promise), _) => ConsoleCommand::Act(OperatorAct::ClearPromise { promise }),
        (Pick::CarryPromise(promise), _) => {
            ConsoleCommand::Act(OperatorAct::CarryPromise { promise, to: None, due: None })
        }
        (Pick::WaivePromise(promise), _) => {
            let Some(reason) = words else {
                model.say(Tone::Plain, Clean::fixed("say why first: C, Tab, then Enter"));
                return Vec::new();
            };
            ConsoleCommand::Act(OperatorAct::WaivePromise { promise, reason })
        }
        (Pick::WrapUp(word), Some(conversation)) => {
            ConsoleCommand::Act(endings::wrapped(conversation, word, words.as_ref()))
        }
        (pick, Some(conversation)) => match about(pick, conversation, words) {
            Some(act) => ConsoleCommand::Act(act),
            None => return Vec::new(),
        },
        _ => return Vec::new(),
    };
    let row = conversation.and_then(|id| model.live.picture.rows.get(&id));
    let whom = row.map(|row| row.name.one_line()).unwrap_or_default();
    let label = told(&pick, &choice.label, &whom);
    submit(model, Act { label, seen: card.seen, command: act, words: None })
}
