//! Cards: what an act would do, stated before it is done.

use crate::domain::baton::Holder;
use crate::domain::claim::CLAIM_PATIENCE;
use crate::domain::id::OperatorName;
use crate::domain::operator::{Presence, Role};
use crate::domain::supervision::BARGE_PAUSE;
use crate::domain::text::Clean;
use crate::protocol::console::Audience;
use crate::protocol::row::{ClaimRow, ConversationRow};

use super::super::keymap::{Code, Key};
use super::super::model::Model;
use super::super::model::card::{Card, Choice, Note, Pick, Typing};
use super::super::model::editor::Editor;
use super::super::model::pending::Tone;
use super::{Effect, compose, confirm};

/// Lines of facts that a page key moves by.
const PAGE: usize = 5;

pub(super) fn open(model: &mut Model, card: Card) -> Vec<Effect> {
    model.sheet = None;
    model.card = Some(card);
    Vec::new()
}

pub(super) fn card(model: &Model, title: Clean, facts: Vec<Clean>, choices: Vec<Choice>) -> Card {
    Card {
        title,
        facts: facts.into_iter().map(Into::into).collect(),
        top: 0,
        read: false,
        until: None,
        choices,
        chosen: 0,
        note: None,
        seen: model.painted.seen(None),
        typed: String::new(),
        drawn: None,
    }
}

pub(super) fn choice(label: Clean, consequence: Clean, letter: Option<char>, pick: Pick) -> Choice {
    Choice { label, consequence, letter, pick, typing: None }
}

pub(super) fn target(model: &Model) -> Option<ConversationRow> {
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
pub(super) fn claimed(model: &mut Model, row: &ConversationRow, claim: &ClaimRow) -> Vec<Effect> {
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

/// States what the first words beside the holder would do.
pub(super) fn speak_beside(model: &mut Model, row: &ConversationRow) -> Vec<Effect> {
    let holder = &row.holder;
    let words = model.drafts.get(&row.id).map(|draft| draft.editor.foreign().clean()).unwrap_or_default();
    let facts = vec![
        clean!("{holder} holds it and goes on afterwards; an agent keeps still for {BARGE_PAUSE} after each message."),
        clean!("  {words}"),
    ];
    let after = clean!("{} reads it at once, from you, while {holder} holds; later messages do not ask", row.name);
    let choices = vec![choice(Clean::fixed("say it beside the holder"), after, Some('b'), Pick::SpeakBeside)];
    open(model, card(model, clean!("BARGE in {}", row.name), facts, choices))
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
                Audience::Barge => (clean!("beside {}", row.holder), "the customer sees it", 'b'),
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
            let first = card.still_to_type().map(|wanted| clean!("type {wanted} first, then Enter"));
            let first = first.or_else(|| card.is_unread().then(|| Clean::fixed("read on first: PageDown, then Enter")));
            if let Some(first) = first {
                model.say(Tone::Plain, first);
                return Vec::new();
            }
            return confirm::confirm(model);
        }
        (Code::Tab | Code::BackTab, _) => card.note.iter_mut().for_each(|note| note.writing = !note.writing),
        _ if writing => {
            if let Some(note) = &mut card.note {
                compose::edit(&mut note.editor, key, true);
            }
        }
        (Code::PageDown, _) => card.top = card.top.saturating_add(model.painted.card_rest.min(PAGE)),
        (Code::PageUp, _) => card.top = card.top.saturating_sub(PAGE),
        (Code::Down, _) => card.walk(1),
        (Code::Up, _) => card.walk(-1),
        (Code::Backspace, _) => drop(card.typed.pop()),
        (_, Some(c)) => letter(card, c),
        _ => {}
    }
    Vec::new()
}

fn letter(card: &mut Card, c: char) {
    let wanted = card.choice().and_then(|choice| choice.typing.as_ref());
    let goes_on = match wanted {
        Some(Typing::Exactly(wanted)) => wanted.starts_with(&format!("{}{c}", card.typed)),
        Some(Typing::Below(_) | Typing::Minutes) | None => false,
    };
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
