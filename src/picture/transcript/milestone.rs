//! What happened to a conversation as a whole, each in one line.

use crate::domain::action::Fill;
use crate::domain::baton::Holder;
use crate::domain::conversation::CloseReason;
use crate::domain::customer::Identity;
use crate::domain::envelope::Envelope;
use crate::domain::event::{ConversationEvent, GuardEvent, LessonEvent, WrapUpEvent};
use crate::domain::guard::{Finding, Hop};
use crate::domain::id::{AgentName, SlotName};
use crate::domain::knowledge::Citation;
use crate::domain::learning::TurnRating;
use crate::domain::score::Score;
use crate::domain::snooze::WakeReason;
use crate::domain::text::Clean;
use crate::domain::wrap_up::WrapUpCut;
use crate::picture::owed;

use super::open;

/// What guardrails found, each kind once, and what followed.
pub(super) fn guarded(event: &GuardEvent) -> Clean {
    let told = |findings: &[Finding]| {
        let mut words: Vec<&str> = findings.iter().map(|finding| finding.reason.words()).collect();
        words.sort_unstable();
        words.dedup();
        if words.is_empty() { "is stopped for what was read before".to_owned() } else { words.join(", ") }
    };
    match event {
        GuardEvent::Read { findings, then, .. } => {
            let hop = findings.first().map_or("what came", |finding| finding.hop.words());
            Clean::shown(&format_args!("guardrail: {hop} {}; {}", told(findings), then.words()))
        }
        GuardEvent::Crossed { from, to, classes, withheld, .. } => {
            let classes: Vec<&str> = classes.iter().map(|class| class.word()).collect();
            let passed = if classes.is_empty() { "no personal facts".to_owned() } else { classes.join(", ") };
            let held: Vec<&str> = withheld.iter().map(SlotName::as_str).collect();
            let held = if held.is_empty() { String::new() } else { format!("; stays behind: {}", held.join(", ")) };
            Clean::shown(&format_args!("data from {from} to {to}: {passed}{held}"))
        }
        GuardEvent::Tainted { by, .. } => {
            Clean::shown(&format_args!("guardrail: {}; it acts and pays only with a person's word", by.words()))
        }
        GuardEvent::Caught { agent, findings, then, .. } => {
            let judged = findings.iter().filter(|finding| finding.hop == Hop::Judged).count();
            let by = match judged {
                0 => "guardrail",
                all if all == findings.len() => "judge",
                _ => "guardrail, judge",
            };
            let hop = if findings.iter().any(|finding| finding.hop == Hop::Arguments) { "a call" } else { "an answer" };
            Clean::shown(&format_args!("{by}: {hop} of {agent} {}; {}", told(findings), then.words()))
        }
    }
}

/// What whoever had it says of the end; that they are asked stands in their list.
pub(super) fn wrapped(event: &WrapUpEvent, envelope: &Envelope) -> Option<Clean> {
    Some(match event {
        WrapUpEvent::Began { .. } => return None,
        WrapUpEvent::Extended { operator, until, .. } => {
            let longer = owed::span(until.since(envelope.at));
            Clean::shown(&format_args!("{operator} needs longer to wrap up: {longer}"))
        }
        WrapUpEvent::Done { by, disposition, means, note, fields, .. } => {
            let by = by.as_ref().map_or_else(|| "the timer".to_owned(), ToString::to_string);
            let word = disposition.as_ref().map_or_else(|| means.words().to_owned(), ToString::to_string);
            let note = note.as_ref().map(|note| format!(": {}", owed::sentence(note))).unwrap_or_default();
            let said = |fill: &Fill| format!(", {} {}", fill.slot, owed::sentence(&fill.value));
            let fields = fields.iter().map(said).collect::<Vec<_>>().concat();
            Clean::shown(&format_args!("wrapped up by {by}, {word}{note}{fields}"))
        }
        WrapUpEvent::Cut { why: WrapUpCut::Reopened, .. } => Clean::fixed("the wrap-up ends: the customer is back"),
        WrapUpEvent::Cut { why: WrapUpCut::Closed, .. } => Clean::fixed("the wrap-up ends with the conversation"),
    })
}

