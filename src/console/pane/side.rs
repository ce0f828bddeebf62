//! The side panel of the open conversation: customer, pack, why, mood, clocks.

use super::strip::{Piece, Strip, bar, calm, fit, left, mood_token, path, piece, wrap};
use super::transcript::mood_of;
use crate::console::model::clock::{day, day_and_time, hours_minutes};
use crate::console::model::{Model, Pane, SidePage};
use crate::console::theme::Token;
use crate::domain::clock::ClockKind;
use crate::domain::conversation::Priority;
use crate::domain::id::{ConversationId, SlotName};
use crate::domain::routing::{Candidate, Factor};
use crate::domain::score::Score;
use crate::domain::text::Clean;
use crate::domain::time::Millis;
use crate::protocol::row::{ConversationRow, OwedRow, Waiting};
use crate::protocol::transcript::{Detail, OutlookCard};

/// Moods shown as a path.
const MOODS: usize = 12;
/// A chance below this is not worth a line.
const LIKELY: Score = Score::from_percent(10);
/// Lines of what was said in a conversation that is over.
const BESIDE_LINES: usize = 2;
/// Cells of the words at the left of each line.
const LABEL: usize = 7;

/// The side panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SideView {
    /// Its lines.
    pub strips: Vec<Strip>,
}

impl SideView {
    /// The panel in so many cells.
    pub fn of(model: &Model, width: u16, height: u16) -> Self {
        let strips = match model.side {
            SidePage::People => super::people::PeopleView::of(model, width).strips,
            SidePage::Customer | SidePage::Hidden => customer(model, usize::from(width)),
        };
        Self::scrolled(model, strips, height)
    }

    /// What is known of the customer and the matter, whatever page is chosen.
    pub fn customer(model: &Model, width: u16, height: u16) -> Self {
        Self::scrolled(model, customer(model, usize::from(width)), height)
    }

    /// Scrolled no further than to its last line.
    fn scrolled(model: &Model, strips: Vec<Strip>, height: u16) -> Self {
        let top = model.side_top.min(strips.len().saturating_sub(usize::from(height)));
        let mut strips: Vec<Strip> = strips.into_iter().skip(top).take(usize::from(height)).collect();
        if let Some(first) = strips.first_mut().filter(|_| model.pane == Pane::Side) {
            first.left.iter_mut().skip(1).for_each(|piece| piece.token = Token::Accent);
        }
        Self { strips }
    }
}

fn title(text: &'static str) -> Strip {
    Strip::rule([piece(Token::Dim, text)])
}

/// `goal   refund`, in as many lines as it needs.
fn fact(label: &'static str, value: &Clean, token: Token, width: usize) -> Vec<Strip> {
    let (lines, _) = wrap(value, width.saturating_sub(LABEL + 2), 3);
    let label = |at: usize| if at == 0 { clean!(" {label:LABEL$}") } else { clean!(" {:LABEL$}", "") };
    lines
        .into_iter()
        .enumerate()
        .map(|(at, line)| Strip::of([piece(Token::Dim, label(at)), piece(token, line)]))
        .collect()
}

fn customer(model: &Model, width: usize) -> Vec<Strip> {
    let Some(row) = model.row() else { return vec![title("CUSTOMER")] };
    let detail = model.scene().open.as_ref().filter(|open| open.id == row.id).and_then(|open| open.detail.as_deref());
    let mut strips = vec![title("CUSTOMER")];
    let tier = row.tier.word();
    let proof = if row.verified { piece(Token::Good, "verified") } else { piece(Token::Need, "not verified") };
    strips.push(Strip::of([piece(Token::Base, clean!(" {tier} · ")), proof]));
    if let Some(until) = row.blocked {
        strips.push(Strip::of([piece(Token::Breach, clean!(" blocked until {}", day_and_time(until, &model.zone)))]));
    }
    strips.extend(desk(model, row, detail, width));
    let Some(detail) = detail else { return strips };
    let before = match detail.earlier {
        0 => Clean::fixed(" 1st contact"),
        n => clean!(" {n} earlier"),
    };
    let since = hours_minutes(detail.opened, &model.zone);
    strips.push(Strip::of([piece(Token::Dim, clean!("{before} · since {since}"))]));
    strips.extend(beside(model, row.id, width));
    strips.extend(pack(model, detail, width));
    strips.extend(why(detail, width));
    strips.push(title("MOOD"));
    strips.push(mood(row));
    let said = model.scene().open.as_ref().and_then(|open| open.items.values().rev().find_map(mood_of));
    if let Some(feels) = said.map(|read| read.emotion).filter(|emotion| !emotion.is_neutral()) {
        strips.extend(fact("feels", &Clean::fixed(feels.word()), Token::Base, width));
    }
    strips.extend(expected(&detail.outlook, width));
    strips.extend(clocks(model, row, detail, width));
    strips
}

