//! Sheets of rows: rules in force, what was learnt and corrected, and what is likely to need somebody.

use super::explain::{esc, signal_word};
use super::strip::{Strip, calm, piece, wrap};
use crate::console::model::Model;
use crate::console::model::clock::day_and_time;
use crate::console::model::lists::Corrected;
use crate::console::model::sheet::{Sheet, SheetKind};
use crate::console::theme::Token;
use crate::console::update::{about, receivers};
use crate::domain::id::{AgentName, Handle};
use crate::domain::learning::{AGREED_ENOUGH, RoutingRule};
use crate::domain::text::Clean;
use crate::protocol::learning::{Learned, LikelyRow};

/// Lines of one example; it is copied whole.
const EXAMPLE_LINES: usize = 2;

/// Lines of a list, and which of them belong to the marked row.
#[derive(Debug, Default)]
struct Lines {
    strips: Vec<Strip>,
    /// Rows so far.
    rows: usize,
    /// The last line of the marked row.
    marked: usize,
}

/// A list as a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListsView {
    /// Its lines: a head, then as many as fit, the marked row among them.
    pub strips: Vec<Strip>,
}

impl ListsView {
    /// The sheet in so many cells.
    pub fn of(model: &Model, sheet: &Sheet, width: u16, height: u16) -> Self {
        let width = usize::from(width);
        let mut lines = Lines::default();
        let title = match sheet.kind {
            SheetKind::Rules => rules(model, sheet, &mut lines),
            SheetKind::Likely => likely(model, sheet, &mut lines),
            SheetKind::Learn
            | SheetKind::Explain
            | SheetKind::Drafts
            | SheetKind::Help
            | SheetKind::Whole(_)
            | SheetKind::Palette(_) => learnt(model, sheet, width, &mut lines),
        };
        let asking = if model.lists.asked.is_some() { " asking …" } else { "" };
        let mut right = vec![piece(Token::Dim, asking)];
        right.extend(esc());
        let mut strips = vec![Strip::rule([piece(Token::Strong, title)]).right(right)];
        let room = usize::from(height).saturating_sub(1);
        // What stands before the first row is seen as long as that is marked.
        let top = if sheet.chosen == 0 { 0 } else { (lines.marked + 1).saturating_sub(room) };
        strips.extend(lines.strips.into_iter().skip(top).take(room));
        Self { strips }
    }
}

impl Lines {
    fn text(&mut self, token: Token, text: Clean) {
        self.strips.push(Strip::of([piece(Token::Base, " "), piece(token, text)]));
    }

    fn wrapped(&mut self, token: Token, text: &Clean, lead: usize, width: usize) {
        let (lines, _) = wrap(text, width.saturating_sub(lead + 1), EXAMPLE_LINES);
        let strip = |line| Strip::of([piece(Token::Base, clean!("{:lead$}", "")), piece(token, line)]);
        self.strips.extend(lines.into_iter().map(strip));
    }

    /// The head of a row; whether it is the marked one.
    fn row(&mut self, sheet: &Sheet, mut head: Strip) -> bool {
        let marked = self.rows == sheet.chosen;
        head.left.insert(0, piece(Token::Accent, if marked { "›" } else { " " }));
        self.strips.push(if marked { head.on(Token::Selected) } else { head });
        self.rows += 1;
        marked
    }

    /// The row that was begun last ends here.
    fn end(&mut self, marked: bool) {
        if marked {
            self.marked = self.strips.len().saturating_sub(1);
        }
    }
}

fn rules(model: &Model, sheet: &Sheet, lines: &mut Lines) -> Clean {
    let rules = model.lists.learned.as_ref().map(|page| &page.rules[..]).unwrap_or_default();
    for (rule, hits, agreed) in rules {
        let RoutingRule { id, agent, author, until, .. } = rule;
        let head = [piece(Token::Dim, clean!("{:<5}", id.to_string())), piece(Token::Base, about(rule))];
        let head = Strip::of(head).right([piece(Token::Agent, clean!(" > {agent} "))]);
        let marked = lines.row(sheet, head);
        let (made, ends) = (day_and_time(rule.made, &model.zone), day_and_time(*until, &model.zone));
        lines.text(Token::Dim, clean!("     by {author} {made}, until {ends}"));
        lines.text(Token::Dim, clean!("     {hits} hits · routing agrees {agreed} in a row of {AGREED_ENOUGH}"));
        lines.end(marked);
    }
    if rules.is_empty() && model.lists.asked.is_none() {
        lines.text(Token::Dim, Clean::fixed(" no rule is in force; R makes one, and :learn says which are worth it"));
    }
    clean!("RULES IN FORCE {}", rules.len())
}

fn likely(model: &Model, sheet: &Sheet, lines: &mut Lines) -> Clean {
    let rows = model.lists.likely.as_deref().unwrap_or_default();
    for row in rows {
        let holder = if row.reopens_until.is_some() { clean!("resolved") } else { clean!("{}", row.holder) };
        let head = Strip::of([
            piece(Token::Customer, row.name.one_line().truncated(18)),
            piece(Token::Dim, clean!(" {} ", row.handle)),
            piece(Token::Agent, holder),
        ]);
        let marked = lines.row(sheet, head.right([piece(Token::Need, clean!(" {} ", chances(model, row)))]));
        let why = why(model, row);
        if !why.is_empty() {
            lines.text(Token::Dim, clean!("   {why}"));
        }
        lines.end(marked);
    }
    if rows.is_empty() && model.lists.asked.is_none() {
        lines.text(Token::Dim, Clean::fixed(" nothing looks as if it needed somebody soon, or came back"));
    }
    clean!("LIKELY TO NEED SOMEBODY {}", rows.len())
}

