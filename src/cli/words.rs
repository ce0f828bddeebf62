//! Rows and transcripts in words, for lists, pages and files. Everything in here is clean already.

use crate::domain::approval::Verdict;
use crate::domain::baton::{Holder, PassReason};
use crate::domain::candidate::Share;
use crate::domain::conversation::Author;
use crate::domain::customer::Tier;
use crate::domain::escalation::{Severity, Trigger};
use crate::domain::event::WithheldReason;
use crate::domain::handoff::{DeclineReason, Omission};
use crate::domain::routing::{Factor, RoutingDecision};
use crate::domain::score::Score;
use crate::domain::supervision::DraftEnd;
use crate::domain::time::Timestamp;
use crate::protocol::panel::Verdict as PanelVerdict;
use crate::protocol::transcript::{DraftFate, Item, ItemBody, ToolState};

/// Who holds, in words.
pub(super) fn holder(holder: &Holder) -> String {
    match holder {
        Holder::Nobody => "nobody holds it".into(),
        Holder::Agent(name) => format!("{name} (AI) holds it"),
        Holder::Operator(name) => format!("{name} (a person) holds it"),
        Holder::Queue(name) => format!("it waits in line {name}"),
    }
}

/// Which new conversations a share is: `10 % of new conversations of vip customers by web`.
pub(super) fn share(share: &Share) -> String {
    let segment = share.segment.as_ref();
    let tier = segment.and_then(|segment| segment.tier);
    let tier = match tier {
        Some(Tier::Standard) => " of standard customers",
        Some(Tier::Gold) => " of gold customers",
        Some(Tier::Vip) => " of vip customers",
        None => "",
    };
    let channel = segment.and_then(|segment| segment.channel.as_ref());
    let channel = channel.map(|channel| format!(" by {channel}")).unwrap_or_default();
    format!("{} % of new conversations{tier}{channel}", share.percent)
}

/// Why a human was called.
pub(super) const fn why(trigger: Trigger) -> &'static str {
    match trigger {
        Trigger::AskedForHuman => "asked for one",
        Trigger::MoodFalling => "the mood is low and falling",
        Trigger::RepeatedFailure => "the same thing failed again and again",
        Trigger::Playbook => "the flow says so",
        Trigger::ByAgent => "the agent says that a person is needed",
        Trigger::Safety => "it touches law or safety",
        Trigger::NoAgent => "no agent can take it",
        Trigger::Held => "the agent was held",
        Trigger::LeftAlone => "a person left the customer waiting",
        Trigger::Policy => "policy wants a person for this customer",
        Trigger::Guarded => "a guardrail stopped an answer",
        Trigger::ByOperator => "a colleague was asked for",
    }
}

const fn pass_reason(reason: PassReason) -> &'static str {
    match reason {
        PassReason::Opened => "the conversation began",
        PassReason::Handoff(_) => "a handoff was accepted",
        PassReason::TakenOver => "a person took over",
        PassReason::Undone => "the takeover was undone before the customer heard of it",
        PassReason::HandedBack => "the person gave it back",
        PassReason::Moved => "a person moved it",
        PassReason::Escalated(_) => "a human was called",
        PassReason::OfferTaken(_) => "a person took the offer",
        PassReason::Given(_) => "a colleague asked for it and got it",
        PassReason::HolderGone => "the holder went away",
        PassReason::LineLeft => "the customer left the line",
        PassReason::LeftAlone(_) => "the holder left the customer waiting",
        PassReason::HolderFailed => "the holder kept failing",
        PassReason::Ended => "the conversation ended",
    }
}

/// Who wrote, in words.
pub(super) fn author(author: &Author) -> String {
    match author {
        Author::Customer => "customer".into(),
        Author::Agent(name) => format!("{name} (AI)"),
        Author::Operator(name) => format!("{name} (person)"),
        Author::House => "house".into(),
    }
}

/// A score as people write it, `.82`.
pub(super) fn score(score: Score) -> String {
    let hundredths = score.0 / 100;
    let sign = if hundredths < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", hundredths.abs() / 100, hundredths.abs() % 100)
}

const fn factor(factor: Factor) -> &'static str {
    match factor {
        Factor::Intent => "intent",
        Factor::Expertise => "expertise",
        Factor::Load => "load",
        Factor::Tier => "tier",
        Factor::Mood => "mood",
        Factor::Continuity => "continuity",
        Factor::Generalist => "generalist",
        Factor::Words => "words",
        Factor::Complexity => "complexity",
        Factor::Language => "language",
        Factor::Past => "past",
    }
}

