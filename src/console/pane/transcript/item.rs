//! One entry of a transcript as lines.

use crate::console::model::Model;
use crate::console::model::clock::hours_minutes;
use crate::console::pane::list::trigger_word;
use crate::console::pane::strip::{Piece, Strip, fit, level, mood_token, piece, wrap};
use crate::console::theme::Token;
use crate::domain::analysis::{Language, Span};
use crate::domain::approval::Verdict;
use crate::domain::baton::{Holder, PassReason};
use crate::domain::conversation::{Author, Disposition};
use crate::domain::escalation::Severity;
use crate::domain::event::WithheldReason;
use crate::domain::file::Scan;
use crate::domain::handoff::{DeclineReason, Omission};
use crate::domain::id::{AgentName, OperatorName};
use crate::domain::routing::RoutingDecision;
use crate::domain::said::Stands;
use crate::domain::score::Score;
use crate::domain::supervision::DraftEnd;
use crate::domain::text::Clean;
use crate::protocol::file::FileRow;
use crate::protocol::panel::{Verdict as PanelVerdict, Voice};
use crate::protocol::transcript::{ConsultFate, DraftFate, HeldFate, InOther, Item, ItemBody, ToolState};

use super::{moved, whispered};

/// Lines of one message in the transcript; `o` opens the whole.
pub(super) const LINES_MAX: usize = 24;

/// What stands before something that was decided or done.
pub(super) const HAPPENED: &str = "       ~ ";
/// Cells of the time before an author.
const TIME: usize = 7;
/// Cells of room from which on a translation stands beside the words and not below them: two columns that are read.
const BESIDE_MIN: usize = 56;
/// What stands between the two.
const BETWEEN: &str = " │ ";
/// Cells of an author's name: no agent's is cut as long as it fits, and the text begins at one place.
const NAMES: (usize, usize) = (7, 11);

/// Cells before the text: time and author. Wider panes give names more room.
pub(super) fn lead(model: &Model, width: usize) -> usize {
    let agents = model.live.picture.agents.keys().map(|name| name.as_str().len());
    let longest = agents.max().unwrap_or_default().clamp(NAMES.0, NAMES.1);
    TIME + if width >= 70 { NAMES.1 } else { longest } + 1
}

pub(super) fn indent(cells: usize) -> Clean {
    clean!("{:cells$}", "")
}

/// The lines of an entry.
pub(super) fn strips(model: &Model, item: &Item, width: usize) -> Vec<Strip> {
    match said(model, &item.body) {
        Some(said) => {
            let mut strips = message(model, item, &said, width);
            strips.extend(in_other(&item.body, lead(model, width), width));
            strips.extend(moved::strip(model.scene().open.as_ref(), item));
            strips.extend(whispered::strips(model, &item.body, HAPPENED.len(), width));
            strips
        }
        None => happened(model, &item.body, width),
    }
}

/// Something that has an author and words.
struct Said<'a> {
    who: Clean,
    name: Token,
    words: &'a Clean,
    ink: Token,
    /// Where the words stand that moved the mood.
    moved: &'a [Span],
    /// What stands at the end of the last line.
    tail: Vec<Piece>,
    /// What came with the words.
    files: &'a [FileRow],
    /// The same in the other language.
    other: Option<&'a Clean>,
}

impl<'a> Said<'a> {
    /// Words of which no mood was read and with which no file came.
    fn plain(who: Clean, (name, ink): (Token, Token), words: &'a Clean, tail: Vec<Piece>) -> Self {
        Self { who, name, words, ink, moved: &[], tail, files: &[], other: None }
    }
}

