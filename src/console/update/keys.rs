//! Keys find their way: to a card, an editor, a sheet, or to what the keymap says.

use crate::domain::id::IncidentId;
use crate::domain::text::{Clean, Foreign};
use crate::protocol::row::Section;

use super::super::keymap::{Code, Key, Look, Run};
use super::super::model::card::Card;
use super::super::model::order::Filter;
use super::super::model::pending::Tone;
use super::super::model::picture::words;
use super::super::model::sheet::{Palette, PaletteMode, Sheet, SheetKind};
use super::super::model::{Model, SidePage, View};
use super::{Effect, acts, allowed, cards, compose, files, knowledge, lists, moves, palette, past};
use crate::console::model::editor::Editor;
use crate::console::theme::THEMES;

/// Handles a key.
pub(super) fn key(model: &mut Model, key: Key, fresh: bool) -> Vec<Effect> {
    model.last_key = Some(model.wall);
    let harmless = is_typing(model) && compose::types(key);
    if !fresh && !harmless {
        model.say(Tone::Plain, Clean::fixed("keys pressed while the screen stood still were not acted on"));
        return Vec::new();
    }
    let global = model.keymap.run(key).filter(|run| matches!(run, Run::Look(Look::Redraw | Look::Suspend)));
    if let Some(run) = global {
        return self::run(model, run);
    }
    if model.card.is_some() {
        return cards::key(model, key);
    }
    if let Some(conversation) = model.composing {
        return compose::key(model, conversation, key);
    }
    if model.filter_line.1 {
        return filter_key(model, key);
    }
    if matches!(&model.sheet, Some(Sheet { kind: SheetKind::Palette(_), .. })) {
        return palette::key(model, key);
    }
    model.keymap.run(key).map(|run| self::run(model, run)).unwrap_or_default()
}

/// Whether keys go into a text.
fn is_typing(model: &Model) -> bool {
    let palette = matches!(&model.sheet, Some(Sheet { kind: SheetKind::Palette(_), .. }));
    let note = model.card.as_ref().is_some_and(Card::is_writing);
    model.composing.is_some() && model.card.is_none() || model.filter_line.1 || palette || note
}

/// A paste goes where text is being written; anywhere else it does nothing.
pub(super) fn paste(model: &mut Model, text: &str) -> Vec<Effect> {
    let line = || Foreign::new(text).one_line();
    if let Some(card) = &mut model.card {
        if let Some(note) = card.note.as_mut().filter(|note| note.writing) {
            note.editor.insert(text);
        }
    } else if let Some(conversation) = model.composing {
        compose::paste(model, conversation, text);
    } else if model.filter_line.1 {
        filter_editor(model).insert(line().as_str());
        filter_changed(model);
    } else if let Some(Sheet { kind: SheetKind::Palette(palette), .. }) = &mut model.sheet {
        palette.input.insert(line().as_str());
        palette::refresh(model);
    }
    Vec::new()
}

/// Does what the keymap says, or says why it cannot be done.
pub(super) fn run(model: &mut Model, run: Run) -> Vec<Effect> {
    if let Err(reason) = allowed(model, run) {
        model.say(Tone::Bad, reason);
        return Vec::new();
    }
    match run {
        Run::Go(go) => moves::run(model, go),
        Run::Look(look) => self::look(model, look),
        Run::Past(step) => past::run(model, step),
        Run::Deed(deed) => acts::act(model, deed),
    }
}

fn look(model: &mut Model, look: Look) -> Vec<Effect> {
    match look {
        Look::ViewFloor => view(model, View::Floor),
        Look::ViewQueue => view(model, View::Queue),
        Look::ViewAgents => view(model, View::Agents),
        Look::ViewHistory => return past::open_history(model),
        Look::ViewKnowledge => return knowledge::open(model),
        Look::Filter => begin_filter(model),
        Look::Command | Look::Theme | Look::Replay | Look::Goto => palette::open(model, PaletteMode::Command),
        Look::Find => palette::open(model, PaletteMode::Find),
        Look::Acts => palette::open(model, PaletteMode::Acts),
        Look::Help => sheet(model, SheetKind::Help),
        Look::Explain => sheet(model, SheetKind::Explain),
        Look::Drafts => sheet(model, SheetKind::Drafts),
        Look::Rules => return lists::open(model, SheetKind::Rules),
        Look::Learn => return lists::open(model, SheetKind::Learn),
        Look::Likely => return lists::open(model, SheetKind::Likely),
        Look::Zoom => model.zoom = !model.zoom,
        Look::Panel => panel(model),
        Look::Sort => {
            model.sort = model.sort.next();
            model.sort_now();
            model.unkept = Some(model.wall);
        }
        Look::Copy => return copy(model),
        Look::Open => return open(model),
        Look::Quit => return vec![Effect::Leave { stopped: false }],
        Look::Redraw => return vec![Effect::Redraw],
        Look::Suspend => return vec![Effect::Suspend],
    }
    Vec::new()
}

