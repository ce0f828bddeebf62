//! A card states what an act would do, and waits for a choice. None opens by itself.

use crate::domain::baton::Holder;
use crate::domain::command::Seen;
use crate::domain::conversation::{Disposition, Priority};
use crate::domain::id::{AgentName, ApprovalId, ClaimId, DispositionName, DraftId, IncidentId, Label, PromiseId};
use crate::domain::incident::{BroadcastKind, IncidentWish};
use crate::domain::operator::Presence;
use crate::domain::supervision::HoldTarget;
use crate::domain::text::Clean;
use crate::domain::time::{Millis, Timestamp};
use crate::domain::watch::WatchFor;
use crate::protocol::console::Audience;

use super::editor::Editor;

/// `Enter` is dead so long after a card was drawn: it was meant for what stood there before.
pub const DEAD: Millis = Millis(300);

/// A card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// What it is about.
    pub title: Clean,
    /// What is at stake, a line each.
    pub facts: Vec<Clean>,
    /// What can be chosen.
    pub choices: Vec<Choice>,
    /// Which choice is marked.
    pub chosen: usize,
    /// Words for the record or the receiver, where they make sense.
    pub note: Option<Note>,
    /// What the screen showed of the conversation when the card was opened.
    pub seen: Option<Seen>,
    /// What was typed of the text that the choice wants typed.
    pub typed: String,
    /// When it was first drawn.
    pub drawn: Option<Millis>,
}

/// Words beside a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What they are for.
    pub label: &'static str,
    /// The words.
    pub editor: Editor,
    /// Whether keys go there.
    pub writing: bool,
}

/// Something that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its name.
    pub label: Clean,
    /// What would follow.
    pub consequence: Clean,
    /// The letter that marks it.
    pub letter: Option<char>,
    /// What it does.
    pub pick: Pick,
    /// What must be typed first: a number or a word shown on the card.
    pub type_first: Option<String>,
}

/// What a choice does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pick {
    /// Take over from a human, for a reason.
    TakeOver,
    /// Ask the human who holds it.
    AskFor,
    /// Give it to a colleague who asks, or keep it.
    AnswerClaim(ClaimId, bool),
    /// Give back, to an agent or to whoever held before.
    HandBack(Option<AgentName>),
    /// Pass on.
    Move(Holder),
    /// Say that it is settled.
    Resolve(Disposition),
    /// End for good.
    Close,
    /// Write down a promise, due then or by the policy.
    Promise(Option<Timestamp>),
    /// Say that a promise is kept.
    KeepPromise(PromiseId),
    /// Keep a promise oneself, also after the end.
    CarryPromise(PromiseId),
    /// Say that a promise is owed no longer.
    WaivePromise(PromiseId),
    /// Say how a conversation came out.
    WrapUp(Option<DispositionName>),
    /// Take longer for that.
    LongerWrapUp,
    /// Answer an approval.
    Decide(ApprovalId, bool),
    /// Send a draft as it is.
    SendDraft(DraftId),
    /// Send the words beside the choice instead of a draft.
    EditDraft(DraftId),
    /// Drop a draft.
    DropDraft(DraftId),
    /// Change one's own state.
    Presence(Presence),
    /// Open the composer for an audience.
    Compose(Audience),
    /// Stop an agent, or all AI.
    Hold(HoldTarget),
    /// Let it go on.
    Release(HoldTarget),
    /// Do something about an incident.
    Incident(IncidentWish),
    /// Ask what the words beside the choice would come to, told to its conversations.
    Preview(IncidentId, BroadcastKind),
    /// Put to sleep until then, or until the time that was typed.
    Snooze(Option<Timestamp>),
    /// Say how much it presses.
    Priority(Option<Priority>),
    /// Put one label on, or take it off.
    Label(Label, bool),
    /// Do so with the labels that were typed.
    Labels,
    /// Keep an eye on it, and be called then.
    Watch(Option<WatchFor>),
    /// Stop the floor.
    Shutdown,
}

impl Card {
    /// The marked choice.
    pub fn choice(&self) -> Option<&Choice> {
        self.choices.get(self.chosen)
    }

    /// Whether `Enter` is dead still.
    pub fn is_dead(&self, wall: Millis) -> bool {
        self.drawn.is_none_or(|drawn| wall.0 < drawn.0 + DEAD.0)
    }

    /// What is still to be typed before `Enter` does anything.
    pub fn still_to_type(&self) -> Option<&str> {
        let wanted = self.choice()?.type_first.as_deref()?;
        (self.typed.trim() != wanted).then_some(wanted)
    }

    /// Marks the choice so many places on, round.
    pub fn walk(&mut self, by: isize) {
        let n = self.choices.len().cast_signed();
        if n > 0 {
            self.chosen = (self.chosen.cast_signed() + by).rem_euclid(n).cast_unsigned();
            self.typed.clear();
        }
    }

    /// Whether keys are letters of a note.
    pub fn is_writing(&self) -> bool {
        self.note.as_ref().is_some_and(|note| note.writing)
    }
}