fn said<'a>(model: &Model, body: &'a ItemBody) -> Option<Said<'a>> {
    let row = model.row();
    Some(match body {
        ItemBody::Message { author, text, mood, moved, sources, beside, stands, files, other, .. } => {
            let (who, name) = match author {
                Author::Customer => {
                    let first = row.map_or_else(|| Clean::fixed("customer"), |row| row.name.one_line());
                    (clean!("{}", first.as_str().split(' ').next().unwrap_or_default()), Token::Customer)
                }
                Author::Agent(agent) => (Clean::from(agent), Token::Agent),
                Author::Operator(operator) => (you(model, operator), Token::Operator),
                Author::House => (Clean::fixed("house"), Token::House),
            };
            let other = if let Some(InOther::Said(other)) = other { Some(other) } else { None };
            let mut tail = how(*stands, *mood, sources.len());
            if *beside {
                tail.push(piece(Token::Operator, "beside the holder"));
            }
            if other.is_some() && *author != Author::Customer {
                tail.push(piece(Token::Dim, " translated"));
            }
            let ink = if *author == Author::Customer { Token::Customer } else { Token::Base };
            Said { who, name, words: text, ink, moved, tail, files, other }
        }
        ItemBody::House { text, .. } => {
            Said::plain(Clean::fixed("house"), (Token::House, Token::House), text, Vec::new())
        }
        ItemBody::Whisper { operator, text, lasting, to } => {
            let for_long = if *lasting { " for good" } else { "" };
            let to = to.as_ref().map(|to| clean!(" to {}", you(model, to))).unwrap_or_default();
            let tail = vec![piece(Token::Whisper, clean!("whisper{to}{for_long}"))];
            Said::plain(you(model, operator), (Token::Whisper, Token::Dim), text, tail)
        }
        ItemBody::Note { operator, text } => {
            let tail = vec![piece(Token::Note, "note")];
            Said::plain(you(model, operator), (Token::Note, Token::Dim), text, tail)
        }
        // What went out is read where it stands.
        ItemBody::Held { operator, text, fate: fate @ (HeldFate::Waits | HeldFate::Unsent(_)), .. } => {
            let tail = if *fate == HeldFate::Waits { vec![piece(Token::Dim, fate.words())] } else { Vec::new() };
            Said::plain(you(model, operator), (Token::Operator, Token::Dim), text, tail)
        }
        // What went out in other words, or waits, is read in its own.
        ItemBody::Draft { agent, text, end: end @ (None | Some(DraftFate::Settled(DraftEnd::Edited))), by, .. } => {
            let by = by.as_ref().map(|by| you(model, by)).unwrap_or_default();
            let tail = if end.is_none() { clean!("draft waits for a person") } else { clean!("draft, edited by {by}") };
            let tail = vec![piece(Token::Need, tail)];
            Said::plain(Clean::from(agent), (Token::Agent, Token::Dim), text, tail)
        }
        ItemBody::Routed(_)
        | ItemBody::Draft { .. }
        | ItemBody::Passed { .. }
        | ItemBody::HandedOff { .. }
        | ItemBody::HandoffDeclined { .. }
        | ItemBody::Circled { .. }
        | ItemBody::Consulted { .. }
        | ItemBody::Panel { .. }
        | ItemBody::Overruled { .. }
        | ItemBody::Tool { .. }
        | ItemBody::Escalated { .. }
        | ItemBody::Approval { .. }
        | ItemBody::Withheld { .. }
        | ItemBody::Held { fate: HeldFate::Translated, .. }
        | ItemBody::Failed { .. }
        | ItemBody::Milestone { .. } => return None,
    })
}

/// How a message stands to others, in which mood, and on how many articles it rests.
fn how(stands: Stands, mood: Option<Score>, sources: usize) -> Vec<Piece> {
    let mut tail = Vec::new();
    match stands {
        Stands::Alone => {}
        Stands::Edits { .. } => tail.push(piece(Token::Dim, "edited ")),
        Stands::Unheard => tail.push(piece(Token::Need, "blocked, not answered ")),
        Stands::Repeats { .. } => tail.push(piece(Token::Dim, "sent twice ")),
    }
    if let Some(mood) = mood {
        tail.push(piece(mood_token(mood), clean!("{}", level(mood))));
    }
    if sources > 0 {
        tail.push(piece(Token::Dim, clean!("[{sources}]")));
    }
    tail
}

