//! A command that the rules turn down: a value shown to its author, not an error.

use serde::{Deserialize, Serialize};

use super::approval::Verdict;
use super::baton::Holder;
use super::file::Scan;
use super::id::{
    AgentName, BriefId, ComponentName, DispositionName, Epoch, IncidentId, IntentName, OperatorName, PromiseId,
    QueueName, RuleId, TurnNo,
};
use super::money::Money;
use super::operator::{Presence, Role};
use super::supervision::DraftEnd;
use super::time::Timestamp;
use super::translation::TranslationFailure;

/// Why not, with what would have to be different.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    /// No such conversation here, or it is closed.
    #[error("no open conversation of that id on this floor")]
    UnknownConversation,
    /// A conversation of that id or reference exists already.
    #[error("this conversation exists already")]
    AlreadyOpen,
    /// The act needs the baton.
    #[error("{holder} holds this conversation (epoch {})", epoch.0)]
    NotHolder {
        /// Who holds.
        holder: Holder,
        /// Since which epoch.
        epoch: Epoch,
    },
    /// The actor holds it already.
    #[error("you hold this conversation already")]
    AlreadyHolds,
    /// An answer composed for an epoch that is over.
    #[error("composed under epoch {}, now it is {}", asked.0, now.0)]
    StaleEpoch {
        /// The epoch it was asked under.
        asked: Epoch,
        /// The epoch now.
        now: Epoch,
    },
    /// Holder, draft or arguments are not what the screen showed.
    #[error("changed since you looked: {holder} holds it now (epoch {})", epoch.0)]
    ChangedSinceSeen {
        /// Who holds now.
        holder: Holder,
        /// Since which epoch.
        epoch: Epoch,
    },
    /// The role is not enough.
    #[error("this needs the role {need:?}, you are {have:?}")]
    RoleNeeded {
        /// The least role that may.
        need: Role,
        /// The actor's role.
        have: Role,
    },
    /// Only customers, operators or the floor may ask this.
    #[error("not yours to ask")]
    NotYours,
    /// The key was used for another body.
    #[error("this key was used before for something else")]
    KeyReused,
    /// The key is older than what the floor remembers; it is never executed again.
    #[error("this key is older than the floor remembers; ask for the state instead")]
    KeyTooOld,
    /// Somebody is full.
    #[error("{who} is at the limit of {limit}")]
    AtCapacity {
        /// Who.
        who: Holder,
        /// Of how many.
        limit: u32,
    },
    /// Nothing there to undo.
    #[error("nothing to undo here")]
    NothingToUndo,
    /// The time for it is over, or the customer has seen something since.
    #[error("too late: its time is over, or the customer has been told")]
    TooLate,
    /// Something acts outside, and what comes of it has to be told.
    #[error("{what} is under way here; it can be put to sleep when that has come back")]
    UnderWay {
        /// What.
        what: String,
    },
    /// No such agent, operator or queue, or it cannot take this.
    #[error("{target} cannot take this conversation")]
    UnknownTarget {
        /// Who was named.
        target: Holder,
    },
    /// Somebody who is away, or takes nothing new.
    #[error("{who} is {}; conversations are moved to people who are available or busy", presence.word())]
    Away {
        /// Who.
        who: OperatorName,
        /// What they are doing.
        presence: Presence,
    },
    /// Nobody holds it who could be asked for it.
    #[error("no colleague holds this conversation ({holder} does): take it over instead of asking")]
    NobodyToAsk {
        /// Who holds.
        holder: Holder,
    },
    /// One question at a time.
    #[error("{by} asks for this conversation already; it is answered or lapses within {} s", super::claim::CLAIM_PATIENCE.secs())]
    ClaimOpen {
        /// Who asks.
        by: OperatorName,
    },
    /// The claim was answered, lapsed, or the conversation went on without it.
    #[error("nobody asks for this conversation any more: it was answered, or lapsed")]
    ClaimGone,
    /// Taking something from a colleague needs a reason.
    #[error("{from} holds this: say why you take it, they will read it; or ask for it instead")]
    ReasonNeeded {
        /// From whom it would be taken.
        from: OperatorName,
    },
    /// An end that lies in the past.
    #[error("that time has passed: an end must lie in the future")]
    InThePast,
    /// Nobody answers this customer for a while.
    #[error(
        "nobody answers you here for now; what you write is kept. If somebody is in danger, write that: a person reads it"
    )]
    Blocked {
        /// Until when.
        until: Timestamp,
    },
    /// Nobody blocked this customer.
    #[error("this customer is not blocked, or not any more")]
    NotBlocked,
    /// The actor's own reply waits for its translation, and would go to nobody.
    #[error("your reply is being translated; it goes out in a moment, then this can be done")]
    Translating,
    /// The reply cannot be translated, and its author did not say that it may go out as it is.
    #[error("not translated: {}; it can be sent as it is (untranslated)", why.words())]
    NotTranslated {
        /// Why.
        why: TranslationFailure,
    },
    /// The offer was settled or is somebody else's.
    #[error("this offer is gone{}", taken_by.as_ref().map(|o| format!(": {o} took it")).unwrap_or_default())]
    OfferGone {
        /// Who has the conversation now.
        taken_by: Option<OperatorName>,
    },
    /// The escalation is settled.
    #[error("this escalation is settled")]
    NotEscalated,
    /// The customer does not wait for a human.
    #[error("you are not waiting for a person; ask for one first")]
    NotWaiting,
    /// A call-back is arranged already.
    #[error("somebody of our team writes to you as soon as they can; nothing more is needed")]
    CallBackArranged,
    /// The approval was answered.
    #[error("this approval is settled{}{}", verdict.map(|verdict| format!(": it was {}", verdict.words())).unwrap_or_default(), by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default())]
    ApprovalSettled {
        /// How; unknown when it left the floor's memory.
        verdict: Option<Verdict>,
        /// By whom, if a person did.
        #[serde(default)]
        by: Option<OperatorName>,
    },
    /// The draft was settled, or became stale.
    #[error("this draft is gone: {}{}", end.map_or("it was settled, or the conversation went on without it", DraftEnd::words), by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default())]
    DraftGone {
        /// How it was settled; unknown when it became stale, or left the floor's memory.
        #[serde(default)]
        end: Option<DraftEnd>,
        /// By whom, if a person did.
        #[serde(default)]
        by: Option<OperatorName>,
    },
    /// Somebody speaks beside the holder already.
    #[error("{by} speaks beside the holder here already")]
    BargeTaken {
        /// Who.
        by: OperatorName,
    },
    /// This person does not speak beside the holder.
    #[error("you do not speak beside the holder here")]
    NoBarge,
    /// It is stopped until somebody releases it.
    #[error("{what} is held; it has to be released first")]
    Held {
        /// What.
        what: String,
    },
    /// Nothing of that kind is held.
    #[error("{what} is not held")]
    NotHeld {
        /// What was named.
        what: String,
    },
    /// An agent without a candidate.
    #[error("{agent} has no candidate; give it one in its file: [candidate]")]
    NoCandidate {
        /// Which.
        agent: AgentName,
    },
    /// An edition that is in force for everybody.
    #[error("this edition is in force already; nothing of it is left to roll out")]
    InForce,
    /// An edition of which a part cannot differ between conversations.
    #[error(
        "these hold for the whole floor and cannot be rolled out to a share of it: {what}; apply them to everybody first, or leave them out"
    )]
    Shared {
        /// What differs.
        what: String,
    },
    /// Another edition is rolled out.
    #[error(
        "another edition is rolled out to {percent} % of new conversations; apply that one to everybody or take it back first"
    )]
    RolledOut {
        /// To how many in a hundred.
        percent: u8,
    },
    /// Nothing is rolled out.
    #[error("no edition is rolled out to a share of the conversations")]
    NotRolledOut,
    /// No such tool.
    #[error("no tool of that name")]
    UnknownTool,
    /// More than this person may allow.
    #[error("you may allow up to {limit}")]
    OverLimit {
        /// The person's limit.
        limit: Money,
    },
    /// Two different people have to say yes, and this is the first again.
    #[error("this needs a second person: {by} said yes already, somebody else must too")]
    SecondPersonNeeded {
        /// Who said yes.
        by: OperatorName,
    },
    /// The person's own whisper led to what they would allow.
    #[error("your whisper was in force when this was asked for: somebody else has to decide it")]
    CausedByWhisper,
    /// More than may be paid in one day.
    #[error("{whose} may be paid {cap} in one day, and {left} of it is left")]
    OverDailyCap {
        /// Whose money of the day it is, in words: `by billing`, `to this customer`, `by refunds.create`.
        whose: String,
        /// What may be paid in one day.
        cap: Money,
        /// What of it is left.
        left: Money,
    },
    /// An approval may be given for less, never for more or for something else.
    #[error("{given} is not less than the {asked} that is asked for")]
    BadEdit {
        /// What was given.
        given: Money,
        /// What was asked for; nothing when it is not about money.
        asked: Money,
    },
    /// Nothing in it.
    #[error("there is nothing in it")]
    Empty,
    /// Too much of something.
    #[error("{given} {what}, at most {limit} are taken")]
    TooMuch {
        /// Of what.
        what: String,
        /// How much was given.
        given: u64,
        /// How much is taken.
        limit: u64,
    },
    /// It was sent too long ago.
    #[error("a message can be edited for {} minutes after it was sent; write a new one", super::said::EDIT_WITHIN.secs() / 60)]
    EditOver,
    /// Not in this phase.
    #[error("not while the conversation is {phase}")]
    WrongPhase {
        /// What it is.
        phase: String,
    },
    /// A score that is not one to five.
    #[error("a rating is 1 to 5, not {given}")]
    BadRating {
        /// What was given.
        given: u8,
    },
    /// An attempt, call or handoff that is no longer waited for.
    #[error("nobody waits for this any more")]
    NotAwaited,
    /// No deployment was adopted yet.
    #[error("no deployment was adopted yet")]
    NoDeployment,
    /// Kept, let go, or never made.
    #[error("{promise} is not owed: it was kept, was let go, or was never made")]
    PromiseGone {
        /// Which was named.
        promise: PromiseId,
    },
    /// Something is owed to the customer that nobody was named for.
    #[error(
        "still owed: {}; say that it is kept, name somebody who keeps it afterwards, or have it waived",
        listed(open)
    )]
    PromisesOpen {
        /// What is open.
        open: Vec<PromiseId>,
    },
    /// Nothing to be said of it any more.
    #[error("there is nothing to wrap up here: it was done, its time ended, or its line asks for nothing")]
    NoWrapUp,
    /// Longer is given once.
    #[error("this wrap-up was given more time already")]
    WrapUpExtended,
    /// What its line asks for.
    #[error("{field} is missing: the line {queue} asks for it")]
    FieldMissing {
        /// Which field: `disposition`, `note`, or a fact.
        field: String,
        /// Which line.
        queue: QueueName,
    },
    /// Not a word of this line.
    #[error("{given} is no way to end here; {}", known.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))]
    UnknownDisposition {
        /// What was given.
        given: DispositionName,
        /// What there is.
        known: Vec<DispositionName>,
    },
    /// No such brief, or one that is long past.
    #[error("there is no brief {brief} to be signed")]
    UnknownBrief {
        /// Which was named.
        brief: BriefId,
    },
    /// The brief was signed.
    #[error("{by} has signed this brief already")]
    BriefSigned {
        /// By whom.
        by: OperatorName,
    },
    /// Nobody signs for themselves.
    #[error("you wrote this brief; somebody else has to sign it")]
    OwnBrief,
    /// No such incident or proposal, or it was settled.
    #[error("there is no open incident or proposal {incident}")]
    UnknownIncident {
        /// Which was named.
        incident: IncidentId,
    },
    /// It was cleared.
    #[error("{incident} was cleared; declare another")]
    IncidentOver {
        /// Which.
        incident: IncidentId,
    },
    /// There is one of that cause.
    #[error("{incident} has this cause already; join conversations to it, or take its lead")]
    IncidentOpen {
        /// Which.
        incident: IncidentId,
    },
    /// Somebody else leads.
    #[error("{lead} leads this incident; take the lead first")]
    NotLead {
        /// Who.
        lead: OperatorName,
    },
    /// Another number of conversations would be told than the author typed.
    #[error("{now} conversations would be told now, not {typed}; look again and type {now}")]
    CountChanged {
        /// The number that was typed.
        typed: u32,
        /// The number now.
        now: u32,
    },
    /// A message is on its way already.
    #[error("message {broadcast} of {incident} is on its way; stop it first, or wait for its end")]
    BroadcastRuns {
        /// Of which incident.
        incident: IncidentId,
        /// Which of its messages.
        broadcast: u32,
    },
    /// No message is on its way.
    #[error("no message of {incident} is on its way")]
    NoBroadcast {
        /// Of which incident.
        incident: IncidentId,
    },
    /// The text is no message with gaps.
    #[error("{why}")]
    BadMessage {
        /// What is wrong with it.
        why: String,
    },
    /// An incident has to be over before its customers read that it works again.
    #[error("{incident} is not over; clear it first")]
    NotOver {
        /// Which.
        incident: IncidentId,
    },
    /// Nothing is said of that part.
    #[error("nothing is said of {component}")]
    NoStatus {
        /// Which part was named.
        component: ComponentName,
    },
    /// The conversation is in no incident.
    #[error("this conversation is in no incident")]
    NotInIncident,
    /// No agent was chosen here, so there is nothing to correct.
    #[error("no agent was chosen here yet: there is nothing to correct")]
    NotRouted,
    /// No answer of an agent.
    #[error("message {} is no answer of an agent, or is no longer at hand", turn.0)]
    NoAnswer {
        /// Which was named.
        turn: TurnNo,
    },
    /// No message of the customer.
    #[error("message {} is not the customer's, or is no longer at hand", turn.0)]
    NotTheCustomers {
        /// Which was named.
        turn: TurnNo,
    },
    /// No agent takes it.
    #[error(
        "no agent of this roster has the intent {intent}; add it with examples to one in agents/, then it can be said"
    )]
    UnknownIntent {
        /// Which was named.
        intent: IntentName,
    },
    /// No such rule, or it is over.
    #[error("there is no rule {rule}, or it is over")]
    UnknownRule {
        /// Which was named.
        rule: RuleId,
    },
    /// There is nothing to forget.
    #[error("nothing was learnt since the last mark: there is nothing to go back from")]
    NothingLearnt,
    /// No such file there.
    #[error("there is no such file in this conversation; upload it first")]
    UnknownFile,
    /// A file that is not handed on.
    #[error("this file is not handed on: {}", scan.words())]
    FileHeld {
        /// How it stands with the scanner.
        scan: Scan,
    },
    /// The house takes no files.
    #[error("files are not taken here")]
    NoFiles,
    /// No such operator on the roster.
    #[error("no operator of that name on the roster")]
    UnknownOperator,
    /// No such customer.
    #[error("no customer of that id")]
    UnknownCustomer,
    /// The floor takes no more; comes from the runtime's limits.
    #[error("the floor takes no more right now; try again in {retry_ms} ms")]
    Busy {
        /// When to try again.
        retry_ms: u64,
    },
}

/// `p-3, p-4`.
fn listed(open: &[PromiseId]) -> String {
    open.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
