//! Moving about: rows, panes, lines of the transcript. Nothing here acts.

use crate::domain::id::{ConversationId, Seq};
use crate::protocol::console::ConsoleRequest;
use crate::protocol::query::Query;
use crate::protocol::row::Section;

use super::super::keymap::Go;
use super::super::model::sheet::{Sheet, SheetKind};
use super::super::model::{Model, Pane, TRAIL_MAX, View};
use super::{Effect, keys, knowledge, lists, past};

/// Lines the wheel moves at once.
const WHEEL: isize = 3;

/// Marks a conversation; where one was before is remembered.
pub(super) fn select(model: &mut Model, id: ConversationId) {
    if model.selected == Some(id) {
        return;
    }
    if let Some(before) = model.selected {
        model.trail.retain(|other| *other != before);
        model.trail.push_back(before);
        if model.trail.len() > TRAIL_MAX {
            model.trail.pop_front();
        }
    }
    model.selected = Some(id);
    model.selected_at = model.wall;
    model.line = None;
    model.side_top = 0;
    model.unkept = Some(model.wall);
    // An explanation goes along from row to row; everything else belonged to the one before.
    if !model.sheet.as_ref().is_some_and(|sheet| sheet.kind == SheetKind::Explain) {
        model.sheet = None;
    }
}

/// Marks the first row when nothing is marked yet.
pub(super) fn first(model: &mut Model) {
    if let Some(id) = model.order.at(0) {
        model.selected = Some(id);
        model.selected_at = model.wall;
    }
}

/// A press of the pointer marks a row; it never acts.
pub(super) fn click(model: &mut Model, x: u16, y: u16) -> Vec<Effect> {
    if model.card.is_some() || model.composing.is_some() || model.is_past() {
        return Vec::new();
    }
    model.last_key = Some(model.wall);
    let hit = model
        .painted
        .hits
        .iter()
        .find(|(place, _)| place.y == y && (place.x..place.x.saturating_add(place.width)).contains(&x));
    if let Some((_, id)) = hit {
        let id = *id;
        select(model, id);
        model.pane = Pane::List;
    }
    Vec::new()
}

/// The wheel moves where the keys move.
pub(super) fn wheel(model: &mut Model, down: bool) -> Vec<Effect> {
    if model.card.is_some() || model.composing.is_some() {
        return Vec::new();
    }
    model.last_key = Some(model.wall);
    by(model, if down { WHEEL } else { -WHEEL })
}

/// Does a move.
pub(super) fn run(model: &mut Model, go: Go) -> Vec<Effect> {
    let page = isize::try_from(model.painted.page.max(1)).unwrap_or(1);
    match go {
        Go::Down => return by(model, 1),
        Go::Up => return by(model, -1),
        Go::PageDown => return by(model, page),
        Go::PageUp => return by(model, -page),
        Go::Top => return by(model, isize::MIN / 2),
        Go::Bottom => return by(model, isize::MAX / 2),
        Go::Left | Go::PreviousPane => pane(model, false),
        Go::Right | Go::NextPane => pane(model, true),
        Go::Enter => return enter(model),
        Go::Back => return back(model),
        Go::NextNeed if model.is_past() => past::next_escalation(model),
        Go::NextNeed => next_of(model, Section::NeedsYou),
        Go::NextMine => next_of(model, Section::Yours),
        Go::Previous => {
            let place = model.trail.iter().rposition(|id| model.live.picture.rows.contains_key(id));
            if let Some(id) = place.and_then(|at| model.trail.remove(at)) {
                select(model, id);
            }
        }
    }
    Vec::new()
}

