//! What can be done to a conversation from a script: each verb is an act of the console.

use std::io::Read as _;

use clap::Subcommand;

use super::desk::{Desk, On};
use super::failure::Failure;
use super::learn;
use super::part::Part;
use super::place::Place;
use super::print::Printer;
use crate::console::model::picture::Picture;
use crate::domain::baton::Holder;
use crate::domain::command::OperatorAct;
use crate::domain::conversation::{Disposition, Priority};
use crate::domain::id::{AgentName, ConversationId, DispositionName, DraftId, IntentName, Label, SlotName, TurnNo};
use crate::domain::learning::{Reach, RuleWord, TurnRating};
use crate::domain::score::Score;
use crate::domain::supervision::{DraftVerdict, GateTarget};
use crate::domain::text::{Clean, Foreign};
use crate::domain::time::{Millis, SpanError, Timestamp};
use crate::domain::watch::WatchFor;
use crate::protocol::query::WhatIf;

/// Bytes of a text that is read from the standard input: more is refused by the floor anyway.
const INPUT_BYTES_MAX: u64 = 64 * 1024;

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Says what would follow if you did this or that, and does nothing
    WhatIf {
        #[command(flatten)]
        on: On,
    },
    /// Answers instead of the holder
    TakeOver {
        #[command(flatten)]
        on: On,
        /// Why, when a colleague holds it: they read it
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Asks the colleague who holds it for it
    AskFor {
        #[command(flatten)]
        on: On,
        /// What they should know
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
    },
    /// Answers a colleague who asks for what you hold
    AnswerClaim {
        #[command(flatten)]
        on: On,
        /// Give it to them, or keep it
        #[arg(value_enum)]
        answer: Claimed,
    },
    /// Takes back your last act here, while nothing was built on it
    Undo {
        #[command(flatten)]
        on: On,
    },
    /// Gives it back to an agent
    HandBack {
        #[command(flatten)]
        on: On,
        /// To which [default: who held it before]
        #[arg(long, value_name = "AGENT")]
        to: Option<AgentName>,
        /// What the agent should know
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
    },
    /// Moves it to a person, a line or an agent
    Move {
        #[command(flatten)]
        on: On,
        /// To whom: a name of the floor, or operator:NAME, queue:NAME, agent:NAME where two have it
        #[arg(long, value_name = "NAME")]
        to: String,
        /// What they should know
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
    },
    /// Writes to the customer
    Reply {
        #[command(flatten)]
        on: On,
        /// The words; - reads them from the standard input
        text: String,
        /// As they are, although the customer writes another language
        #[arg(long)]
        untranslated: bool,
    },
    /// Writes to the holder, unseen by the customer
    Whisper {
        #[command(flatten)]
        on: On,
        /// The words; - reads them from the standard input
        text: String,
        /// For the whole conversation instead of the next answer
        #[arg(long)]
        lasting: bool,
    },
    /// Begins to speak beside the holder, who stays: `reply` then writes to the customer
    Barge {
        #[command(flatten)]
        on: On,
    },
    /// Speaks beside the holder no more
    EndBarge {
        #[command(flatten)]
        on: On,
    },
    /// Writes to colleagues
    Note {
        #[command(flatten)]
        on: On,
        /// The words; - reads them from the standard input
        text: String,
    },
    /// Gives your unsent reply to the colleague who holds it now, as a note
    GiveDraft {
        #[command(flatten)]
        on: On,
    },
    /// Lets what agents compose here wait for a person, or go out by itself again
    Gate {
        #[command(flatten)]
        on: On,
        /// Go out again
        #[arg(long)]
        off: bool,
    },
    /// Sends, changes or drops the draft that waits here
    Draft {
        #[command(flatten)]
        on: On,
        /// Which, like d-12
        draft: DraftId,
        /// Drop it instead of sending it
        #[arg(long, conflicts_with = "text")]
        drop: bool,
        /// Send these words instead
        #[arg(long, value_name = "TEXT")]
        text: Option<String>,
        /// Why, for the record; a draft dropped for a reason is composed again, once
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Writes down what the customer is promised
    Promise {
        #[command(flatten)]
        on: On,
        /// What, in a sentence; - reads it from the standard input
        text: String,
        /// By when from now, like 2h [default: the policy's]
        #[arg(long, value_name = "DURATION", value_parser = super::span::parse)]
        within: Option<std::time::Duration>,
    },
    /// Puts it to sleep: no clock runs and nobody works on it
    Snooze {
        #[command(flatten)]
        on: On,
        /// How long or until when: 30m, 2h, 3d, or a moment like 2026-12-01T09:00:00Z
        until: Until,
        /// Why, for colleagues
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Wakes it before its time
    Wake {
        #[command(flatten)]
        on: On,
    },
    /// Says how much it presses
    Priority {
        #[command(flatten)]
        on: On,
        /// How much
        #[arg(value_enum)]
        priority: Presses,
    },
    /// Puts labels on it or takes them off
    Label {
        #[command(flatten)]
        on: On,
        /// To put on
        labels: Vec<Label>,
        /// To take off
        #[arg(long, value_name = "LABEL")]
        remove: Vec<Label>,
    },
    /// Keeps an eye on it: it stands under the watched ones of your console
    Watch {
        #[command(flatten)]
        on: On,
        /// When to be called, once
        #[arg(long, value_enum, value_name = "WHAT")]
        when: Option<When>,
        /// Be called when the mood falls below this, between -1 and 1
        #[arg(long, value_name = "MOOD", conflicts_with = "when", allow_hyphen_values = true, value_parser = mood)]
        mood_below: Option<Score>,
        /// No more
        #[arg(long, conflicts_with_all = ["when", "mood_below"])]
        off: bool,
    },
    /// Says that the matter is settled
    Resolve {
        #[command(flatten)]
        on: On,
        /// How
        #[arg(long = "as", value_enum, default_value_t = How::Solved)]
        how: How,
    },
    /// Says how a conversation came out that you had, and fills in what its line asks for
    WrapUp {
        #[command(flatten)]
        on: On,
        /// In the house's word
        #[arg(long = "as", value_name = "NAME")]
        how: Option<DispositionName>,
        /// For colleagues
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
        /// A fact, several times if needed
        #[arg(long = "field", value_name = "NAME=VALUE", value_parser = field)]
        fields: Vec<(SlotName, String)>,
        /// Only take longer, once
        #[arg(long, conflicts_with_all = ["how", "note", "fields"])]
        longer: bool,
    },
    /// Ends it for good
    Close {
        #[command(flatten)]
        on: On,
    },
    /// Says which agent should have had it: it goes there, unless a person has it
    Reroute {
        #[command(flatten)]
        on: On,
        /// Which agent
        #[arg(long, value_name = "AGENT")]
        to: AgentName,
        /// What is like it goes there too, as far as it is alike
        #[arg(long, conflicts_with = "rule_for")]
        teach: bool,
        /// What has the same intent goes there for so long, like 24h
        #[arg(long, value_name = "DURATION", value_parser = super::span::parse)]
        rule_for: Option<std::time::Duration>,
        /// Words that the rule asks for as well, all of them
        #[arg(long, value_name = "WORD", requires = "rule_for")]
        words: Vec<RuleWord>,
        #[command(flatten)]
        part: Part,
        /// What the agent should know
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
    },
    /// Says how an answer of an agent was
    RateTurn {
        #[command(flatten)]
        on: On,
        /// The number of the message, as `show` counts them
        turn: u64,
        /// How it was
        #[arg(value_enum)]
        rating: Rated,
    },
    /// Says what a message of the customer was about: who takes that learns it, and `learn` offers it as an example
    WrongIntent {
        #[command(flatten)]
        on: On,
        /// What it was about
        intent: IntentName,
        /// The number of the message, as `show` counts them
        #[arg(long)]
        turn: u64,
    },
    /// Says what is like the last choice of an agent, and what a correction of it would change
    Alike {
        #[command(flatten)]
        on: On,
    },
}

/// How a conversation came out, as a person says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum How {
    Solved,
    Answered,
    Unsolved,
    OutOfScope,
}

/// How an answer was, as a person says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Rated {
    Good,
    Bad,
}