pub(super) fn you(model: &Model, operator: &OperatorName) -> Clean {
    if Some(operator) == model.me() { Clean::fixed("you") } else { Clean::from(operator) }
}

fn message(model: &Model, item: &Item, said: &Said<'_>, width: usize) -> Vec<Strip> {
    let lead = lead(model, width);
    // A mood stands at the right of every customer's text, so that its column is never written into.
    let room = width.saturating_sub(lead + 3);
    let other = said.other.filter(|_| room >= BESIDE_MIN);
    let column = if other.is_some() { (room - BETWEEN.chars().count()) / 2 } else { room };
    let lines = moved::marked(said.words, cut(said.words, column), said.moved, said.ink);
    let mut lines = match other {
        Some(other) => beside(lines, cut(other, column), column),
        None => lines,
    };
    if said.words.is_empty() && !said.files.is_empty() {
        lines.clear();
    }
    for file in said.files {
        // How it stands with the scanner is read whole, however narrow the pane.
        let (told, _) = wrap(&clean!("▤ {}", file.line()), room, LINES_MAX);
        lines.extend(told.into_iter().map(|line| vec![piece(file_token(file), line)]));
    }
    let tail = cells(&said.tail);
    // What stands behind the words gets a line of its own where it does not fit.
    if tail > 1 && lines.last().is_some_and(|line| cells(line) + tail > room) {
        lines.push(Vec::new());
    }
    let time = hours_minutes(item.at, &model.zone);
    let n = lines.len();
    let strips = lines.into_iter().enumerate().map(|(at, line)| {
        let mut pieces = if at == 0 {
            let who = fit(&said.who.truncated(lead - TIME - 1), lead - TIME);
            vec![piece(Token::Dim, clean!(" {time} ")), piece(said.name, who)]
        } else {
            vec![piece(Token::Base, indent(lead))]
        };
        pieces.extend(line);
        let strip = Strip::of(pieces);
        if at + 1 == n && tail > 0 {
            let mut tail = said.tail.clone();
            tail.push(piece(Token::Base, " "));
            strip.right(tail)
        } else {
            strip
        }
    });
    strips.collect()
}

/// The lines of a text, and how many more there are.
fn cut(words: &Clean, width: usize) -> Vec<Clean> {
    let (mut lines, more) = wrap(words, width, LINES_MAX);
    if more > 0 {
        lines.push(clean!("… {more} more lines, o opens all"));
    }
    lines
}

fn cells(pieces: &[Piece]) -> usize {
    pieces.iter().map(|piece| piece.text.cells()).sum()
}

/// Two languages side by side: the customer's to the left, that of the house to the right.
fn beside(mut lines: Vec<Vec<Piece>>, other: Vec<Clean>, column: usize) -> Vec<Vec<Piece>> {
    lines.resize_with(lines.len().max(other.len()), Vec::new);
    let mut other = other.into_iter();
    for line in &mut lines {
        let gap = column.saturating_sub(cells(line));
        line.extend([piece(Token::Base, indent(gap)), piece(Token::Faint, BETWEEN)]);
        line.extend(other.next().map(|words| piece(Token::Dim, words)));
    }
    lines
}

/// What is below the words of the other language: all of it in a narrow pane, else why there is none.
fn in_other(body: &ItemBody, lead: usize, width: usize) -> Vec<Strip> {
    let room = width.saturating_sub(lead + 3);
    let (token, words) = if let ItemBody::Message { author, other: Some(other), .. } = body {
        let token = match other {
            InOther::Said(_) if room >= BESIDE_MIN => return Vec::new(),
            InOther::Said(_) | InOther::Waits => Token::Dim,
            InOther::Missing(_) => Token::Need,
        };
        (token, other.words(author))
    } else if let ItemBody::Held { fate: fate @ HeldFate::Unsent(_), .. } = body {
        let taken_up = if *fate == HeldFate::Unsent(None) { "" } else { "; `:untranslated` takes it up as it is" };
        (Token::Need, clean!("{}{taken_up}", fate.words()))
    } else {
        return Vec::new();
    };
    let lines = cut(&words, room).into_iter();
    lines.map(|line| Strip::of([piece(Token::Base, indent(lead)), piece(token, line)])).collect()
}