/// What conversations that are over came to: the customer's own, and what settled others.
fn beside(model: &Model, id: ConversationId, width: usize) -> Vec<Strip> {
    let page = model.beside.page_of(id);
    let Some(page) = Some(page).filter(|page| !page.is_empty() && !model.is_past()) else { return Vec::new() };
    let mut strips = vec![Strip::rule([piece(Token::Dim, "BEFORE")]).right([piece(Token::Key, " / in a reply ")])];
    for passage in page {
        let name = clean!(" {} · {}", passage.about, passage.name);
        strips.push(Strip::of([piece(Token::Dim, fit(&name, width))]));
        let (lines, _) = wrap(&passage.text, width.saturating_sub(3), BESIDE_LINES);
        strips.extend(lines.into_iter().map(|line| Strip::of([piece(Token::Base, clean!("  {line}"))])));
    }
    strips
}

/// What people arranged: priority, labels, a sleep.
fn desk(model: &Model, row: &ConversationRow, detail: Option<&Detail>, width: usize) -> Vec<Strip> {
    let mut strips = Vec::new();
    if let Some(priority) = row.set_priority {
        let token = if priority > Priority::Normal { Token::Need } else { Token::Dim };
        strips.extend(fact("prio", &Clean::fixed(priority.word()), token, width));
    }
    if !row.labels.is_empty() {
        let labels = row.labels.iter().map(|label| format!("#{label}")).collect::<Vec<_>>().join(" ");
        strips.extend(fact("labels", &Clean::shown(&labels), Token::Accent, width));
    }
    if let Some(sleep) = detail.and_then(|detail| detail.snoozed.as_ref()) {
        let why = sleep.reason.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        let until = day_and_time(sleep.until, &model.zone);
        strips.extend(fact("sleeps", &clean!("until {until}, by {}{why}", sleep.by), Token::Note, width));
    }
    strips
}

fn pack(model: &Model, detail: &Detail, width: usize) -> Vec<Strip> {
    let (state, token) = match &detail.omissions {
        None => (Clean::default(), Token::Dim),
        Some(missing) if missing.is_empty() => (Clean::fixed("receipt ok"), Token::Good),
        Some(missing) => (clean!("{} left out", missing.len()), Token::Need),
    };
    let mut strips = vec![Strip::rule([piece(Token::Dim, "PACK")])];
    if let Some(head) = strips.first_mut().filter(|_| !state.is_empty()) {
        head.right = vec![piece(token, clean!(" {state} "))];
    }
    let goal = detail.objective.as_ref().map_or_else(|| Clean::fixed("not clear yet"), Clean::from);
    strips.extend(fact("goal", &goal, Token::Base, width));
    // What tools gave stands in the transcript; here is what the customer said.
    let told = detail.slots.iter().filter(|(slot, _)| !slot.as_str().contains('.'));
    for ((slot, value), label) in told.zip(std::iter::once("slots").chain(std::iter::repeat(""))) {
        strips.extend(fact(label, &clean!("{slot} {}", value.one_line()), Token::Base, width));
    }
    if let Some(note) = &detail.note {
        strips.extend(fact("note", &note.one_line(), Token::Note, width));
    }
    if !detail.open_questions.is_empty() {
        let asked: Vec<&str> = detail.open_questions.iter().map(SlotName::as_str).collect();
        strips.extend(fact("asked", &clean!("{}", asked.join(", ")), Token::Need, width));
    }
    if !detail.tried.is_empty() {
        let tried: Vec<String> =
            detail.tried.iter().map(|(tool, worked)| format!("{tool}{}", if *worked { "" } else { " (no)" })).collect();
        strips.extend(fact("tried", &clean!("{}", tried.join(", ")), Token::Base, width));
    }
    strips.extend(detail.promises.iter().flat_map(|owed| promise(model, owed, width)));
    if detail.apologies > 0 || detail.compensation.is_some() {
        let money = detail.compensation.map(|money| format!(", {money}")).unwrap_or_default();
        let word = if detail.apologies == 1 { "apology" } else { "apologies" };
        strips.extend(fact("given", &clean!("{} {word}{money}", detail.apologies), Token::Base, width));
    }
    if let Some(cost) = detail.cost.filter(|cost| cost.micros > 0) {
        strips.extend(fact("models", &clean!("{cost}"), Token::Dim, width));
    }
    for whisper in &detail.whispers {
        strips.extend(fact("told", &whisper.one_line(), Token::Whisper, width));
    }
    strips
}