/// The answer to a colleague who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Claimed {
    Give,
    Keep,
}

/// How much a conversation presses, as a person says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Presses {
    Urgent,
    High,
    Normal,
    Low,
    /// As the rules say
    Automatic,
}

impl From<Presses> for Option<Priority> {
    fn from(presses: Presses) -> Self {
        match presses {
            Presses::Urgent => Some(Priority::Urgent),
            Presses::High => Some(Priority::High),
            Presses::Normal => Some(Priority::Normal),
            Presses::Low => Some(Priority::Low),
            Presses::Automatic => None,
        }
    }
}

/// When somebody who watches is called, as a person says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum When {
    CustomerSpeaks,
    ToolFails,
    ClockWarns,
    HumanAsked,
}

impl From<When> for WatchFor {
    fn from(when: When) -> Self {
        match when {
            When::CustomerSpeaks => Self::CustomerSpeaks,
            When::ToolFails => Self::ToolFails,
            When::ClockWarns => Self::ClockWarns,
            When::HumanAsked => Self::HumanAsked,
        }
    }
}

/// A mood like `-0.3`, in hundredths.
fn mood(text: &str) -> Result<Score, String> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let whole: i32 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| "not a mood".to_owned())? };
    let part: i32 = format!("{part:0<2}").get(..2).and_then(|part| part.parse().ok()).ok_or("not a mood")?;
    let percent = sign * (whole.saturating_mul(100).saturating_add(part));
    let fits = (-100..=100).contains(&percent);
    fits.then(|| Score::from_percent(percent)).ok_or_else(|| "a mood lies between -1 and 1".to_owned())
}