/// Moves so many rows or lines on, in the pane that has the keys.
fn by(model: &mut Model, by: isize) -> Vec<Effect> {
    if lists::choose(model, by) {
        return Vec::new();
    }
    if let Some(sheet) = &mut model.sheet {
        sheet.top = sheet.top.saturating_add_signed(by).min(usize::from(u16::MAX));
        return Vec::new();
    }
    match (model.pane, model.view) {
        (Pane::Transcript, _) => return line(model, by),
        (Pane::Side, _) => model.side_top = model.side_top.saturating_add_signed(by).min(usize::from(u16::MAX)),
        (Pane::List, _) if model.is_past() => return line(model, by),
        (Pane::List, View::History) => return past::choose(model, by),
        (Pane::List, View::Knowledge) => knowledge::choose(model, by),
        (Pane::List, View::Queue) => {
            let needs = model.order.section(Section::NeedsYou);
            let at = model.selected.and_then(|id| needs.iter().position(|other| *other == id));
            let to = at.map_or(0, |at| at.saturating_add_signed(by)).min(needs.len().saturating_sub(1));
            if let Some(id) = needs.get(to).copied() {
                select(model, id);
            }
        }
        (Pane::List, View::Agents) => {
            let people: Vec<_> = model.live.picture.operators.keys().cloned().collect();
            let at = model.marked_person().and_then(|name| people.iter().position(|other| other == name));
            let to = at.map_or(0, |at| at.saturating_add_signed(by)).min(people.len().saturating_sub(1));
            model.person = people.get(to).cloned();
        }
        (Pane::List, View::Floor) => {
            let here = model.selected.and_then(|id| model.order.position(id));
            let last = model.order.len().saturating_sub(1);
            // A row that left the floor keeps its place until the next move.
            let to = match here {
                Some(at) => at.saturating_add_signed(by),
                None if by > 0 => model.place,
                None => model.place.saturating_sub(1),
            };
            if let Some(id) = model.order.at(to.min(last)) {
                select(model, id);
            }
        }
    }
    Vec::new()
}

/// Moves so many lines in the transcript; beyond its end it follows the end again.
fn line(model: &mut Model, by: isize) -> Vec<Effect> {
    let Some(open) = &model.scene().open else { return Vec::new() };
    let seqs: Vec<Seq> = open.items.keys().copied().collect();
    let (id, oldest) = (open.id, seqs.first().copied());
    let at = model.line.and_then(|line| seqs.iter().position(|seq| *seq == line)).unwrap_or(seqs.len());
    let to = at.saturating_add_signed(by);
    model.line = seqs.get(to).copied();
    if at.checked_add_signed(by).is_some_and(|to| to > 0) || by > 0 {
        return Vec::new();
    }
    // At the top of what the floor holds: the rest is in history.
    let (None, Some(seq), false) = (&model.older, oldest, model.is_past()) else { return Vec::new() };
    let Ok(key) = model.keys.mint() else { return Vec::new() };
    model.older = Some(key.clone());
    let query = Query::Before { conversation: id, seq };
    vec![Effect::send(ConsoleRequest::Ask { key, query, after: None })]
}

fn pane(model: &mut Model, forward: bool) {
    let side = model.side != super::super::model::SidePage::Hidden && !model.zoom;
    let order: &[Pane] =
        if side { &[Pane::List, Pane::Transcript, Pane::Side] } else { &[Pane::List, Pane::Transcript] };
    let at = order.iter().position(|pane| *pane == model.pane).unwrap_or_default();
    let to = at + if forward { 1 } else { order.len() - 1 };
    model.pane = order.get(to % order.len()).copied().unwrap_or_default();
    model.sheet = None;
}

fn enter(model: &mut Model) -> Vec<Effect> {
    if let Some(effects) = lists::enter(model) {
        return effects;
    }
    if model.sheet.take().is_some() {
        return Vec::new();
    }
    match model.pane {
        Pane::List if model.view == View::History && !model.is_past() => return past::open_chosen(model),
        Pane::List if model.view == View::Knowledge && !model.is_past() => return knowledge::play(model),
        Pane::List => match model.selected.and_then(|id| model.order.face(id)) {
            Some(incident) if !model.is_past() => keys::list_members(model, incident),
            Some(_) | None => model.pane = Pane::Transcript,
        },
        Pane::Transcript => {
            if let Some(line) = model.line {
                model.sheet = Some(Sheet::of(SheetKind::Whole(line)));
            }
        }
        Pane::Side => {}
    }
    Vec::new()
}

/// One step back, from the innermost to the outermost. Nothing is discarded.
fn back(model: &mut Model) -> Vec<Effect> {
    if model.sheet.take().is_some() {
        return Vec::new();
    }
    if model.line.take().is_some() {
        return Vec::new();
    }
    if model.is_past() {
        past::leave(model);
    } else if model.zoom {
        model.zoom = false;
    } else if model.pane != Pane::List {
        model.pane = Pane::List;
    } else if !model.filter.is_empty() {
        keys::clear_filter(model);
    }
    Vec::new()
}

fn next_of(model: &mut Model, section: Section) {
    let ids = model.order.section(section);
    let at = model.selected.and_then(|id| ids.iter().position(|other| *other == id));
    let to = at.map_or(0, |at| (at + 1) % ids.len().max(1));
    if let Some(id) = ids.get(to).copied() {
        if matches!(model.view, View::History | View::Agents | View::Knowledge) {
            model.view = View::Floor;
        }
        select(model, id);
    }
}