/// What is owed, by when, since when, and by whom if somebody was named for it.
fn promise(model: &Model, owed: &OwedRow, width: usize) -> Vec<Strip> {
    let now = model.now();
    let by = owed.due.map(|due| {
        let today = day(due, &model.zone) == day(now, &model.zone);
        let when = hours_minutes(due, &model.zone);
        if today { format!(" by {when}") } else { format!(" by {} {when}", day(due, &model.zone)) }
    });
    let age = owed.since.map(|since| format!(" · {}", calm(now.since(since)))).unwrap_or_default();
    let who = owed.owner.operator().filter(|_| owed.carried).map(|who| format!(", {who} keeps it")).unwrap_or_default();
    let token = if owed.breached { Token::Breach } else { Token::Base };
    let word = if owed.breached { "LATE" } else { "owed" };
    fact(word, &clean!("{}{}{age}{who}", owed.text.one_line(), by.unwrap_or_default()), token, width)
}

/// Who was chosen and by how much; the terms of the choice.
fn why(detail: &Detail, width: usize) -> Vec<Strip> {
    let Some(decision) = &detail.decision else { return Vec::new() };
    let head = Strip::rule([piece(Token::Dim, clean!("WHY {}", decision.chosen))]).right([piece(Token::Key, " e ")]);
    let mut strips = vec![head];
    strips.extend(decision.candidates.iter().take(3).map(|candidate| scored(candidate, width)));
    if let Some(winner) = decision.winner() {
        let terms: Vec<Piece> = winner
            .contributions
            .iter()
            .filter(|term| shows(term.score))
            .map(|term| {
                let token = if term.score.0 < 0 { Token::Need } else { Token::Dim };
                piece(token, clean!(" {:<7}{:<5}", factor_word(term.factor), signed(term.score)))
            })
            .collect();
        let per_line = (width / 13).max(1);
        strips.extend(terms.chunks(per_line).map(|line| Strip::of(line.to_vec())));
    }
    strips
}

/// `billing ▇▇▇▇▇▇▇▇ .82`.
pub fn scored(candidate: &Candidate, width: usize) -> Strip {
    let name = fit(&Clean::from(&candidate.agent), LABEL + 3);
    let cells = width.saturating_sub(LABEL + 3 + 8).clamp(4, 12);
    let part = u64::try_from(candidate.score.0).unwrap_or_default();
    Strip::of([
        piece(Token::Agent, clean!(" {name} ")),
        piece(Token::Agent, bar(part, 10_000, cells)),
        piece(Token::Base, clean!(" {}", candidate.score)),
    ])
}

/// What speaks for or against an agent, in one word.
pub const fn factor_word(factor: Factor) -> &'static str {
    match factor {
        Factor::Intent => "intent",
        Factor::Expertise => "skill",
        Factor::Load => "load",
        Factor::Tier => "tier",
        Factor::Mood => "mood",
        Factor::Continuity => "known",
        Factor::Generalist => "sorts",
        Factor::Words => "words",
        Factor::Complexity => "length",
        Factor::Language => "lang",
        Factor::Past => "past",
    }
}

