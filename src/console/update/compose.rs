//! The composer: opened for one conversation, locked to it, its text kept by the server while unsent.

use crate::domain::command::{OperatorAct, Seen};
use crate::domain::id::ConversationId;
use crate::domain::text::{Clean, Foreign};
use crate::protocol::console::{Audience, ConsoleCommand, ConsoleRequest};
use crate::protocol::row::ConversationRow;

use super::super::keymap::{Code, Deed, Key, Run};
use super::super::model::editor::{EDITOR_BYTES_MAX, Editor, Move, Taken};
use super::super::model::pending::{Pending, Tone};
use super::super::model::{Draft, Model, Pane};
use super::acts::{Act, submit};
use super::{Effect, allowed, audiences, cards, pledges, replies};

/// Opens the composer on the drawn conversation; without an audience it takes the draft's, the
/// only sensible one, or asks.
pub(super) fn open(model: &mut Model, audience: Option<Audience>) -> Vec<Effect> {
    let Some(row) = model.painted.target.clone() else { return Vec::new() };
    let usual = audiences(model, &row);
    let drafted = model.drafts.get(&row.id).filter(|draft| !draft.editor.is_blank()).map(|draft| draft.audience);
    let audience = match (audience.or(drafted), usual.as_slice()) {
        (Some(audience), _) => audience,
        // Who takes over writes at once; nothing can be sent before the row shows who holds it.
        (None, _) if takes_over(model, row.id) => Audience::Reply,
        (None, [first @ (Audience::Reply | Audience::Barge), ..]) => *first,
        (None, [only]) => *only,
        (None, _) => return cards::for_whom(model, &usual),
    };
    begin(model, row.id, audience);
    Vec::new()
}

/// Whether a takeover of this conversation is on its way, or stored and not yet in the picture.
fn takes_over(model: &Model, conversation: ConversationId) -> bool {
    let takes = |command: &ConsoleCommand| matches!(command, ConsoleCommand::Act(OperatorAct::TakeOver { conversation: taken, .. }) if *taken == conversation);
    model.pending.iter().any(|pending| takes(&pending.command))
}

fn is_pending(model: &Model, act: OperatorAct) -> bool {
    let act = ConsoleCommand::Act(act);
    model.pending.iter().any(|pending| pending.command == act)
}

/// Gives the keys to the composer of a conversation.
pub(super) fn begin(model: &mut Model, conversation: ConversationId, audience: Audience) {
    let draft = model.drafts.entry(conversation).or_insert_with(|| Draft {
        audience,
        editor: Editor::default(),
        untranslated: false,
        unsaved: None,
    });
    if draft.audience != audience && !draft.editor.is_blank() {
        draft.unsaved = Some(model.wall);
    }
    draft.audience = audience;
    model.composing = Some(conversation);
    model.pane = Pane::Transcript;
    model.line = None;
    model.sheet = None;
}

/// A key while the composer has them.
pub(super) fn key(model: &mut Model, conversation: ConversationId, key: Key) -> Vec<Effect> {
    if replies::key(model, conversation, key) {
        return Vec::new();
    }
    match (key.code, key.ctrl || key.alt) {
        (Code::Esc, _) => model.composing = None,
        (Code::Enter, false) => return send(model, conversation),
        (Code::Tab, _) => next_audience(model, conversation),
        _ => {
            let Some(draft) = model.drafts.get_mut(&conversation) else { return Vec::new() };
            let before = draft.editor.text().len();
            let typed = edit(&mut draft.editor, key, true);
            if before != draft.editor.text().len() || typed == Some(Taken::Whole) {
                draft.unsaved.get_or_insert(model.wall);
            }
            if typed == Some(Taken::Capped) {
                capped(model);
            }
            return replies::look(model, conversation);
        }
    }
    Vec::new()
}

/// Puts a pasted text into the composer.
pub(super) fn paste(model: &mut Model, conversation: ConversationId, text: &str) {
    let wall = model.wall;
    let Some(draft) = model.drafts.get_mut(&conversation) else { return };
    draft.unsaved.get_or_insert(wall);
    if draft.editor.insert(text) == Taken::Capped {
        capped(model);
    }
}