/// A file that may be opened is told from one that may not by colour too.
const fn file_token(file: &FileRow) -> Token {
    match (file.open, file.scan) {
        (true, _) => Token::Accent,
        (false, Scan::Refused) => Token::Breach,
        (false, Scan::Waits | Scan::Clean | Scan::Unknown(_) | Scan::None) => Token::Need,
    }
}

/// Something that was decided or done, on one line behind a `~`.
fn happened(model: &Model, body: &ItemBody, width: usize) -> Vec<Strip> {
    let (token, text, key) = line(model, body);
    let lead = HAPPENED;
    let room = width.saturating_sub(lead.len() + key.cells() + 2);
    let left = [piece(Token::Faint, lead), piece(token, text.one_line().truncated(room))];
    let strip = Strip::of(left);
    vec![if key.is_empty() { strip } else { strip.right([piece(Token::Key, clean!(" {key} "))]) }]
}

/// What happened in one line, and the key that shows more.
fn line(model: &Model, body: &ItemBody) -> (Token, Clean, Clean) {
    let plain = |token, text| (token, text, Clean::default());
    match body {
        ItemBody::Routed(decision) => (Token::Dim, decision_line(decision), Clean::fixed("e why")),
        ItemBody::Passed { from, to, reason, note, .. } => {
            let note = note.as_ref().map(|note| clean!(", with a note: {}", note.one_line())).unwrap_or_default();
            plain(Token::Dim, clean!("{}{note}", pass(model, from, to, *reason)))
        }
        ItemBody::HandedOff { from, to, omissions } => {
            let text = clean!("handoff {from} > {to}, {}", receipt(omissions));
            plain(if omissions.is_empty() { Token::Dim } else { Token::Need }, text)
        }
        ItemBody::HandoffDeclined { to, reason } => {
            plain(Token::Need, clean!("handoff to {to} declined: {}", decline_word(*reason)))
        }
        ItemBody::Overruled { agent, won, lost, .. } => {
            (Token::Whisper, clean!("{} counts more than {} of {agent}", won.words(), lost.words()), Clean::fixed("d"))
        }
        ItemBody::Consulted { by, whom, question, fate, answer } => {
            let (token, said) = advice(*fate, answer.as_ref());
            plain(token, clean!("{by} asks {whom}: {} > {said}", question.one_line()))
        }
        ItemBody::Panel { by, question, voices, verdict } => together((by, question), voices, verdict.as_ref()),
        ItemBody::Circled { circle, then } => {
            plain(Token::Need, clean!("in a circle: {}; {}", circle.words(), then.words()))
        }
        ItemBody::Tool { tool, ask, state, outcome, .. } => {
            let (token, word) = match state {
                ToolState::Pending => (Token::Dim, "waits"),
                ToolState::Started => (Token::Dim, "runs"),
                ToolState::Done => (Token::Dim, ""),
                ToolState::Declined => (Token::Need, "said no"),
                ToolState::Failed => (Token::Breach, "failed"),
                ToolState::Unknown => (Token::Breach, "nobody knows whether it happened"),
                ToolState::Refused => (Token::Need, "not allowed"),
            };
            let gap = if word.is_empty() || outcome.is_empty() { "" } else { ": " };
            plain(token, clean!("tool  {tool} {ask} > {word}{gap}{outcome}"))
        }
        ItemBody::Escalated { trigger, severity, .. } => {
            let grave = match severity {
                Severity::Normal => "",
                Severity::High => ", high",
                Severity::Critical => ", critical",
            };
            (Token::Need, clean!("a human is called: {}{grave}", trigger_word(*trigger)), Clean::fixed("e why"))
        }
        ItemBody::Approval { about, verdict: None, .. } => {
            (Token::Need, clean!("waits for a person: {about}"), Clean::fixed("A decide"))
        }
        ItemBody::Approval { about, verdict: Some(verdict), by, overtaken, .. } => {
            let (token, said) = settled(model, *verdict, by.as_ref(), *overtaken);
            plain(token, clean!("{said}: {about}"))
        }
        ItemBody::Withheld { agent, reason, .. } => {
            (Token::Need, clean!("withheld a draft of {agent}: {}", withheld_word(*reason)), Clean::fixed("d"))
        }
        ItemBody::Draft { agent, end, by, reason, .. } => {
            let (token, said) = draft(model, *end, by.as_ref(), reason.as_ref());
            (token, clean!("draft of {agent} {said}"), Clean::fixed("d"))
        }
        ItemBody::Failed { agent, text } => plain(Token::Breach, clean!("{agent} failed: {text}")),
        ItemBody::Milestone { text } => plain(Token::Accent, text.clone()),
        ItemBody::Held { operator, to, .. } => plain(Token::Dim, went_out(&you(model, operator), *to)),
        ItemBody::Message { text, .. }
        | ItemBody::House { text, .. }
        | ItemBody::Whisper { text, .. }
        | ItemBody::Note { text, .. } => plain(Token::Dim, text.clone()),
    }
}

