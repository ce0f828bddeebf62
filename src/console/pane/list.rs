//! The rows of the floor in their sections. Only rows that are seen are built.

use super::strip::{Piece, Strip, calm, exact, fit, fit_right, left, level, mood_token, path, piece};
use super::who;
use crate::console::model::clock::day_and_time;
use crate::console::model::order::SECTIONS;
use crate::console::model::{Model, Pane};
use crate::console::theme::Token;
use crate::domain::baton::Holder;
use crate::domain::conversation::Phase;
use crate::domain::customer::Tier;
use crate::domain::escalation::Trigger;
use crate::domain::id::{ConversationId, OperatorName};
use crate::domain::text::Clean;
use crate::domain::time::Timestamp;
use crate::protocol::row::{ConversationRow, Need, NeedReason, Section, Waiting};

/// Cells of a name beside a transcript, and where the list has the whole width.
const NAME: (usize, usize) = (12, 22);
/// Cells of the narrowest list; each further one goes to the names, up to the widest.
const LIST: usize = 41;
/// Cells of the reason and of the intent in a roomy row.
const ABOUT: (usize, usize) = (22, 20);
/// Cells of the reason in a narrow row.
const WHY: usize = 15;
/// From this width on a list shows more of each row.
const ROOMY: u16 = 64;

/// From this width on a row has room for everybody who is at it.
const BROAD: u16 = 100;

/// The list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListView {
    /// Its lines.
    pub strips: Vec<Strip>,
    /// Which line shows which conversation.
    pub hits: Vec<(u16, ConversationId)>,
    /// Rows scrolled out above each section.
    pub tops: [usize; SECTIONS],
    /// Rows of the largest section.
    pub page: usize,
}

struct Builder<'a> {
    model: &'a Model,
    now: Timestamp,
    width: u16,
    view: ListView,
}

impl ListView {
    /// The list in so many cells.
    pub fn of(model: &Model, width: u16, height: u16) -> Self {
        let order = &model.order;
        let (watched, asleep) = (order.section(Section::Watched).len(), order.section(Section::Snoozed).len());
        // Who is watched and who sleeps need little room: a head and a few lines, and none while nobody is.
        let heads = 3 + usize::from(watched > 0) + usize::from(asleep > 0);
        let room = usize::from(height).saturating_sub(heads);
        let watch_cap = watched.min((room / 6).max(1)).min(room / 2);
        let sleep_cap = asleep.min((room / 6).max(1)).min(room / 2);
        let sections = [Section::NeedsYou, Section::Yours, Section::Live];
        let [needs, yours, live] =
            share(sections.map(|section| order.section(section).len()), room - watch_cap - sleep_cap);
        let sections = [
            (Section::NeedsYou, needs, true),
            (Section::Yours, yours, true),
            (Section::Watched, watch_cap, watched > 0),
            (Section::Live, live, true),
            (Section::Snoozed, sleep_cap, asleep > 0),
        ];
        let view = Self { strips: Vec::new(), hits: Vec::new(), tops: [0; SECTIONS], page: 1 };
        let mut builder = Builder { model, now: model.floor_now(), width, view };
        for ((section, cap, shown), at) in sections.into_iter().zip(0..) {
            if shown {
                builder.section(section, cap, at);
            }
        }
        builder.view
    }
}

/// How many lines each section gets: needs up to half, yours up to a quarter, live the rest; what
/// one does not use goes to the others.
fn share([needs, yours, live]: [usize; 3], room: usize) -> [usize; 3] {
    let yours_cap = yours.min((room / 4).max(2)).min(room);
    let live_least = live.min(room / 4);
    let needs_cap = needs.min(room.saturating_sub(yours_cap + live_least).max(room / 2)).min(room - yours_cap);
    let live_cap = live.min(room - yours_cap - needs_cap);
    let rest = room - yours_cap - needs_cap - live_cap;
    [needs_cap, yours.min(yours_cap + rest), live_cap]
}

