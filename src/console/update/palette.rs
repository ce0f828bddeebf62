//! One line that finds everything: conversations, views and acts by name, or a command with its words.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher};

use crate::domain::id::ConversationId;
use crate::domain::text::{Clean, Foreign};

use super::super::keymap::{Binding, Code, Deed, Key, Look, Run};
use super::super::model::pending::Tone;
use super::super::model::player::Origin;
use super::super::model::sheet::{Goes, Hit, Palette, PaletteMode, Sheet, SheetKind};
use super::super::model::{Model, Pane, View};
use super::{Effect, allowed, compose, corrections, incidents, keys, lists, moves, past};

/// Hits kept: what fits on a screen, and the next page.
const HITS_MAX: usize = 100;

/// Views by name.
const VIEWS: [(&str, View); 5] = [
    ("floor", View::Floor),
    ("queue", View::Queue),
    ("agents", View::Agents),
    ("history", View::History),
    ("knowledge", View::Knowledge),
];

/// Opens the line.
pub(super) fn open(model: &mut Model, mode: PaletteMode) {
    model.sheet = Some(Sheet::of(SheetKind::Palette(keys::fresh_palette(mode))));
    refresh(model);
}

/// A key while the line is open.
pub(super) fn key(model: &mut Model, key: Key) -> Vec<Effect> {
    let Some(Sheet { kind: SheetKind::Palette(palette), .. }) = &mut model.sheet else { return Vec::new() };
    let last = palette.hits.len().saturating_sub(1);
    match (key.code, key.ctrl) {
        (Code::Esc, _) => model.sheet = None,
        (Code::Enter, _) => return enter(model),
        (Code::Down, _) | (Code::Char('n'), true) => palette.chosen = (palette.chosen + 1).min(last),
        (Code::Up, _) | (Code::Char('p'), true) => palette.chosen = palette.chosen.saturating_sub(1),
        (Code::Tab, _) => {
            // A command is completed up to its name; its words follow.
            let name = palette.hits.get(palette.chosen).map(|hit| hit.label.clone());
            if let (PaletteMode::Command, Some(name)) = (palette.mode, name) {
                palette.input.take();
                palette.input.insert(name.as_str());
                palette.input.insert(" ");
            }
        }
        _ => {
            compose::edit(&mut palette.input, key, false);
            refresh(model);
        }
    }
    Vec::new()
}

/// Finds what fits the line anew.
pub(super) fn refresh(model: &mut Model) {
    let Some(Sheet { kind: SheetKind::Palette(palette), .. }) = &model.sheet else { return };
    let hits = hits(model, palette);
    if let Some(Sheet { kind: SheetKind::Palette(palette), .. }) = &mut model.sheet {
        palette.hits = hits;
        palette.chosen = 0;
    }
}

fn hits(model: &Model, palette: &Palette) -> Vec<Hit> {
    let text = palette.input.text();
    let acts = model.keymap.bindings().iter();
    match palette.mode {
        PaletteMode::Command => {
            let name = text.split_whitespace().next().unwrap_or_default();
            best(acts.filter(|b| b.group != "move").map(|b| (b.name.clone(), run_hit(model, b))).collect(), name)
        }
        PaletteMode::Acts => {
            let acts = acts.filter(|b| b.group == "act" || b.group == "look");
            let named = |b: &Binding| Hit { label: Clean::shown(&b.word), ..run_hit(model, b) };
            best(acts.map(|b| (format!("{} {}", b.word, b.desc), named(b))).collect(), text)
        }
        PaletteMode::Find => {
            let mut found: Vec<(String, Hit)> = VIEWS.iter().map(|(name, view)| view_hit(name, *view)).collect();
            found.extend(acts.map(|b| (format!("{} {}", b.word, b.name), run_hit(model, b))));
            found.extend(model.live.picture.rows.values().map(|row| {
                let about = clean!("{} · {}", row.handle, row.holder);
                let goes = Goes::Conversation(row.id);
                let hit = Hit { label: row.name.one_line(), about, key: String::new(), dead: None, goes };
                (format!("{} {}", row.name, row.handle), hit)
            }));
            best(found, text)
        }
    }
}

fn view_hit(name: &'static str, view: View) -> (String, Hit) {
    let (label, about) = (Clean::fixed(name), Clean::fixed("view"));
    (name.to_owned(), Hit { label, about, key: String::new(), dead: None, goes: Goes::View(view) })
}