fn view(model: &mut Model, view: View) {
    model.view = view;
    model.zoom = false;
    model.pane = super::super::model::Pane::List;
    model.unkept = Some(model.wall);
    if model.is_past() {
        past::leave(model);
    }
    // The viewer's own hand asked for this list: it begins as things stand.
    model.sort_now();
    // The queue is about what needs somebody: its first is marked unless one of them is already.
    let needs = model.order.section(Section::NeedsYou);
    let first = needs.first().copied().filter(|_| model.selected.is_none_or(|id| !needs.contains(&id)));
    if let (View::Queue, Some(first)) = (view, first) {
        moves::select(model, first);
    }
}

/// Lays a sheet over the transcript, or takes the same one away.
fn sheet(model: &mut Model, kind: SheetKind) {
    let same = model.sheet.as_ref().is_some_and(|sheet| sheet.kind == kind);
    model.sheet = (!same).then(|| Sheet::of(kind));
}

fn panel(model: &mut Model) {
    model.side_top = 0;
    model.side = match model.side {
        SidePage::Customer => SidePage::People,
        SidePage::People => SidePage::Hidden,
        SidePage::Hidden => SidePage::Customer,
    };
}

/// The text under the cursor whole; when it lies there, its files one after the other.
fn open(model: &mut Model) -> Vec<Effect> {
    let lies =
        model.sheet.as_ref().and_then(|sheet| if let SheetKind::Whole(line) = sheet.kind { Some(line) } else { None });
    if let Some(effects) = lies.and_then(|line| files::next(model, line)) {
        return effects;
    }
    whole(model);
    Vec::new()
}

fn whole(model: &mut Model) {
    let open = model.scene().open.as_ref();
    let line = model.line.or_else(|| open.and_then(super::super::model::picture::Opened::newest));
    if let Some(line) = line {
        sheet(model, SheetKind::Whole(line));
    }
}

fn copy(model: &mut Model) -> Vec<Effect> {
    let open = model.scene().open.as_ref();
    let item = open.and_then(|open| match model.line {
        Some(line) => open.items.get(&line),
        None => open.items.values().next_back(),
    });
    let text = item.map(|item| words(&item.body)).filter(|text| !text.is_empty());
    let Some(text) = text else {
        model.say(Tone::Plain, Clean::fixed("there is no text under the cursor"));
        return Vec::new();
    };
    model.say(Tone::Good, clean!("{} characters sent to the terminal's clipboard", text.cells()));
    vec![Effect::Copy(text)]
}

fn begin_filter(model: &mut Model) {
    model.filter_line.1 = true;
    if model.view != View::History {
        model.view = if matches!(model.view, View::Agents | View::Knowledge) { View::Floor } else { model.view };
        filter_changed(model);
    }
}

fn filter_key(model: &mut Model, key: Key) -> Vec<Effect> {
    if !matches!(key.code, Code::Esc | Code::Enter) {
        compose::edit(filter_editor(model), key, false);
        filter_changed(model);
        return Vec::new();
    }
    model.filter_line.1 = false;
    if model.view == View::History && key.code == Code::Enter { past::search(model) } else { Vec::new() }
}

/// The line being typed: the search of history, or the filter of the floor.
const fn filter_editor(model: &mut Model) -> &mut Editor {
    match model.view {
        View::History => &mut model.history.line,
        View::Floor | View::Queue | View::Agents | View::Knowledge => &mut model.filter_line.0,
    }
}

/// The list shows at once what the filter lets through: here the viewer's own hand re-orders it.
pub(super) fn filter_changed(model: &mut Model) {
    if model.view == View::History {
        return;
    }
    model.filter = Filter::of(model.filter_line.0.text());
    model.sort_now();
    model.unkept = Some(model.wall);
}

/// Lists the conversations that stand behind the row of an incident; `Esc` folds them again.
pub(super) fn list_members(model: &mut Model, incident: IncidentId) {
    model.filter = Filter::members(incident);
    model.sort_now();
}

/// Takes the filter away; `/` brings it back as it was.
pub(super) fn clear_filter(model: &mut Model) {
    model.filter = Filter::default();
    model.sort_now();
    model.unkept = Some(model.wall);
}

/// Chooses a theme by name.
pub(super) fn theme(model: &mut Model, name: &str) {
    if THEMES.iter().any(|(known, _)| *known == name) {
        name.clone_into(&mut model.theme);
    } else {
        let names: Vec<&str> = THEMES.iter().map(|(name, _)| *name).collect();
        model.say(Tone::Bad, clean!("themes are {}", names.join(", ")));
    }
}

/// A palette at the beginning of its line.
pub(super) fn fresh_palette(mode: PaletteMode) -> Palette {
    Palette { mode, input: Editor::default(), hits: Vec::new(), chosen: 0 }
}