/// A routing decision with its reasons.
pub(super) fn decision(decision: &RoutingDecision) -> String {
    let reasons = decision.winner().map_or_else(String::new, |winner| {
        let terms = winner.contributions.iter().map(|c| format!("{} {}", factor(c.factor), score(c.score)));
        terms.collect::<Vec<_>>().join(", ")
    });
    let others = decision.candidates.iter().filter(|other| other.agent != decision.chosen);
    let others: Vec<String> = others.map(|other| format!("{} {}", other.agent, score(other.score))).collect();
    let others = if others.is_empty() { "nobody else could".into() } else { format!("before {}", others.join(", ")) };
    format!("routing chose {} ({reasons}); {others}", decision.chosen)
}

/// The time of day in UTC, `09:04:31`.
pub(super) fn clock(at: Timestamp) -> String {
    let secs = at.0.div_euclid(1_000).rem_euclid(86_400);
    format!("{:02}:{:02}:{:02}", secs / 3_600, secs / 60 % 60, secs % 60)
}

/// Text whose further lines stand below its first and `margin` cells in: none can pass for a line of
/// somebody else.
pub(super) fn hanging(text: &str, margin: usize) -> String {
    text.replace('\n', &format!("\n{:margin$}", ""))
}

/// The day in UTC, `2026-11-22`.
pub(super) fn day(at: Timestamp) -> String {
    // What no calendar holds is told by its number.
    jiff::Timestamp::from_millisecond(at.0).map_or_else(|_| at.0.to_string(), |at| at.strftime("%F").to_string())
}

/// How grave, in words.
pub(super) const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Normal => "in its turn",
        Severity::High => "before others",
        Severity::Critical => "now",
    }
}

const fn declined(reason: DeclineReason) -> &'static str {
    match reason {
        DeclineReason::Full => "it is full",
        DeclineReason::NotAllowed => "it may not take it from this one",
        DeclineReason::PromiseDropped => "its receipt left out a promise",
        DeclineReason::PingPong => "the baton went back and forth",
        DeclineReason::Declined => "it said no",
    }
}

/// What a line of a transcript says, without its time.
pub(super) fn item(item: &Item) -> String {
    match &item.body {
        ItemBody::Message { author: by, text, files, other, .. } => {
            let files: Vec<String> = files.iter().map(|file| format!(" ▤ {} [{}]", file.line(), file.file)).collect();
            let other = other.as_ref().map(|other| format!("\n{}", other.words(by))).unwrap_or_default();
            format!("{}: {text}{}{other}", author(by), files.concat())
        }
        ItemBody::House { text, .. } => format!("house: {text}"),
        ItemBody::Routed(chosen) => decision(chosen),
        ItemBody::Passed { to, reason, note: None, .. } => format!("{}: {}", holder(to), pass_reason(*reason)),
        ItemBody::Passed { to, reason, note: Some(note), .. } => {
            format!("{}: {}, with a note: {note}", holder(to), pass_reason(*reason))
        }
        ItemBody::HandedOff { from, to, omissions } if omissions.is_empty() => {
            format!("{to} accepted the handoff of {from}; its receipt is whole")
        }
        ItemBody::HandedOff { from, to, omissions } => {
            format!("{to} accepted the handoff of {from}; its receipt left out {}", left_out(omissions))
        }
        ItemBody::HandoffDeclined { to, reason: Some(reason) } => {
            format!("{to} did not take it: {}", declined(*reason))
        }
        ItemBody::Overruled { agent, won, lost, text } => {
            format!("{} counted more than {} of {agent}, which was: {text}", won.words(), lost.words())
        }
        ItemBody::Consulted { by, whom, question, fate, answer } => {
            let answer = answer.as_ref().map(super::super::domain::text::Clean::as_str).unwrap_or_default();
            format!("{by} asked {whom}: {question} > {} {answer}", fate.words())
        }
        ItemBody::Panel { by, question, voices, verdict } => {
            let mut told = format!("{by} asked several: {question}");
            for voice in voices {
                told.push('\n');
                told.push_str(voice.words().as_str());
            }
            let end = verdict.as_ref().map_or_else(
                || "it is not settled".to_owned(),
                |verdict| PanelVerdict::words(verdict).as_str().to_owned(),
            );
            told + &format!("\n> {end}")
        }
        ItemBody::Circled { circle, then } => format!("in a circle: {}; {}", circle.words(), then.words()),
        ItemBody::HandoffDeclined { to, reason: None } => format!("{to} did not answer the handoff in time"),
        ItemBody::Tool { tool, ask, state, outcome, .. } => {
            format!("tool {tool} {ask}: {} {outcome}", tool_state(*state))
        }
        ItemBody::Escalated { trigger, severity, .. } => {
            format!("a human was called ({}): {}", self::severity(*severity), why(*trigger))
        }
        ItemBody::Approval { about, verdict, by, .. } => {
            let by = by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
            format!("approval of {about}: {}{by}", verdict_word(*verdict))
        }
        ItemBody::Withheld { agent, reason, text } => {
            format!("a draft of {agent} was withheld, {}: {text}", withheld(*reason))
        }
        ItemBody::Draft { agent, text, end, by, reason, .. } => {
            let by = by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
            let reason = reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
            format!("a draft of {agent} {}{by}{reason}: {text}", fate(*end))
        }
        ItemBody::Whisper { operator, text, .. } => format!("{operator} whispered: {text}"),
        ItemBody::Note { operator, text } => format!("{operator} noted: {text}"),
        ItemBody::Held { operator, text, fate, .. } => format!("a reply of {operator}, {}: {text}", fate.words()),
        ItemBody::Failed { agent, text } => format!("{agent} failed: {text}"),
        ItemBody::Milestone { text } => text.to_string(),
    }
}