/// How long a sleep is, or until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    Span(Millis),
    Moment(Timestamp),
}

impl std::str::FromStr for Until {
    type Err = SpanError;

    fn from_str(text: &str) -> Result<Self, SpanError> {
        let moment = text.parse::<jiff::Timestamp>().map(|moment| Timestamp(moment.as_millisecond()));
        moment.map(Self::Moment).or_else(|_| text.parse().map(Self::Span))
    }
}

impl From<How> for Disposition {
    fn from(how: How) -> Self {
        match how {
            How::Solved => Self::Solved,
            How::Answered => Self::Answered,
            How::Unsolved => Self::Unsolved,
            How::OutOfScope => Self::OutOfScope,
        }
    }
}

impl Verb {
    /// Does it.
    pub(super) async fn run(&self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        let on = self.on();
        let mut desk = Desk::open(place, &on.how.reach).await?;
        let row = desk.row(&on.conversation)?;
        let seen = Desk::seen(row, on.seen, None);
        let conversation = row.id;
        if let Self::GiveDraft { .. } = self {
            let unsent = desk.unsent_reply(conversation).cloned();
            let text = unsent.ok_or_else(|| Failure::failed("you have no unsent reply in this conversation"))?;
            desk.gives_reply(conversation);
            return desk.act(OperatorAct::Note { conversation, text }, seen, &on.how, printer).await;
        }
        if let Self::Alike { .. } = self {
            let page = desk.line().alike(&on.conversation).await;
            desk.close().await?;
            return learn::tell_alike(&page?, on.how.json, printer);
        }
        let act = self.act(conversation, &desk)?;
        let Some(act) = act else {
            let page = desk.line().what_if(&on.conversation).await;
            desk.close().await?;
            return tell(&page?, on.how.json, printer);
        };
        desk.act(act, seen, &on.how, printer).await
    }