pub(super) fn milestone(event: &ConversationEvent) -> Clean {
    match event {
        ConversationEvent::Snoozed { by, reason, .. } => {
            let reason = reason.as_ref().map(|reason| format!(": {}", open(reason).one_line())).unwrap_or_default();
            Clean::shown(&format_args!("{by} put it to sleep{reason}"))
        }
        ConversationEvent::Woken { why, .. } => match why {
            WakeReason::Time => Clean::fixed("it woke: its time had come"),
            WakeReason::Customer => Clean::fixed("it woke: the customer is back"),
            WakeReason::Operator(by) => Clean::shown(&format_args!("{by} woke it")),
        },
        ConversationEvent::Opened { channel, earlier, .. } if *earlier > 0 => {
            Clean::shown(&format_args!("opened by {channel}; {earlier} before"))
        }
        ConversationEvent::Opened { channel, .. } => Clean::shown(&format_args!("opened by {channel}")),
        ConversationEvent::BeganOn { edition, .. } => {
            Clean::shown(&format_args!("begins on the edition that entry {edition} rolled out"))
        }
        ConversationEvent::Identified { identity, .. } => Clean::fixed(match identity {
            Identity::Anonymous => "the customer is anonymous",
            Identity::Claimed => "the customer says who they are",
            Identity::Verified { .. } => "the customer has proven who they are",
        }),
        ConversationEvent::Resolved { disposition, credited: Holder::Nobody, .. } => {
            Clean::shown(&format_args!("resolved: {}", disposition.words()))
        }
        ConversationEvent::Resolved { disposition, credited, .. } => {
            Clean::shown(&format_args!("resolved by {credited}: {}", disposition.words()))
        }
        ConversationEvent::FirstContactLost { .. } => Clean::fixed("the first contact was not enough"),
        ConversationEvent::Reopened { .. } => Clean::fixed("the customer is back: re-opened"),
        ConversationEvent::Rated { score, comment, .. } => {
            let comment = comment.as_ref().map(open).filter(|comment| !comment.is_empty());
            let comment = comment.map(|comment| format!(": {}", comment.one_line())).unwrap_or_default();
            Clean::shown(&format_args!("rated {score} of 5{comment}"))
        }
        ConversationEvent::Closed { reason, .. } => Clean::fixed(match reason {
            CloseReason::WindowEnded => "closed: the customer did not come back",
            CloseReason::ByOperator => "closed by an operator",
            CloseReason::Erased => "closed: the customer was erased",
            CloseReason::StubLimit => "closed early: too many resolved conversations are kept",
        }),
    }
}

/// The customer asked what no article answers.
pub(super) fn nothing_found(agent: &AgentName, nearest: Option<&Citation>, score: Score) -> Clean {
    match nearest {
        Some(nearest) => {
            let nearest = nearest.words();
            Clean::shown(&format_args!("{agent} found nothing that answers this; nearest {nearest} {score}"))
        }
        None => Clean::shown(&format_args!("{agent} found nothing that answers this")),
    }
}

/// What people said of it; what was learnt of numbers alone is nothing to read here.
pub(super) fn lesson(event: &LessonEvent) -> Option<Clean> {
    Some(match event {
        LessonEvent::Rewarded { .. } | LessonEvent::NeedKnown { .. } => return None,
        LessonEvent::Taught { agent, by, lasting, .. } => {
            let reach = if *lasting { ", and what is like it" } else { "" };
            Clean::shown(&format_args!("{by}: {agent} should have had it{reach}"))
        }
        LessonEvent::IntentCorrected { turn, was, intent, by, .. } => {
            let was = was.as_ref().filter(|was| *was != intent).map(|was| format!(", not {was}")).unwrap_or_default();
            Clean::shown(&format_args!("{by}: message {turn} was about {intent}{was}"))
        }
        LessonEvent::TurnRated { turn, agent, rating, by, .. } => {
            let word = match rating {
                TurnRating::Good => "good",
                TurnRating::Bad => "bad",
            };
            Clean::shown(&format_args!("{by}: the answer of {agent} ({turn}) was {word}"))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::guard::{GuardAction, GuardReason};
    use crate::domain::id::{CompositionId, ConversationId};

    #[test]
    fn who_found_something_is_named_first() {
        let line = |found: &[(Hop, GuardReason)]| {
            let findings = found.iter().map(|(hop, reason)| Finding { hop: *hop, reason: *reason }).collect();
            guarded(&GuardEvent::Caught {
                conversation: ConversationId::from_random([1; 16]),
                composition: CompositionId(1),
                agent: "billing".parse().unwrap(),
                findings,
                then: GuardAction::Note,
            })
            .as_str()
            .to_owned()
        };
        let (checked, judged) = ((Hop::Output, GuardReason::Deed), (Hop::Judged, GuardReason::Claim));
        assert_eq!(line(&[judged]), "judge: an answer of billing states what rests on nothing; noted");
        assert!(line(&[checked]).starts_with("guardrail: an answer of billing says that something was done"));
        assert!(line(&[checked, judged]).starts_with("guardrail, judge: an answer of billing"));
        assert!(line(&[(Hop::Arguments, GuardReason::Invented)]).starts_with("guardrail: a call of billing"));
    }
}