impl Builder<'_> {
    fn section(&mut self, section: Section, cap: usize, at: usize) {
        self.head(section);
        let order = &self.model.order;
        let ids = order.section(section);
        let more = ids.len() > cap;
        let rows = if more { cap.saturating_sub(1) } else { cap };
        let chosen = self.model.selected.and_then(|id| ids.iter().position(|other| *other == id));
        let top = self.model.painted.tops.get(at).copied().unwrap_or_default();
        let top = top.min(ids.len().saturating_sub(rows));
        let top = chosen.map_or(top, |chosen| top.clamp((chosen + 1).saturating_sub(rows.max(1)), chosen));
        if let Some(slot) = self.view.tops.get_mut(at) {
            *slot = top;
        }
        self.view.page = self.view.page.max(rows);
        for id in ids.iter().skip(top).take(rows) {
            let y = self.view.strips.len() as u16;
            self.view.hits.push((y, *id));
            let strip = match self.model.live.picture.rows.get(id) {
                Some(_) if order.face(*id).is_some() => self.incident(*id),
                Some(row) => self.row(row, section),
                None => Strip::of([piece(Token::Dim, "   left the floor")]),
            };
            self.view.strips.push(self.marked(strip, *id));
        }
        if more && cap > 0 {
            let hidden = ids.len() - rows;
            let next = match section {
                Section::NeedsYou => " · n next",
                Section::Yours => " · m next",
                Section::Watched | Section::Live | Section::Snoozed => "",
            };
            let line = Strip::of([piece(Token::Dim, clean!("   {hidden} more{next}"))]);
            self.view.strips.push(if section == Section::Live {
                line.right([piece(Token::Key, "/"), piece(Token::Dim, " filter ")])
            } else {
                line
            });
        }
    }

    fn head(&mut self, section: Section) {
        let model = self.model;
        let n = model.order.section(section).len();
        let (title, right) = match section {
            Section::NeedsYou => {
                let token = if n > 0 { Token::Need } else { Token::Dim };
                (piece(token, clean!("NEEDS YOU {n}")), " wait   due ")
            }
            Section::Yours => {
                let me = model.me().and_then(|me| model.live.picture.operators.get(me));
                let of = me.map(|me| format!(" of {}", me.capacity)).unwrap_or_default();
                let token = if n > 0 { Token::Accent } else { Token::Dim };
                (piece(token, clean!("YOURS {n}{of}")), " they wait ")
            }
            Section::Watched => (piece(Token::Accent, clean!("WATCHED {n}")), ""),
            Section::Live => (piece(Token::Dim, clean!("LIVE {n}")), ""),
            Section::Snoozed => (piece(Token::Dim, clean!("SNOOZED {n}")), " wakes "),
        };
        let mut title = vec![title];
        let mut right = vec![piece(Token::Dim, right)];
        if section == Section::Live {
            right = vec![piece(Token::Dim, clean!(" sort {} ", model.sort.word()))];
            if let Some(incident) = model.filter.incident() {
                title.push(piece(Token::Key, clean!(" of {incident}, Esc")));
            } else if model.filter_line.1 || !model.filter.is_empty() {
                let cursor = if model.filter_line.1 { "▏" } else { "" };
                title.push(piece(Token::Key, clean!(" /{}{cursor}", model.filter_line.0.text())));
            }
        }
        self.view.strips.push(Strip::rule(title).right(right));
    }

    fn marked(&self, mut strip: Strip, id: ConversationId) -> Strip {
        if self.model.selected != Some(id) || self.model.is_past() {
            return strip;
        }
        if let Some(first) = strip.left.first_mut() {
            let mark = if self.model.pane == Pane::List { "›" } else { "·" };
            let rest: String = first.text.as_str().chars().skip(1).collect();
            *first = piece(first.token, clean!("{mark}{rest}"));
        }
        strip.on(Token::Selected)
    }

    fn name(&self, row: &ConversationRow) -> Clean {
        let cells = (NAME.0 + usize::from(self.width).saturating_sub(LIST)).min(NAME.1);
        let vip = if row.tier == Tier::Vip { " *" } else { "" };
        let name = row.name.one_line().truncated(cells - 1 - vip.len());
        fit(&clean!("{name}{vip}"), cells)
    }

    fn row(&self, row: &ConversationRow, section: Section) -> Strip {
        match (section, &row.need) {
            (Section::NeedsYou, Some(need)) => self.need(row, need),
            (Section::Yours, _) => self.yours(row),
            (Section::Snoozed, _) => self.asleep(row),
            (Section::NeedsYou | Section::Watched | Section::Live, _) => self.live(row),
        }
    }

    /// Who sleeps: with whom, and until when.
    fn asleep(&self, row: &ConversationRow) -> Strip {
        let until = match row.phase {
            Phase::Snoozed { until } => day_and_time(until, &self.model.zone),
            Phase::Live | Phase::Resolved { .. } | Phase::Closed => String::new(),
        };
        let mut pieces = vec![
            piece(Token::Dim, " ☾ "),
            piece(Token::Base, self.name(row)),
            piece(Token::Dim, self.column(clean!("{}", row.holder))),
        ];
        if self.width >= ROOMY {
            pieces.extend(self.about(row));
        }
        Strip::of(pieces).right([piece(Token::Dim, clean!("{until} "))])
    }

    fn need(&self, row: &ConversationRow, need: &Need) -> Strip {
        // Late for what is asked, or for the customer who waits meanwhile: the header counts both.
        let breached = [need.due, row.due].into_iter().flatten().any(|due| due < self.now);
        let (glyph, token) = match (&need.colleague, breached) {
            (Some(_), false) => ("△", Token::Dim),
            (_, true) => ("■", Token::Breach),
            (None, false) => ("▲", Token::Need),
        };
        let why = match &need.colleague {
            Some(colleague) => on_it(row, colleague),
            None => self.why(&need.why),
        };
        let mut pieces = vec![
            piece(token, clean!(" {glyph} ")),
            piece(Token::Customer, self.name(row)),
            piece(if need.colleague.is_some() { Token::Dim } else { Token::Base }, self.column(why)),
        ];
        if self.width >= ROOMY {
            pieces.extend(self.about(row));
        }
        let wait = fit_right(&Clean::shown(&exact(self.now.since(need.since))), 5);
        let due = need.due.map(|due| left(self.now, due)).unwrap_or_default();
        let due_token = if need.due.is_some_and(|due| due < self.now) { Token::Breach } else { Token::Base };
        Strip::of(pieces).right([piece(Token::Dim, wait), piece(due_token, fit_right(&Clean::shown(&due), 6))])
    }

    /// The reason, without the tool's verb and the currency where there is no room: `refunds 49.90`.
    fn why(&self, why: &NeedReason) -> Clean {
        let whole = reason(why);
        let NeedReason::Approval { about, .. } = why else { return whole };
        let room = if self.width >= ROOMY { ABOUT.0 } else { WHY };
        if whole.cells() <= room {
            return whole;
        }
        let mut words = about.as_str().split(' ');
        let tool = words.next().and_then(|tool| tool.split('.').next()).unwrap_or_default();
        words.next().map_or(whole, |amount| clean!("{tool} {amount}"))
    }

    /// All conversations that are folded into an incident: `≡ refunds fail  31 chats   0:00   inc`.
    fn incident(&self, face: ConversationId) -> Strip {
        let id = self.model.order.face(face);
        let Some(row) = self.model.live.picture.incidents.iter().find(|row| Some(row.incident) == id) else {
            return Strip::of([piece(Token::Dim, "   left the floor")]);
        };
        let late = row.due.is_some_and(|due| due < self.now);
        let token = match (row.needs, late) {
            (0, _) => Token::Base,
            (_, true) => Token::Breach,
            (_, false) => Token::Need,
        };
        let cells = (NAME.0 + usize::from(self.width).saturating_sub(LIST)).min(NAME.1);
        let title = fit(&row.title.truncated(cells - 1), cells);
        let need = if row.needs > 0 { clean!(", {} wait", row.needs) } else { Clean::default() };
        let chats = self.column(clean!("{} chats{need}", row.folded));
        let wait = row.oldest.map(|oldest| exact(self.now.since(oldest))).unwrap_or_default();
        let pieces = [piece(token, " ≡ "), piece(Token::Strong, title), piece(Token::Base, chats)];
        Strip::of(pieces).right([piece(Token::Dim, fit_right(&Clean::shown(&wait), 5)), piece(Token::Dim, "   inc")])
    }

    fn yours(&self, row: &ConversationRow) -> Strip {
        let waits = matches!(row.waiting, Waiting::Customer(_));
        let glyph = if waits { piece(Token::Accent, " ● ") } else { piece(Token::Dim, " ◌ ") };
        let draft = self.model.drafts.get(&row.id).filter(|draft| !draft.editor.is_blank());
        let unread = self.model.unread(row);
        let what = match (draft, unread) {
            // Seconds count: whoever asks waits.
            _ if row.need.as_ref().is_some_and(|need| matches!(need.why, NeedReason::AskedFor { .. })) => {
                piece(Token::Need, row.need.as_ref().map(|need| reason(&need.why)).unwrap_or_default())
            }
            _ if row.need.as_ref().is_some_and(|need| matches!(need.why, NeedReason::LeftAlone { .. })) => {
                piece(Token::Need, "they wait: write")
            }
            (Some(draft), _) => piece(Token::Note, clean!("your draft · {} ch", draft.editor.text().chars().count())),
            (None, 0) if who::beside(self.model, row).is_some() => {
                who::at_work(self.model, row).unwrap_or_else(|| piece(Token::Dim, ""))
            }
            (None, 0) if row.typing => piece(Token::Base, "types …"),
            (None, 0) if waits => piece(Token::Base, "waits for you"),
            (None, 0) => piece(Token::Dim, "we wait"),
            (None, unread) => piece(Token::Base, clean!("{unread} new{}", if row.typing { " · types …" } else { "" })),
        };
        let what = piece(what.token, self.column(what.text));
        let mut pieces = vec![glyph, piece(Token::Customer, self.name(row)), what];
        if self.width >= ROOMY {
            pieces.extend(self.about(row));
        }
        Strip::of(pieces).right(self.waits(row, true))
    }

    fn live(&self, row: &ConversationRow) -> Strip {
        let waits = matches!(row.waiting, Waiting::Customer(_));
        let (glyph, holder) = match &row.holder {
            Holder::Agent(name) if waits => (piece(Token::Agent, " ◆ "), piece(Token::Agent, name)),
            Holder::Agent(name) => (piece(Token::Dim, " ◌ "), piece(Token::Dim, name)),
            Holder::Operator(name) => (piece(Token::Operator, " △ "), piece(Token::Operator, name)),
            Holder::Queue(name) => (piece(Token::Need, " △ "), piece(Token::Base, clean!("line {name}"))),
            Holder::Nobody => (piece(Token::Dim, " ◌ "), piece(Token::Dim, phase_word(row.phase))),
        };
        let name_token = if waits { Token::Customer } else { Token::Base };
        let holder = who::at_work(self.model, row).unwrap_or(holder);
        let holder = piece(holder.token, self.column(holder.text));
        let mut pieces = vec![glyph, piece(name_token, self.name(row)), holder];
        if self.width >= ROOMY {
            pieces.extend(self.about(row));
        } else {
            pieces.extend(who::watcher(self.model, row).map(|name| piece(Token::Operator, clean!(" ({name})"))));
        }
        Strip::of(pieces).right(self.waits(row, false))
    }

    /// A text in a column of its own where the list is roomy.
    fn column(&self, text: Clean) -> Clean {
        if self.width >= ROOMY { fit(&text, ABOUT.0) } else { text }
    }

    /// What a roomy row says besides: what it is about, and who looks at it.
    fn about(&self, row: &ConversationRow) -> Vec<Piece> {
        let intent = row.intent.as_ref().map(Clean::from).unwrap_or_default();
        let mut pieces = vec![piece(Token::Dim, clean!(" {} ", fit(&intent, ABOUT.1 - 6)))];
        if self.width >= BROAD {
            pieces.extend(who::here(self.model, row, true));
        } else {
            // Who is at work stands in the column before; here is room for who looks.
            pieces.extend(who::watcher(self.model, row).map(|name| piece(Token::Operator, clean!("({name})"))));
        }
        pieces
    }

    fn waits(&self, row: &ConversationRow, yours: bool) -> Vec<Piece> {
        let (word, token) = match row.waiting {
            Waiting::Customer(since) => {
                let late = row.due.is_some_and(|due| due < self.now);
                (calm(self.now.since(since)), if late { Token::Breach } else { Token::Base })
            }
            Waiting::Us(_) | Waiting::Nobody => ("quiet".to_owned(), Token::Dim),
        };
        let wait = piece(token, clean!("{word:>6} "));
        if yours {
            return vec![wait];
        }
        // The way to the mood is quiet; the mood itself has its colour.
        let before = row.mood_path.split_last().map_or(&[][..], |(_, before)| before);
        vec![
            wait,
            piece(Token::Dim, fit_right(&path(before, 2), 2)),
            piece(mood_token(row.mood), clean!("{} ", level(row.mood))),
        ]
    }
}