/// `human .62 · due 4 m · back .31`.
fn chances(model: &Model, row: &LikelyRow) -> String {
    let now = model.floor_now();
    let due = row.due.map(|due| if due >= now { format!("due {}", calm(due.since(now))) } else { "late".to_owned() });
    let human = row.escalates.map(|chance| format!("human {chance}"));
    let back = row.returns.map(|chance| format!("back {chance}"));
    [human, due, back].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn why(model: &Model, row: &LikelyRow) -> String {
    let mostly = row.mostly.map(|signal| signal_word(signal).to_owned());
    let open = row.reopens_until.map(|until| format!("can come back until {}", day_and_time(until, &model.zone)));
    let offer = row.opportunity.as_ref().map(|offer| format!("offer: {offer}"));
    [mostly, open, offer].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn learnt(model: &Model, sheet: &Sheet, width: usize, lines: &mut Lines) -> Clean {
    let Some(page) = &model.lists.learned else { return Clean::fixed("LEARNT") };
    changed(model, page, width, lines);
    let mut headed = (false, false);
    for row in model.lists.corrected() {
        let (title, head) = match row {
            Corrected::Taker(row) => {
                let was = row.was.as_ref().map_or("nobody", |was| was.as_str());
                let intent = row.intent.as_ref().map(|intent| format!("  {intent}")).unwrap_or_default();
                let title = (!std::mem::replace(&mut headed.0, true)).then_some("CORRECTED THIS WEEK");
                (title, counted(row.times, clean!("{was} > {}", row.agent), &clean!("{intent}"), &row.handles))
            }
            Corrected::Matter(row) => {
                let was = row.was.as_ref().map_or("nothing", |was| was.as_str());
                let takers: Vec<&str> = row.takers.iter().map(AgentName::as_str).collect();
                let takers = if takers.is_empty() { "nobody takes it".to_owned() } else { takers.join(", ") };
                let title = (!std::mem::replace(&mut headed.1, true)).then_some("READ AS ANOTHER THING");
                (title, counted(row.times, clean!("{was} > {}", row.intent), &clean!("  {takers}"), &row.handles))
            }
        };
        lines.strips.extend(title.map(|title| Strip::rule([piece(Token::Dim, title)])));
        let marked = lines.row(sheet, head);
        if marked {
            examples(model, row, width, lines);
        }
        lines.end(marked);
    }
    if lines.rows == 0 {
        lines.text(Token::Dim, Clean::fixed("nothing was corrected this week; R says who should have had it"));
    }
    let since = if page.since.0 == 0 { "the beginning".to_owned() } else { day_and_time(page.since, &model.zone) };
    clean!("LEARNT SINCE {since}")
}

/// What changed by itself: lessons, how well they do, and thresholds that were moved.
fn changed(model: &Model, page: &Learned, width: usize, lines: &mut Lines) {
    lines.wrapped(Token::Base, &clean!("{} lessons; {}", page.lessons, page.held_back.words()), 1, width);
    for (signal, shift) in &page.signals {
        lines.text(Token::Dim, clean!("{}: weight moved by {shift}", signal_word(*signal)));
    }
    for moved in &page.moves {
        let at = day_and_time(moved.at, &model.zone);
        lines.wrapped(Token::Dim, &clean!("{at} {}", moved.words()), 1, width);
    }
}

/// ` 12 x billing > returns  refund      c-31 c-40`.
fn counted(times: u32, what: Clean, more: &Clean, handles: &[Handle]) -> Strip {
    let handles: Vec<String> = handles.iter().map(ToString::to_string).collect();
    let left = [piece(Token::Need, clean!("{times:>3} x ")), piece(Token::Base, what), piece(Token::Dim, more.clone())];
    Strip::of(left).right([piece(Token::Dim, clean!(" {} ", handles.join(" ")))])
}

/// What the marked correction would add to whose file, or why there is nothing to add.
fn examples(model: &Model, row: Corrected<'_>, width: usize, lines: &mut Lines) {
    if let Corrected::Matter(row) = row
        && row.takers.len() != 1
    {
        lines.wrapped(Token::Need, &receivers(row.takers.len(), row.intent.as_str()), 7, width);
        if row.takers.is_empty() {
            return;
        }
    }
    let Some(examples) = model.lists.examples(row) else {
        return lines.wrapped(Token::Dim, &Clean::fixed("none of its words can be read any more"), 7, width);
    };
    if examples.intent.is_none() {
        let none = clean!("no intent of {} is the one that was read: choose where they belong", examples.agent);
        lines.wrapped(Token::Need, &none, 7, width);
    }
    for (line, at) in examples.lines().iter().zip(0..) {
        let token = if at == 0 { Token::Dim } else { Token::Customer };
        lines.wrapped(token, &clean!("{}", line.trim()), 7, width);
    }
}