fn went_out(who: &Clean, to: Language) -> Clean {
    clean!("what {who} wrote was translated into {}", to.short())
}

/// What became of a draft, by whom and why.
fn draft(model: &Model, end: Option<DraftFate>, by: Option<&OperatorName>, reason: Option<&Clean>) -> (Token, Clean) {
    let by = by.map(|by| clean!(" by {}", you(model, by))).unwrap_or_default();
    let reason = reason.map(|reason| clean!(": {reason}")).unwrap_or_default();
    let dropped = matches!(end, Some(DraftFate::Settled(DraftEnd::Dropped)));
    (if dropped { Token::Need } else { Token::Dim }, clean!("{}{by}{reason}", fate_word(end)))
}

/// Who was asked together, what, and whose word counts.
fn together(
    (by, question): (&AgentName, &Clean),
    voices: &[Voice],
    verdict: Option<&PanelVerdict>,
) -> (Token, Clean, Clean) {
    let end = verdict.map_or_else(|| Clean::fixed("the answers are awaited"), PanelVerdict::words);
    let calm = verdict.is_none_or(|verdict| verdict.decision.lost.is_empty());
    let asked: Vec<&str> = voices.iter().map(|voice| voice.agent.as_str()).collect();
    let said = clean!("{by} asks {}: {} > {end}", asked.join(", "), question.one_line());
    (if calm { Token::Dim } else { Token::Need }, said, Clean::fixed("e why"))
}

/// What came of a question to another specialist.
fn advice(fate: ConsultFate, answer: Option<&Clean>) -> (Token, Clean) {
    let token = if matches!(fate, ConsultFate::Answered | ConsultFate::Waits) { Token::Dim } else { Token::Need };
    let answer = answer.map(Clean::one_line).unwrap_or_default();
    let gap = if answer.is_empty() || fate.words().is_empty() { "" } else { ": " };
    (token, clean!("{}{gap}{answer}", fate.words()))
}

/// How a question to a person ended, or what overtook it.
fn settled(
    model: &Model,
    verdict: Verdict,
    by: Option<&OperatorName>,
    overtaken: Option<WithheldReason>,
) -> (Token, Clean) {
    match overtaken {
        Some(why) => (Token::Need, clean!("not decided, {}", withheld_word(why))),
        None => (Token::Dim, outcome_of_approval(model, verdict, by)),
    }
}