/// Whether anything is left of a score at two places: `-.00` tells nobody anything.
pub const fn shows(score: Score) -> bool {
    score.0.abs() >= 50
}

/// `+.61`, `-.10`.
pub fn signed(score: Score) -> String {
    if score.0 < 0 { score.to_string() } else { format!("+{score}") }
}

fn mood(row: &ConversationRow) -> Strip {
    let trend = match (row.mood_path.len(), row.mood_path.first(), row.mood_path.last()) {
        (2.., Some(first), Some(last)) if last.0 < first.0 - 1_500 => " falling",
        (2.., Some(first), Some(last)) if last.0 > first.0 + 1_500 => " rising",
        _ => "",
    };
    Strip::of([
        piece(mood_token(row.mood), clean!(" {}", path(&row.mood_path, MOODS))),
        piece(mood_token(row.mood), clean!("  {}", row.mood)),
        piece(Token::Dim, clean!("{trend}")),
    ])
}

/// What is to be expected, each with how many cases tell.
fn expected(outlook: &OutlookCard, width: usize) -> Vec<Strip> {
    let mut strips = Vec::new();
    if let Some(chance) = outlook.escalates.filter(|chance| *chance >= LIKELY) {
        let token = if chance >= Score::from_percent(50) { Token::Need } else { Token::Base };
        strips.extend(fact("human", &clean!("needed soon {chance}"), token, width));
    }
    if let Some((span, of)) = outlook.handling {
        strips.extend(fact("takes", &clean!("{} ({of})", calm(span)), Token::Dim, width));
    }
    if let Some((chance, of)) = outlook.settles {
        strips.extend(fact("alone", &clean!("{chance} ({of})"), Token::Dim, width));
    }
    if let Some((chance, of)) = outlook.returns.filter(|(chance, _)| *chance >= LIKELY) {
        strips.extend(fact("back", &clean!("{chance} ({of})"), Token::Dim, width));
    }
    if let Some(opportunity) = &outlook.opportunity {
        strips.extend(fact("offer", &clean!("{opportunity}"), Token::Dim, width));
    }
    strips
}

/// What a clock runs for.
const fn clock_word(clock: ClockKind) -> &'static str {
    match clock {
        ClockKind::Human => "human due",
        ClockKind::FirstAnswer | ClockKind::NextAnswer => "answer due",
        ClockKind::Resolution => "settled by",
    }
}

fn clocks(model: &Model, row: &ConversationRow, detail: &Detail, width: usize) -> Vec<Strip> {
    let now = model.now();
    let mut strips = vec![title("CLOCKS")];
    for clock in &detail.clocks {
        let token = match (clock.due < now, clock.warned) {
            (true, _) => Token::Breach,
            (false, true) => Token::Need,
            (false, false) => Token::Base,
        };
        let word = clean!(" {:<13}", clock_word(clock.clock));
        strips.push(Strip::of([piece(Token::Dim, word), piece(token, clean!("{}", left(now, clock.due)))]));
    }
    if let (true, Waiting::Us(since)) = (detail.clocks.is_empty(), row.waiting) {
        strips.push(Strip::of([piece(Token::Dim, clean!(" quiet for {}", calm(now.since(since))))]));
    }
    let held = detail.held_ms;
    let parts = [("AI", held.agents), ("line", held.queues), ("human", held.people), ("customer", held.customer)];
    let spans: Vec<String> = parts
        .into_iter()
        .filter(|(_, held)| *held >= 1_000)
        .map(|(who, held)| format!("{who} {}", calm(Millis(held))))
        .collect();
    if !spans.is_empty() {
        strips.extend(fact("held", &clean!("{}", spans.join(" · ")), Token::Dim, width));
    }
    if let Some(rating) = detail.rating {
        strips.push(Strip::of([piece(Token::Base, clean!(" rated {rating} of 5"))]));
    }
    strips
}
