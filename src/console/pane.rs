//! Panes: each is a view value made from the model and drawn by itself. Views hold what is shown and
//! nothing else, so two equal screens need no drawing.

pub mod agents;
pub mod card;
pub mod composer;
pub mod explain;
pub mod footer;
pub mod header;
pub mod help;
pub mod history;
pub mod knowledge;
pub mod list;
pub mod lists;
pub mod palette;
mod panel;
pub mod people;
pub mod queue;
pub mod side;
pub mod strip;
pub mod timeline;
pub mod transcript;
pub mod who;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use super::model::painted::{Painted, seen};
use super::model::sheet::{Sheet, SheetKind};
use super::model::{Model, Pane, Place, SidePage, View};
use super::theme::{Theme, Token};
use super::update::undoable;
use crate::domain::text::Clean;
use strip::{Piece, Strip, Strips, piece};

/// The least screen that can be worked on.
pub const LEAST: (u16, u16) = (60, 16);
/// Columns from which list, transcript and side panel stand beside each other.
const WIDE: u16 = 100;
/// Columns from which agents and people have a column of their own.
const BROAD: u16 = 160;
/// Lines from which agents and people stand below the list.
const TALL: u16 = 30;

/// A part of the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Block {
    area: Rect,
    strips: Vec<Strip>,
}

/// The whole screen as data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Screen {
    blocks: Vec<Block>,
    /// Columns of the rules between panes.
    rules: Vec<u16>,
    size: Rect,
    /// Where the cursor stands, if it is shown.
    pub cursor: Option<(u16, u16)>,
    /// The terminal's title.
    pub title: Clean,
    /// What acts and clicks will be aimed at once this is drawn.
    pub painted: Painted,
}

impl Screen {
    /// The screen for the model as it is.
    pub fn of(model: &Model) -> Self {
        let size = Rect::new(0, 0, model.size.columns, model.size.lines);
        let mut screen = Self {
            blocks: Vec::new(),
            rules: Vec::new(),
            size,
            cursor: None,
            title: title(model),
            painted: painted(model),
        };
        if size.width < LEAST.0 || size.height < LEAST.1 {
            screen.too_small();
            return screen;
        }
        screen.block(Rect { height: 2, ..size }, header::HeaderView::from(model).strips);
        let body = Rect { y: 2, height: size.height - 4, ..size };
        if size.width >= WIDE {
            screen.wide(model, body);
        } else {
            screen.narrow(model, body);
        }
        screen.footer(model);
        screen
    }

    fn block(&mut self, area: Rect, strips: impl Into<Vec<Strip>>) {
        self.blocks.push(Block { area, strips: strips.into() });
    }

    fn too_small(&mut self) {
        let Rect { width, height, .. } = self.size;
        let lines = [
            clean!("baton needs {}x{}", LEAST.0, LEAST.1),
            clean!("this is {width}x{height}"),
            Clean::fixed("q leaves; the floor goes on"),
        ];
        self.painted = Painted::default();
        self.block(self.size, lines.map(|line| Strip::of([piece(Token::Need, line)])));
    }

    /// List, transcript and side panel beside each other; from [`BROAD`] on people in a fourth column.
    fn wide(&mut self, model: &Model, body: Rect) {
        let broad = body.width >= BROAD && !model.zoom;
        let side = model.side != SidePage::Hidden && !model.zoom;
        if model.view == View::Queue && !model.is_past() && !model.zoom {
            return self.queue(model, body);
        }
        let alone = matches!(model.view, View::Agents | View::History | View::Knowledge) && !model.is_past();
        if alone {
            match &model.sheet {
                Some(sheet) => self.sheet(model, sheet, body),
                None => self.list(model, body),
            }
            return self.card(model, body);
        }
        let list = if model.zoom { 0 } else { (body.width / 4).clamp(41, 52) };
        let side_width = if side { (body.width / 5).clamp(26, 34) } else { 0 };
        let people = if broad { 30 } else { 0 };
        let mut x = body.x;
        if list > 0 {
            self.left(model, Rect { width: list, ..body }, broad);
            self.rules.push(list);
            x = list + 1;
        }
        let right = side_width + people + u16::from(side) + u16::from(broad);
        let centre = Rect { x, width: body.width - (x - body.x) - right, ..body };
        self.centre(model, centre);
        let mut x = centre.right();
        if side {
            self.rules.push(x);
            let area = Rect { x: x + 1, width: side_width, ..body };
            self.block(area, side::SideView::of(model, area.width, area.height).strips);
            x = area.right();
        }
        if broad {
            self.rules.push(x);
            let area = Rect { x: x + 1, width: people, ..body };
            self.block(area, people::PeopleView::of(model, area.width).strips);
        }
    }