const fn tool_state(state: ToolState) -> &'static str {
    match state {
        ToolState::Pending => "is to be called",
        ToolState::Started => "is being called",
        ToolState::Done => "done",
        ToolState::Declined => "said no",
        ToolState::Failed => "failed",
        ToolState::Unknown => "nobody knows whether it happened",
        ToolState::Refused => "was not allowed",
    }
}

const fn verdict_word(verdict: Option<Verdict>) -> &'static str {
    match verdict {
        None => "is waited for",
        Some(Verdict::Approved) => "approved",
        Some(Verdict::Rejected) => "rejected",
        Some(Verdict::Expired) => "not answered in time, which is a no",
        Some(Verdict::Withdrawn) => "not needed any more",
    }
}

const fn fate(end: Option<DraftFate>) -> &'static str {
    match end {
        None => "waits for a person",
        Some(DraftFate::Settled(DraftEnd::Sent)) => "was sent",
        Some(DraftFate::Settled(DraftEnd::Edited)) => "was sent in other words",
        Some(DraftFate::Settled(DraftEnd::Dropped)) => "was dropped",
        Some(DraftFate::Settled(DraftEnd::Fused)) => "was sent since nobody looked in time",
        Some(DraftFate::Withheld(WithheldReason::BatonPassed)) => "was withheld since somebody else held the baton",
        Some(DraftFate::Withheld(WithheldReason::Superseded)) => "was withheld since the customer had said more",
        Some(DraftFate::Withheld(WithheldReason::Barged)) => "was withheld since somebody wrote beside its author",
        Some(DraftFate::Withheld(WithheldReason::Held)) => "was withheld since its author was held",
        Some(DraftFate::Withheld(WithheldReason::Ended)) => "was withheld since the conversation had ended",
        Some(DraftFate::Withheld(WithheldReason::Gated)) => "was withheld since a gate was set meanwhile",
        Some(DraftFate::Withheld(WithheldReason::Snoozed)) => "was withheld since the conversation was put to sleep",
        Some(DraftFate::Withheld(WithheldReason::NotDone)) => "was withheld since what it announces was not done",
        Some(DraftFate::Withheld(WithheldReason::Guarded)) => "was withheld since a guardrail stopped it",
        Some(DraftFate::Withheld(WithheldReason::Circle)) => "was withheld since it only does again what was done",
    }
}

const fn withheld(reason: WithheldReason) -> &'static str {
    match reason {
        WithheldReason::BatonPassed => "since somebody else held the baton",
        WithheldReason::Superseded => "since the customer had said more",
        WithheldReason::Ended => "since the conversation had ended",
        WithheldReason::Held => "since its author was held",
        WithheldReason::Barged => "since somebody wrote beside its author",
        WithheldReason::Gated => "since a gate was set meanwhile",
        WithheldReason::Snoozed => "since the conversation was put to sleep",
        WithheldReason::NotDone => "since what it announces was not done",
        WithheldReason::Guarded => "since a guardrail stopped it",
        WithheldReason::Circle => "since it only does again what was done",
    }
}

/// What a receipt left out, in words.
fn left_out(omissions: &[Omission]) -> String {
    omissions.iter().map(Omission::words).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_and_times_read_as_people_write_them() {
        assert_eq!(score(Score(8_249)), "0.82");
        assert_eq!(score(Score(-450)), "-0.04");
        assert_eq!(clock(Timestamp(1_700_000_000_000)), "22:13:20");
        assert_eq!(day(Timestamp(1_700_000_000_000)), "2023-11-14");
    }
}
