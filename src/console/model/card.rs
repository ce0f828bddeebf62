//! A card states what an act would do, and waits for a choice. None opens by itself.

use crate::domain::baton::Holder;
use crate::domain::command::Seen;
use crate::domain::conversation::{Disposition, Priority};
use crate::domain::id::{
    AgentName, ApprovalId, ClaimId, CustomerId, DispositionName, DraftId, IncidentId, IntentName, Label, OperatorName,
    PromiseId, RuleId, TurnNo,
};
use crate::domain::incident::{BroadcastKind, IncidentWish};
use crate::domain::learning::{RuleWord, TurnRating};
use crate::domain::money::Money;
use crate::domain::operator::Presence;
use crate::domain::supervision::{HoldTarget, Segment};
use crate::domain::text::Clean;
use crate::domain::time::{Millis, Timestamp};
use crate::domain::watch::WatchFor;
use crate::protocol::console::Audience;

use super::editor::Editor;

/// `Enter` is dead so long after a card was drawn: it was meant for what stood there before.
pub const DEAD: Millis = Millis(300);

/// Longest time that somebody plans to be away: who is gone for longer goes offline.
const MINUTES_MAX: u64 = 24 * 60;

/// A card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// What it is about.
    pub title: Clean,
    /// What is at stake.
    pub facts: Vec<Fact>,
    /// Lines of the facts that are scrolled out above.
    pub top: usize,
    /// Whether all facts have been on the screen.
    pub read: bool,
    /// When it is too late, if it can be.
    pub until: Option<Timestamp>,
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

/// Something at stake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What kind of thing it is, in a word; empty where the text says it.
    pub label: &'static str,
    /// The thing.
    pub text: Clean,
    /// Whether it speaks against a yes.
    pub warns: bool,
}

impl Fact {
    /// A fact of a kind.
    pub const fn new(label: &'static str, text: Clean) -> Self {
        Self { label, text, warns: false }
    }

    /// One that speaks against a yes.
    pub const fn warning(label: &'static str, text: Clean) -> Self {
        Self { label, text, warns: true }
    }
}

impl From<Clean> for Fact {
    fn from(text: Clean) -> Self {
        Self::new("", text)
    }
}

/// What has to be typed before a choice does anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typing {
    /// A number or a word shown on the card.
    Exactly(String),
    /// An amount below this one.
    Below(Money),
    /// For how many minutes; nothing means that nobody knows.
    Minutes,
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
    /// What must be typed first.
    pub typing: Option<Typing>,
}

/// How far a correction reaches, as it is picked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReachPick {
    /// This conversation alone.
    Once,
    /// What is like it too.
    Teach,
}

/// A rule as it is picked, until it is chosen whose conversations it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulePick {
    /// Who takes it.
    pub to: AgentName,
    /// For how long.
    pub span: Millis,
    /// What it is about.
    pub about: RuleAbout,
    /// Words that a turn has to have, all of them.
    pub words: Vec<RuleWord>,
}

/// What a rule is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleAbout {
    /// What the conversation of the card was read as.
    Chat,
    /// An intent; any, where words are asked for.
    Matter(Option<IntentName>),
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
    /// Say yes to the amount that was typed.
    DecideLess(ApprovalId),
    /// Send a draft as it is.
    SendDraft(DraftId),
    /// Send the words beside the choice instead of a draft.
    EditDraft(DraftId),
    /// Drop a draft.
    DropDraft(DraftId),
    /// Change a state: somebody's, or one's own.
    Presence(Option<OperatorName>, Presence),
    /// Say what stands in the composer to the customer, beside the holder.
    SpeakBeside,
    /// Open the composer for an audience.
    Compose(Audience),
    /// Stop an agent, or all AI.
    Hold(HoldTarget),
    /// Let it go on.
    Release(HoldTarget),
    /// Have nobody answer a customer for so long.
    Block(CustomerId, Millis),
    /// Let an agent's candidate answer so many in a hundred.
    Promote(AgentName, u8),
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
    /// Say who should have had it; asks for how much that counts.
    Reroute(AgentName),
    /// Say so, for so much.
    Reach(AgentName, ReachPick),
    /// Make a rule; asks for whose conversations.
    Rule(RulePick),
    /// Make it, for a part of the floor or all of it.
    RuleFor(RulePick, Option<Segment>),
    /// End a rule.
    EndRule(RuleId),
    /// Put a text on the clipboard.
    Copy(Clean),
    /// Say how an answer was.
    RateTurn(TurnNo, TurnRating),
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
    pub fn still_to_type(&self) -> Option<Clean> {
        match self.choice()?.typing.as_ref()? {
            Typing::Exactly(wanted) => (self.typed.trim() != wanted).then(|| clean!("{wanted}")),
            Typing::Below(whole) => {
                let amount = self.amount();
                let less = amount.is_some_and(|amount| amount.minor > 0 && amount.minor < whole.minor);
                (!less).then(|| clean!("an amount below {whole}"))
            }
            Typing::Minutes => None,
        }
    }

    /// The amount that was typed: `20`, `20.5` or `20.50`, in the currency of the one above it.
    pub fn amount(&self) -> Option<Money> {
        let Typing::Below(whole) = self.choice()?.typing.as_ref()? else { return None };
        let (units, cents) = self.typed.trim().split_once('.').unwrap_or((self.typed.trim(), ""));
        format!("{units}.{cents:0<2} {}", whole.currency).parse().ok()
    }

    /// The time that was typed, at most a day.
    pub fn span(&self) -> Option<Millis> {
        let wanted = self.choice()?.typing.as_ref().filter(|typing| **typing == Typing::Minutes);
        let minutes: u64 = wanted.and_then(|_| self.typed.trim().parse().ok())?;
        (1..=MINUTES_MAX).contains(&minutes).then(|| Millis::from_secs(minutes * 60))
    }

    /// Whether a yes has to wait until everything that speaks for or against it was seen.
    pub fn is_unread(&self) -> bool {
        let yes = matches!(self.choice().map(|choice| &choice.pick), Some(Pick::Decide(_, true) | Pick::DecideLess(_)));
        yes && !self.read
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