    /// The queue with what is beside it; the conversation below it once it is looked into.
    fn queue(&mut self, model: &Model, body: Rect) {
        let side = if model.side == SidePage::Hidden { 0 } else { (body.width * 3 / 10).clamp(30, 40) };
        let panel = if body.width >= BROAD { 34 } else { 0 };
        let taken = side + panel + u16::from(side > 0) + u16::from(panel > 0);
        let main = Rect { width: body.width - taken, ..body };
        if looks_into(model) {
            let height = body.height * 2 / 5;
            self.list(model, Rect { height, ..main });
            self.centre(model, Rect { y: main.y + height, height: main.height - height, ..main });
        } else {
            self.list(model, main);
            self.card(model, main);
        }
        let mut x = main.right();
        if side > 0 {
            self.rules.push(x);
            let area = Rect { x: x + 1, width: side, ..body };
            self.beside(model, area);
            x = area.right();
        }
        if panel > 0 {
            self.rules.push(x);
            let area = Rect { x: x + 1, width: panel, ..body };
            self.block(area, side::SideView::customer(model, area.width, area.height).strips);
        }
    }

    /// What stands beside a queue: what waits, people and acts, or the customer.
    fn beside(&mut self, model: &Model, area: Rect) {
        let strips = match (model.view, model.side) {
            (View::Queue, SidePage::Customer) => queue::beside::BesideView::of(model, area.width, area.height).strips,
            (View::Queue, SidePage::People | SidePage::Hidden) => {
                side::SideView::customer(model, area.width, area.height).strips
            }
            _ => side::SideView::of(model, area.width, area.height).strips,
        };
        self.block(area, strips);
    }

    /// The list, with agents and people below it where there is room.
    fn left(&mut self, model: &Model, area: Rect, broad: bool) {
        let below = people::PeopleView::of(model, area.width).strips;
        let floor = model.view == View::Floor;
        let lines = (below.len() as u16).min(area.height / 4);
        if broad || !floor || area.height < TALL {
            return self.list(model, area);
        }
        self.list(model, Rect { height: area.height - lines, ..area });
        self.block(Rect { y: area.bottom() - lines, height: lines, ..area }, below);
    }

    fn list(&mut self, model: &Model, area: Rect) {
        let hits = match model.view {
            View::History => {
                self.block(area, history::HistoryView::of(model, area.width, area.height).strips);
                Vec::new()
            }
            View::Knowledge => {
                self.block(area, knowledge::KnowledgeView::of(model, area.width, area.height).strips);
                Vec::new()
            }
            View::Agents => {
                self.block(area, agents::AgentsView::of(model, area.width, area.height).strips);
                Vec::new()
            }
            View::Queue => {
                let view = queue::QueueView::of(model, (area.width, area.height), !looks_into(model));
                self.painted.page = view.page;
                self.block(area, view.strips);
                view.hits
            }
            View::Floor => {
                let view = list::ListView::of(model, area.width, area.height);
                (self.painted.tops, self.painted.page) = (view.tops, view.page);
                self.block(area, view.strips);
                view.hits
            }
        };
        let place = |line| Place { x: area.x, y: area.y + line, width: area.width };
        self.painted.hits = hits.into_iter().map(|(line, id)| (place(line), id)).collect();
    }

    /// One pane at a time; the top line tells what needs somebody while a conversation is open.
    fn narrow(&mut self, model: &Model, body: Rect) {
        match model.pane {
            Pane::List if model.sheet.is_none() && model.card.is_none() && !model.is_past() => self.list(model, body),
            Pane::Side => {
                self.beside(model, body);
                self.card(model, body);
            }
            Pane::List | Pane::Transcript => {
                let ticker = Rect { height: 1, ..body };
                self.block(ticker, [ticker_line(model)]);
                self.centre(model, Rect { y: body.y + 1, height: body.height - 1, ..body });
            }
        }
    }

    /// The conversation with what lies below and above it.
    fn centre(&mut self, model: &Model, area: Rect) {
        let (below, cursor) = if let Some(player) = &model.player {
            (timeline::TimelineView::of(player, &model.zone, area.width).strips, None)
        } else {
            let view = composer::ComposerView::of(model, area.width);
            (view.strips, view.cursor)
        };
        // The transcript keeps at least half of the pane.
        let lines = (below.len() as u16).min(area.height / 2);
        let skipped = below.len() as u16 - lines;
        let top = area.bottom() - lines;
        let above = Rect { height: area.height - lines, ..area };
        match &model.sheet {
            Some(sheet) => self.sheet(model, sheet, above),
            None => self.block(above, transcript::TranscriptView::of(model, above.width, above.height).strips),
        }
        let below: Vec<Strip> = below.into_iter().skip(usize::from(skipped)).collect();
        self.block(Rect { y: top, height: lines, ..area }, below);
        if let Some((x, y)) = cursor.filter(|(_, y)| *y >= skipped) {
            self.cursor = Some((area.x + x, top + y - skipped));
        }
        self.card(model, area);
    }

    fn sheet(&mut self, model: &Model, sheet: &Sheet, area: Rect) {
        let strips = match &sheet.kind {
            SheetKind::Explain => explain::ExplainView::why(model, area.width).strips,
            SheetKind::Drafts => explain::ExplainView::drafts(model, area.width).strips,
            SheetKind::Whole(seq) => explain::ExplainView::whole(model, *seq, area.width).strips,
            SheetKind::Rules | SheetKind::Learn | SheetKind::Likely => {
                lists::ListsView::of(model, sheet, area.width, area.height).strips
            }
            SheetKind::Help => help::HelpView::of(model, area.width).strips,
            SheetKind::Palette(palette) => {
                let view = palette::PaletteView::of(model, palette, area.width, area.height);
                self.cursor = Some((area.x + view.cursor.0, area.y + view.cursor.1));
                view.strips
            }
        };
        let top = sheet.top.min(strips.len().saturating_sub(usize::from(area.height)));
        let shown: Vec<Strip> = strips.into_iter().skip(top).take(usize::from(area.height)).collect();
        self.block(area, shown);
    }