fn capped(model: &mut Model) {
    let limit = EDITOR_BYTES_MAX / 1024;
    model.say(Tone::Bad, clean!("only the first {limit} KB were taken; send the rest in parts"));
}

/// A key in any editor: says what became of a typed text; nothing for other keys.
pub(super) fn edit(editor: &mut Editor, key: Key, lines: bool) -> Option<Taken> {
    match (key.code, key.ctrl, key.alt) {
        (Code::Char('j'), true, false) | (Code::Enter, _, _) if lines => return Some(editor.insert("\n")),
        (Code::Char('w'), true, false) => editor.delete_word(),
        (Code::Char('u'), true, false) => editor.delete_to_line_start(),
        (Code::Char('e'), true, false) | (Code::End, ..) => editor.go(Move::LineEnd),
        (Code::Home, ..) => editor.go(Move::LineStart),
        (Code::Left, ..) => editor.go(Move::Left),
        (Code::Right, ..) => editor.go(Move::Right),
        (Code::Up, ..) if lines => editor.go(Move::Up),
        (Code::Down, ..) if lines => editor.go(Move::Down),
        (Code::Backspace, ..) => editor.backspace(),
        (Code::Delete, ..) => editor.delete(),
        _ => return key.typed().map(|c| editor.insert(c.encode_utf8(&mut [0; 4]))),
    }
    None
}

/// Whether a key only types or moves in an editor: harmless even when it waited during a stall.
pub(super) const fn types(key: Key) -> bool {
    key.typed().is_some() || matches!(key.code, Code::Backspace | Code::Left | Code::Right | Code::Home | Code::End)
}

fn next_audience(model: &mut Model, conversation: ConversationId) {
    let Some(row) = model.live.picture.rows.get(&conversation) else { return };
    let usual = audiences(model, row);
    let wall = model.wall;
    let Some(draft) = model.drafts.get_mut(&conversation) else { return };
    let at = usual.iter().position(|audience| *audience == draft.audience).map_or(0, |at| at + 1);
    if let Some(next) = usual.get(at % usual.len().max(1)) {
        draft.audience = *next;
        draft.unsaved.get_or_insert(wall);
    }
}

/// Sends the text to its audience. The composer stays open: an answer rarely comes alone.
fn send(model: &mut Model, conversation: ConversationId) -> Vec<Effect> {
    let seen = model.painted.seen(None);
    let beside = model.drafts.get(&conversation).is_some_and(|draft| draft.audience == Audience::Barge);
    let asks = beside && !model.spoke_beside.contains(&conversation);
    match ready(model, conversation) {
        Some(row) if asks => cards::speak_beside(model, &row),
        Some(row) => dispatch(model, &row, seen),
        None => Vec::new(),
    }
}

/// Says the first words beside the holder, once the card was confirmed.
pub(super) fn speak_beside(model: &mut Model, conversation: ConversationId, seen: Option<Seen>) -> Vec<Effect> {
    let Some(row) = ready(model, conversation) else { return Vec::new() };
    model.spoke_beside.insert(conversation);
    dispatch(model, &row, seen)
}

/// The row of a text that can be sent; else it says why not.
fn ready(model: &mut Model, conversation: ConversationId) -> Option<ConversationRow> {
    let draft = model.drafts.get(&conversation)?;
    if draft.editor.is_blank() {
        model.say(Tone::Plain, Clean::fixed("nothing is written yet; Esc leaves the composer"));
        return None;
    }
    let row = model.painted.target.clone().filter(|row| row.id == conversation);
    let Some(row) = row else {
        model.say(Tone::Bad, Clean::fixed("not sent: this conversation is not on the floor any more"));
        return None;
    };
    if let Err(reason) = may_send(model, &row, draft.audience) {
        model.say(Tone::Bad, clean!("not sent: {reason}"));
        return None;
    }
    let visible = matches!(draft.audience, Audience::Reply | Audience::Barge);
    if let Some(gap) = replies::open_gap(model, draft.editor.text()).filter(|_| visible) {
        let said = clean!("not sent: fill in {{{gap}}} first");
        model.say(Tone::Bad, said);
        return None;
    }
    Some(row)
}