    const fn on(&self) -> &On {
        match self {
            Self::WhatIf { on }
            | Self::TakeOver { on, .. }
            | Self::AskFor { on, .. }
            | Self::GiveDraft { on }
            | Self::AnswerClaim { on, .. }
            | Self::Undo { on }
            | Self::HandBack { on, .. }
            | Self::Move { on, .. }
            | Self::Reply { on, .. }
            | Self::Whisper { on, .. }
            | Self::Barge { on }
            | Self::EndBarge { on }
            | Self::Note { on, .. }
            | Self::Gate { on, .. }
            | Self::Draft { on, .. }
            | Self::Promise { on, .. }
            | Self::Snooze { on, .. }
            | Self::Wake { on }
            | Self::Priority { on, .. }
            | Self::Label { on, .. }
            | Self::Watch { on, .. }
            | Self::Resolve { on, .. }
            | Self::WrapUp { on, .. }
            | Self::Reroute { on, .. }
            | Self::RateTurn { on, .. }
            | Self::WrongIntent { on, .. }
            | Self::Alike { on }
            | Self::Close { on } => on,
        }
    }

    /// The act it stands for; none for a question.
    fn act(&self, conversation: ConversationId, desk: &Desk) -> Result<Option<OperatorAct>, Failure> {
        let note = |note: &Option<String>| note.as_deref().map(Foreign::new);
        Ok(Some(match self {
            Self::WhatIf { .. } | Self::Alike { .. } | Self::GiveDraft { .. } => return Ok(None),
            Self::TakeOver { reason, .. } => OperatorAct::TakeOver { conversation, reason: note(reason) },
            Self::AskFor { note: words, .. } => OperatorAct::AskFor { conversation, note: note(words) },
            Self::AnswerClaim { answer, .. } => {
                let open = desk.picture().rows.get(&conversation).and_then(|row| row.claim.as_ref());
                let claim = open.ok_or_else(|| Failure::failed("nobody asks for this conversation"))?.claim;
                OperatorAct::AnswerClaim { conversation, claim, give: *answer == Claimed::Give }
            }
            Self::Undo { .. } => OperatorAct::Undo { conversation },
            Self::HandBack { to, note: words, .. } => {
                OperatorAct::HandBack { conversation, to: to.clone(), note: note(words) }
            }
            Self::Move { to, note: words, .. } => {
                OperatorAct::Move { conversation, to: target(to, desk.picture())?, note: note(words) }
            }
            Self::Reply { text, untranslated, .. } => {
                OperatorAct::Reply { conversation, text: words(text)?, untranslated: *untranslated }
            }
            Self::Whisper { text, lasting, .. } => {
                OperatorAct::Whisper { conversation, text: words(text)?, lasting: *lasting, answers: None }
            }
            Self::Barge { .. } => OperatorAct::Barge { conversation },
            Self::EndBarge { .. } => OperatorAct::EndBarge { conversation },
            Self::Note { text, .. } => OperatorAct::Note { conversation, text: words(text)? },
            Self::Gate { off, .. } => {
                OperatorAct::Gate { target: GateTarget::Conversation(conversation), on: !off, fuse: None }
            }
            Self::Draft { draft, drop, text, reason, .. } => {
                let verdict = match (drop, text) {
                    (true, _) => DraftVerdict::Drop,
                    (false, Some(text)) => DraftVerdict::Edit { text: words(text)? },
                    (false, None) => DraftVerdict::Send,
                };
                OperatorAct::SettleDraft { draft: *draft, verdict, reason: note(reason) }
            }
            Self::Promise { text, within, .. } => {
                OperatorAct::Promise { conversation, text: words(text)?, due: within.map(|within| desk.after(within)) }
            }
            Self::Snooze { until, reason, .. } => {
                let until = match until {
                    Until::Span(span) => desk.at() + *span,
                    Until::Moment(moment) => *moment,
                };
                OperatorAct::Snooze { conversation, until, reason: note(reason) }
            }
            Self::Wake { .. } => OperatorAct::Wake { conversation },
            Self::Priority { priority, .. } => OperatorAct::SetPriority { conversation, priority: (*priority).into() },
            Self::Label { labels, remove, .. } => {
                OperatorAct::Label { conversation, add: labels.clone(), remove: remove.clone() }
            }
            Self::Watch { when, mood_below, off, .. } => {
                let when = when.map(Into::into).or(mood_below.map(WatchFor::MoodBelow));
                OperatorAct::Watch { conversation, on: !off, when }
            }
            Self::Resolve { how, .. } => OperatorAct::Resolve { conversation, disposition: (*how).into() },
            Self::WrapUp { longer: true, .. } => OperatorAct::ExtendWrapUp { conversation },
            Self::WrapUp { how, note: words, fields, .. } => {
                let fields = fields.iter().map(|(name, value)| (name.clone(), Foreign::new(value))).collect();
                OperatorAct::WrapUp { conversation, disposition: how.clone(), note: note(words), fields }
            }
            Self::Close { .. } => OperatorAct::Close { conversation },
            Self::Reroute { .. } | Self::RateTurn { .. } | Self::WrongIntent { .. } => {
                return Ok(self.correction(conversation, desk));
            }
        }))
    }