/// `billing .82 (returns .11)`.
pub fn decision_line(decision: &RoutingDecision) -> Clean {
    let score = decision.winner().map(|winner| winner.score).unwrap_or_default();
    let other = decision.candidates.iter().find(|candidate| candidate.agent != decision.chosen);
    let other = other.map(|other| format!(" ({} {})", other.agent, other.score)).unwrap_or_default();
    clean!("routed > {} {score}{other}", decision.chosen)
}

fn pass(model: &Model, from: &Holder, to: &Holder, reason: PassReason) -> Clean {
    let name = |holder: &Holder| match holder {
        Holder::Operator(operator) => you(model, operator),
        Holder::Queue(queue) => clean!("line {queue}"),
        Holder::Agent(_) | Holder::Nobody => clean!("{holder}"),
    };
    let (from, to) = (name(from), name(to));
    match reason {
        PassReason::Opened => clean!("{to} begins"),
        PassReason::Handoff(_) => clean!("{from} > {to}: handed off"),
        PassReason::TakenOver => clean!("{from} > {to}: taken over"),
        PassReason::Undone => clean!("{from} > {to}: takeover undone"),
        PassReason::HandedBack => clean!("{from} > {to}: handed back"),
        PassReason::Moved => clean!("{from} > {to}: moved"),
        PassReason::Escalated(_) => clean!("{from} > {to}: waits for a human"),
        PassReason::OfferTaken(_) => clean!("{from} > {to}: offer taken"),
        PassReason::Given(_) => clean!("{from} > {to}: given"),
        PassReason::HolderGone => clean!("{from} > {to}: {from} went away"),
        PassReason::LineLeft => clean!("{from} > {to}: the customer waits no longer"),
        PassReason::LeftAlone(_) => clean!("{from} > {to}: {from} left the customer waiting"),
        PassReason::HolderFailed => clean!("{from} > {to}: {from} could not go on"),
        PassReason::Ended => clean!("{from} let go: it is over"),
    }
}

/// What a receipt left out, in words.
pub fn receipt(omissions: &[Omission]) -> Clean {
    if omissions.is_empty() {
        return Clean::fixed("receipt whole");
    }
    let words: Vec<String> = omissions.iter().map(Omission::words).collect();
    clean!("receipt leaves out {}", words.join(", "))
}

const fn decline_word(reason: Option<DeclineReason>) -> &'static str {
    match reason {
        Some(DeclineReason::Full) => "it is full",
        Some(DeclineReason::NotAllowed) => "not allowed",
        Some(DeclineReason::PromiseDropped) => "it left out a promise",
        Some(DeclineReason::PingPong) => "the baton went back and forth",
        Some(DeclineReason::Declined) => "it said no",
        None => "no answer in time",
    }
}

const fn withheld_word(reason: WithheldReason) -> &'static str {
    match reason {
        WithheldReason::BatonPassed => "somebody else held the baton",
        WithheldReason::Superseded => "the customer said more",
        WithheldReason::Ended => "the conversation had ended",
        WithheldReason::Held => "its author was held",
        WithheldReason::Barged => "somebody wrote beside its author",
        WithheldReason::Gated => "a gate was set meanwhile",
        WithheldReason::Snoozed => "the conversation was put to sleep",
        WithheldReason::NotDone => "what it announces was not done",
        WithheldReason::Guarded => "a guardrail stopped it",
        WithheldReason::Circle => "it only does again what was done",
    }
}

const fn fate_word(end: Option<DraftFate>) -> &'static str {
    match end {
        None => "waits for a person",
        Some(DraftFate::Settled(DraftEnd::Sent)) => "sent",
        Some(DraftFate::Settled(DraftEnd::Edited)) => "sent in other words",
        Some(DraftFate::Settled(DraftEnd::Dropped)) => "dropped",
        Some(DraftFate::Settled(DraftEnd::Fused)) => "sent, since nobody looked in time",
        Some(DraftFate::Withheld(reason)) => withheld_word(reason),
    }
}