/// Whether a text may go to an audience as things stand on the screen.
fn may_send(model: &Model, row: &ConversationRow, audience: Audience) -> Result<(), Clean> {
    allowed(model, Run::Deed(Deed::Compose))?;
    let usual = audiences(model, row);
    match audience {
        Audience::Whisper | Audience::Note => Ok(()),
        // Who holds it now writes to the customer anyway.
        Audience::Barge if usual.contains(&Audience::Reply) => Ok(()),
        Audience::Reply | Audience::Barge if usual.contains(&audience) => Ok(()),
        Audience::Reply if takes_over(model, row.id) => {
            Err(clean!("{} holds it still; your takeover is on its way", row.holder))
        }
        Audience::Reply => Err(clean!("{} holds it; T takes it over", row.holder)),
        Audience::Barge if is_pending(model, OperatorAct::Barge { conversation: row.id }) => {
            Err(clean!("you do not speak beside {} yet; it is on its way", row.holder))
        }
        Audience::Barge => Err(clean!("you do not speak beside {} any more; Esc, B begins again", row.holder)),
    }
}

/// Hands the text over. It comes back into the composer if it is not taken.
fn dispatch(model: &mut Model, row: &ConversationRow, seen: Option<Seen>) -> Vec<Effect> {
    let conversation = row.id;
    let Some(draft) = model.drafts.get_mut(&conversation) else { return Vec::new() };
    let (audience, text, untranslated) = (draft.audience, draft.editor.foreign(), draft.untranslated);
    draft.editor.take();
    // The server's copy goes when the text is stored, not before.
    draft.unsaved = None;
    let (word, act) = match audience {
        Audience::Reply | Audience::Barge => {
            ("reply to", OperatorAct::Reply { conversation, text: text.clone(), untranslated })
        }
        Audience::Whisper => {
            ("whisper about", OperatorAct::Whisper { conversation, text: text.clone(), lasting: false, answers: None })
        }
        Audience::Note => ("note on", OperatorAct::Note { conversation, text: text.clone() }),
    };
    if matches!(audience, Audience::Reply | Audience::Barge) {
        pledges::written(model, conversation, &text);
    }
    let label = clean!("{word} {}", row.name);
    submit(model, Act { label, seen, command: ConsoleCommand::Act(act), words: Some((audience, text.clean())) })
}

/// The reply to a customer that was begun and not sent.
pub(super) fn unsent_reply(model: &Model, conversation: ConversationId) -> Option<Foreign> {
    let draft = model.drafts.get(&conversation)?;
    (draft.audience == Audience::Reply && !draft.editor.is_blank()).then(|| draft.editor.foreign())
}

/// Gives it to the colleague who holds the conversation now: as a note, which the customer does not see.
pub(super) fn give(model: &mut Model) -> Vec<Effect> {
    let Some(row) = model.painted.target.clone() else { return Vec::new() };
    let conversation = row.id;
    let Some(text) = unsent_reply(model, conversation) else { return Vec::new() };
    if let Some(draft) = model.drafts.get_mut(&conversation) {
        draft.editor.take();
        draft.unsaved = None;
    }
    let label = clean!("give your draft for {} to {}", row.name, row.holder);
    let (seen, words) = (model.painted.seen(None), Some((Audience::Note, text.clean())));
    let command = ConsoleCommand::Act(OperatorAct::Note { conversation, text });
    // The server's copy of the reply goes; if the note is turned down, the text is kept as a note.
    let draft = ConsoleRequest::Draft { conversation, audience: Audience::Reply, text: Foreign::default() };
    let mut effects = submit(model, Act { label, seen, command, words });
    effects.push(Effect::send(draft));
    effects
}

/// A text that was not taken comes back into its composer, unless something else stands there now.
pub(super) fn put_back(model: &mut Model, pending: Pending) {
    let (Some(conversation), Some((audience, words))) = (pending.conversation, pending.words) else { return };
    let wall = model.wall;
    let draft = model.drafts.entry(conversation).or_insert_with(|| Draft {
        audience,
        editor: Editor::default(),
        untranslated: false,
        unsaved: None,
    });
    if draft.editor.is_blank() {
        let untranslated =
            matches!(pending.command, ConsoleCommand::Act(OperatorAct::Reply { untranslated: true, .. }));
        *draft = Draft { audience, editor: Editor::of(&words), untranslated, unsaved: Some(wall) };
    }
}