    fn card(&mut self, model: &Model, area: Rect) {
        let Some(card) = &model.card else { return };
        let view = card::CardView::of(model, card, (area.width, area.height));
        let strips = view.strips;
        let lines = (strips.len() as u16).min(area.height);
        (self.painted.card, self.painted.card_rest) = (true, view.rest);
        self.cursor = None;
        self.block(Rect { y: area.bottom() - lines, height: lines, ..area }, strips);
    }

    fn footer(&mut self, model: &Model) {
        let footer = footer::FooterView::from(model);
        let y = self.size.height - 2;
        self.block(Rect { y, height: 1, ..self.size }, [rule(&self.rules, self.size.width, footer.notice)]);
        self.block(Rect { y: y + 1, height: 1, ..self.size }, [footer.strip]);
    }

    /// Whether drawing `other` would show anything else.
    pub fn looks_like(&self, other: &Self) -> bool {
        self.blocks == other.blocks
            && self.rules == other.rules
            && self.size == other.size
            && self.cursor == other.cursor
            && self.title == other.title
    }

    /// Draws the screen.
    pub fn paint(&self, theme: &Theme, buf: &mut Buffer) {
        buf.set_style(self.size, theme.on(Token::Base, Token::Base));
        for block in &self.blocks {
            Strips(&block.strips, theme).render(block.area.intersection(*buf.area()), buf);
        }
        let faint = theme.on(Token::Base, Token::Faint);
        for x in &self.rules {
            for y in 2..self.size.height.saturating_sub(2) {
                if let Some(cell) = buf.cell_mut((*x, y)) {
                    cell.set_symbol("│").set_style(faint);
                }
            }
        }
    }
}

/// Whether the queue makes room for the conversation itself: it is read, written in, or explained.
fn looks_into(model: &Model) -> bool {
    model.pane == Pane::Transcript || model.composing.is_some() || model.sheet.is_some()
}

/// The rule above the footer: where it meets the rules between panes, and what it carries.
fn rule(columns: &[u16], width: u16, notice: Option<Piece>) -> Strip {
    let carried = notice.as_ref().map_or(0, |notice| notice.text.cells());
    let line: String = (0..usize::from(width).saturating_sub(carried + 2))
        .map(|x| if columns.iter().any(|column| usize::from(*column) == x) { '┴' } else { '─' })
        .collect();
    let mut strip = Strip::of([piece(Token::Faint, clean!("{line}"))]);
    strip.fill = strip::Fill::Rule;
    strip.right.extend(notice);
    strip
}

/// What needs somebody most, in one line.
fn ticker_line(model: &Model) -> Strip {
    let ids = model.order.section(crate::protocol::row::Section::NeedsYou);
    let others = ids.iter().filter(|id| Some(**id) != model.selected);
    let first = others.filter_map(|id| model.live.picture.rows.get(id)).find_map(|row| Some((row, row.need.as_ref()?)));
    let Some((row, need)) = first else {
        return Strip::of([piece(Token::Good, " nothing else needs you")]);
    };
    let due = need.due.map(|due| strip::left(model.floor_now(), due)).unwrap_or_default();
    Strip::of([
        piece(Token::Need, clean!(" ▲ {} ", ids.len())),
        piece(Token::Customer, clean!(" {}  ", row.name.one_line().truncated(20))),
        piece(Token::Base, list::reason(&need.why)),
        piece(Token::Need, clean!("  {due}")),
    ])
    .right([piece(Token::Key, " n"), piece(Token::Dim, " next ")])
}

fn title(model: &Model) -> Clean {
    match (&model.player, model.live.picture.header.needs) {
        (Some(_), _) => Clean::fixed("baton · replay"),
        (None, 0) => Clean::fixed("baton"),
        (None, needs) => clean!("baton · {needs} need you"),
    }
}

/// What acts will be aimed at once the frame is drawn.
fn painted(model: &Model) -> Painted {
    // The row of an incident stands for many: no act on one of them is aimed at it.
    let row = model.row().filter(|row| model.order.face(row.id).is_none());
    let target = if model.is_past() { None } else { row.cloned() };
    let open = model.live.open.as_ref().filter(|open| target.as_ref().is_some_and(|row| row.id == open.id));
    let approval =
        open.and_then(|open| open.detail.as_ref()).and_then(|detail| detail.approvals.first()).cloned().map(Box::new);
    let draft = open.and_then(|open| open.detail.as_ref()).and_then(|detail| detail.draft.clone());
    let undo = undoable(model).map(|(row, _)| seen(row, None));
    Painted { target, approval, draft, undo, ..Painted::default() }
}