    /// What is said about what an agent did; nothing for other verbs.
    fn correction(&self, conversation: ConversationId, desk: &Desk) -> Option<OperatorAct> {
        if let Self::RateTurn { turn, rating, .. } = self {
            let rating = match rating {
                Rated::Good => TurnRating::Good,
                Rated::Bad => TurnRating::Bad,
            };
            return Some(OperatorAct::RateTurn { conversation, turn: TurnNo(*turn), rating });
        }
        if let Self::WrongIntent { intent, turn, .. } = self {
            return Some(OperatorAct::CorrectIntent { conversation, turn: TurnNo(*turn), intent: intent.clone() });
        }
        let Self::Reroute { to, teach, rule_for, words, part, note, .. } = self else { return None };
        let rule = |span| Reach::Rule { until: desk.after(span), words: words.clone(), segment: part.segment() };
        let reach = rule_for.map_or(if *teach { Reach::Teach } else { Reach::Once }, rule);
        Some(OperatorAct::Reroute { conversation, to: to.clone(), reach, note: note.as_deref().map(Foreign::new) })
    }
}

/// `order=1182`.
fn field(text: &str) -> Result<(SlotName, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE")?;
    name.parse().map(|name| (name, value.to_owned())).map_err(|error| format!("{error}"))
}

/// What was typed, or what the standard input holds.
fn words(text: &str) -> Result<Foreign, Failure> {
    if text != "-" {
        return Ok(Foreign::new(text));
    }
    let mut input = String::new();
    std::io::stdin().lock().take(INPUT_BYTES_MAX).read_to_string(&mut input).map_err(Failure::failed)?;
    Ok(Foreign::new(input.trim_end()))
}

/// Somebody of the floor by name.
fn target(name: &str, floor: &Picture) -> Result<Holder, Failure> {
    let (kind, name) = name.split_once(':').map_or((None, name), |(kind, name)| (Some(kind), name));
    let wanted = |of: &str| kind.is_none_or(|kind| kind == of);
    let operators = floor.operators.keys().filter(|_| wanted("operator"));
    let queues = floor.queues.keys().filter(|_| wanted("queue"));
    let agents = floor.agents.keys().filter(|_| wanted("agent"));
    let mut found = Vec::new();
    found.extend(operators.filter(|known| known.as_str() == name).cloned().map(Holder::Operator));
    found.extend(queues.filter(|known| known.as_str() == name).cloned().map(Holder::Queue));
    found.extend(agents.filter(|known| known.as_str() == name).cloned().map(Holder::Agent));
    match (found.pop(), found.is_empty()) {
        (Some(holder), true) => Ok(holder),
        (Some(_), false) => Err(Failure::usage(format!(
            "{name:?} is the name of several; say operator:{name}, queue:{name} or agent:{name}"
        ))),
        (None, _) => Err(Failure::usage(format!(
            "nobody is called {name:?} here; `baton operators list`, `baton queue` and `baton agents` name everybody"
        ))),
    }
}

fn tell(page: &WhatIf, json: bool, printer: &mut Printer) -> Result<(), Failure> {
    if json {
        return printer.json(page);
    }
    for one in &page.acts {
        let about = if one.about.is_empty() { Clean::default() } else { Clean::shown(&format!(" {}", one.about)) };
        let refused = if one.refused { "refused: " } else { "" };
        printer.says(&format!("{}{about}: {refused}{}", one.act.replace('_', "-"), one.words))?;
    }
    Ok(())
}