/// How an approval ended, in words.
pub fn outcome_of_approval(model: &Model, verdict: Verdict, by: Option<&OperatorName>) -> Clean {
    let by = by.map(|by| format!(" by {}", you(model, by))).unwrap_or_default();
    match verdict {
        Verdict::Approved => clean!("approved{by}"),
        Verdict::Rejected => clean!("rejected{by}"),
        Verdict::Expired => clean!("nobody answered in time, so no"),
        Verdict::Withdrawn => clean!("not needed any more"),
    }
}

/// How a conversation ended, in words.
pub const fn disposition_word(disposition: Disposition) -> &'static str {
    match disposition {
        Disposition::Solved => "solved",
        Disposition::Answered => "answered",
        Disposition::Unsolved => "unsolved",
        Disposition::Abandoned => "abandoned",
        Disposition::OutOfScope => "out of scope",
    }
}

/// An entry whole: every line of its words, and what is known beside them.
pub fn full(model: &Model, item: &Item, width: usize) -> Vec<Strip> {
    let mut strips = if let Some(said) = said(model, &item.body) {
        let time = hours_minutes(item.at, &model.zone);
        let mut head = vec![piece(Token::Dim, clean!(" {time} ")), piece(said.name, said.who.clone())];
        head.push(piece(Token::Base, " "));
        head.extend(said.tail.clone());
        let (lines, _) = wrap(said.words, width.saturating_sub(2), usize::MAX);
        let words = moved::marked(said.words, lines, said.moved, said.ink).into_iter();
        let words = words.map(|line| Strip::of([vec![piece(Token::Base, " ")], line].concat()));
        std::iter::once(Strip::of(head)).chain(words).collect()
    } else {
        let (token, text, _) = line(model, &item.body);
        let (lines, _) = wrap(&text, width.saturating_sub(2), usize::MAX);
        lines.into_iter().map(|line| Strip::of([piece(Token::Base, " "), piece(token, line)])).collect::<Vec<_>>()
    };
    if let ItemBody::Message { author, other: Some(other), .. } = &item.body {
        let (lines, _) = wrap(&other.words(author), width.saturating_sub(2), usize::MAX);
        strips.extend(lines.into_iter().map(|line| Strip::of([piece(Token::Base, " "), piece(Token::Dim, line)])));
    }
    strips.extend(whispered::whole(model, &item.body, width));
    if let Some(read) = moved::of(item) {
        let mut pieces = vec![piece(Token::Dim, " mood "), moved::path(None, read.level), piece(Token::Dim, " ")];
        pieces.extend(read.why());
        strips.push(Strip::of(pieces));
    }
    if let ItemBody::Message { sources, intent, slots, files, .. } = &item.body {
        for (file, number) in files.iter().zip(1..) {
            let hint = if file.open { "  o opens it" } else { "" };
            let hint = if files.len() > 1 && file.open {
                clean!("  o opens {number} of {}", files.len())
            } else {
                Clean::fixed(hint)
            };
            let line = piece(file_token(file), clean!(" ▤ {}", file.line()));
            strips.push(Strip::of([line, piece(Token::Key, hint)]));
        }
        if let Some((intent, confidence)) = intent {
            strips.push(Strip::of([piece(Token::Dim, clean!(" about {intent} {confidence}"))]));
        }
        for (kind, value) in slots {
            strips
                .push(Strip::of([piece(Token::Dim, clean!(" {} ", kind.words())), piece(Token::Base, value.clone())]));
        }
        strips.extend(sources.iter().zip(1..).map(|(source, n)| {
            Strip::of([piece(Token::Dim, clean!(" [{n}] ")), piece(Token::House, source.one_line())])
        }));
    }
    strips
}