fn run_hit(model: &Model, binding: &Binding) -> Hit {
    Hit {
        label: Clean::shown(&binding.name),
        about: Clean::shown(&binding.desc),
        key: binding.on.first().map(Key::to_string).unwrap_or_default(),
        dead: allowed(model, binding.run).err(),
        goes: Goes::Run(binding.run),
    }
}

/// Those that fit the text, best first; with no text all, as they came.
fn best(items: Vec<(String, Hit)>, text: &str) -> Vec<Hit> {
    if text.trim().is_empty() {
        return items.into_iter().take(HITS_MAX).map(|(_, hit)| hit).collect();
    }
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(text, CaseMatching::Ignore, Normalization::Smart);
    let mut buffer = Vec::new();
    let mut scored: Vec<(u32, Hit)> = items
        .into_iter()
        .filter_map(|(name, hit)| {
            let haystack = nucleo_matcher::Utf32Str::new(&name, &mut buffer);
            pattern.score(haystack, &mut matcher).map(|score| (score, hit))
        })
        .collect();
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    scored.into_iter().take(HITS_MAX).map(|(_, hit)| hit).collect()
}

fn enter(model: &mut Model) -> Vec<Effect> {
    let Some(Sheet { kind: SheetKind::Palette(palette), .. }) = model.sheet.take() else { return Vec::new() };
    let text = Foreign::new(palette.input.text().trim()).one_line();
    let (name, words) = text.as_str().split_once(' ').unwrap_or((text.as_str(), ""));
    if palette.mode == PaletteMode::Command && !name.is_empty() {
        let run = model.keymap.command(name).map(|binding| binding.run);
        if let Some(run) = run.or_else(|| palette.hits.first().and_then(of_run)) {
            return command(model, run, words.trim());
        }
        model.say(Tone::Bad, clean!("no command `{name}`; ? shows all"));
        return Vec::new();
    }
    match palette.hits.get(palette.chosen).map(|hit| hit.goes) {
        Some(Goes::Conversation(id)) => go(model, id),
        Some(Goes::View(View::History)) => return keys::run(model, Run::Look(Look::ViewHistory)),
        Some(Goes::View(View::Knowledge)) => return keys::run(model, Run::Look(Look::ViewKnowledge)),
        Some(Goes::View(view)) => {
            past::leave(model);
            model.view = view;
        }
        Some(Goes::Run(run)) => return keys::run(model, run),
        None => {}
    }
    Vec::new()
}

const fn of_run(hit: &Hit) -> Option<Run> {
    match hit.goes {
        Goes::Run(run) => Some(run),
        Goes::Conversation(_) | Goes::View(_) => None,
    }
}

pub(super) fn go(model: &mut Model, id: ConversationId) {
    past::leave(model);
    if model.view != View::Floor {
        model.view = View::Floor;
    }
    moves::select(model, id);
    model.pane = Pane::List;
}

fn command(model: &mut Model, run: Run, words: &str) -> Vec<Effect> {
    match run {
        Run::Look(Look::Theme) => keys::theme(model, words),
        Run::Look(Look::Replay) if words.is_empty() => {
            let here = model.row().map(|row| row.id.to_string());
            return here.map(|id| past::ask_session(model, id, Origin::Replay)).unwrap_or_default();
        }
        Run::Look(Look::Replay) => return past::ask_session(model, words.to_owned(), Origin::Replay),
        Run::Deed(Deed::WrongIntent) => match allowed(model, run) {
            Ok(()) => return corrections::wrong_intent(model, words),
            Err(reason) => model.say(Tone::Bad, reason),
        },
        Run::Deed(Deed::EndRule) => match allowed(model, run) {
            Ok(()) => lists::end_rule(model, words),
            Err(reason) => model.say(Tone::Bad, reason),
        },
        Run::Deed(Deed::Status) => match allowed(model, run) {
            Ok(()) => return incidents::status(model, words),
            Err(reason) => model.say(Tone::Bad, reason),
        },
        Run::Look(Look::Goto) => {
            let found = model.live.picture.rows.values().find(|row| row.handle.to_string() == words);
            match found.map(|row| row.id) {
                Some(id) => go(model, id),
                None if past::go_to_time(model, words) => {}
                None => {
                    let text = format_args!("`{words}` is neither a conversation here (c-1042) nor a time (09:04)");
                    model.say(Tone::Bad, Clean::shown(&text));
                }
            }
        }
        Run::Go(_) | Run::Look(_) | Run::Past(_) | Run::Deed(_) => return keys::run(model, run),
    }
    Vec::new()
}