/// What the colleague who is on it does.
pub fn on_it(row: &ConversationRow, colleague: &OperatorName) -> Clean {
    if row.writers.iter().any(|writer| writer.operator == *colleague) {
        clean!("{colleague} writes …")
    } else if row.barge.as_ref() == Some(colleague) {
        clean!("{colleague} speaks")
    } else {
        clean!("{colleague} is on it")
    }
}

/// Why a conversation needs somebody, in two or three words.
pub fn reason(why: &NeedReason) -> Clean {
    match why {
        NeedReason::Escalated { call_back: true, .. } => Clean::fixed("call-back owed"),
        NeedReason::Escalated { trigger, .. } => Clean::fixed(trigger_word(*trigger)),
        NeedReason::OfferedToYou { .. } => Clean::fixed("offer to you"),
        NeedReason::AskedFor { by, .. } => clean!("{by} asks for it"),
        NeedReason::Approval { about, .. } => about.one_line(),
        NeedReason::Draft { agent, .. } => clean!("draft of {agent}"),
        NeedReason::LeftAlone { operator } => clean!("{operator} is silent"),
        NeedReason::Failing => Clean::fixed("agents fail"),
        NeedReason::Overdue => Clean::fixed("waits too long"),
        NeedReason::WrapUp { .. } => Clean::fixed("wrap up"),
        NeedReason::Promise { .. } => Clean::fixed("promise late"),
        NeedReason::Watched { what } => clean!("watched: {}", what.word()),
    }
}

/// Where a conversation without a holder stands.
pub const fn phase_word(phase: Phase) -> &'static str {
    match phase {
        Phase::Live => "nobody",
        Phase::Snoozed { .. } => "asleep",
        Phase::Resolved { .. } => "resolved",
        Phase::Closed => "closed",
    }
}

/// What called for a human, in two or three words.
pub const fn trigger_word(trigger: Trigger) -> &'static str {
    match trigger {
        Trigger::AskedForHuman => "wants a human",
        Trigger::MoodFalling => "mood falling",
        Trigger::RepeatedFailure => "failed again",
        Trigger::Playbook | Trigger::ByAgent => "agent asks",
        Trigger::Safety => "law or safety",
        Trigger::NoAgent => "no agent fits",
        Trigger::Held => "agent is held",
        Trigger::LeftAlone => "left waiting",
        Trigger::Guarded => "guardrail",
        Trigger::Policy => "a VIP",
        Trigger::ByOperator => "colleague asks",
    }
}
