//! Sheets of what was learnt, of rules in force and of what is likely: `Enter` opens the marked row.

use crate::domain::id::{ClientKey, RuleId};
use crate::domain::learning::RoutingRule;
use crate::domain::text::Clean;
use crate::protocol::console::ConsoleRequest;
use crate::protocol::learning::{Learned, LikelyRow};
use crate::protocol::query::Query;

use super::super::keymap::{Deed, Run};
use super::super::model::Model;
use super::super::model::card::{Card, Choice, Pick};
use super::super::model::lists::Corrected;
use super::super::model::pending::Tone;
use super::super::model::player::Origin;
use super::super::model::sheet::{Sheet, SheetKind};
use super::Effect;
use super::allowed::allowed;
use super::cards::{card, choice, note};
use super::{corrections, palette, past};

/// Lays a list over the transcript and asks for it anew, or takes it away.
pub(super) fn open(model: &mut Model, kind: SheetKind) -> Vec<Effect> {
    if model.sheet.take().is_some_and(|sheet| sheet.kind == kind) {
        return Vec::new();
    }
    let asks = ask(model, &kind);
    model.sheet = Some(Sheet::of(kind));
    asks
}

fn ask(model: &mut Model, kind: &SheetKind) -> Vec<Effect> {
    let query = match kind {
        SheetKind::Rules | SheetKind::Learn => Query::Learned { since: None },
        SheetKind::Likely => Query::Likely {},
        SheetKind::Explain | SheetKind::Drafts | SheetKind::Help | SheetKind::Whole(_) | SheetKind::Palette(_) => {
            return Vec::new();
        }
    };
    let Ok(key) = model.keys.mint() else { return Vec::new() };
    model.lists.asked = Some(key.clone());
    vec![Effect::send(ConsoleRequest::Ask { key, query, after: None })]
}

/// Something was changed in what the open list shows.
pub(super) fn again(model: &mut Model) -> Vec<Effect> {
    let kind = model.sheet.as_ref().map(|sheet| sheet.kind.clone());
    kind.map(|kind| ask(model, &kind)).unwrap_or_default()
}

/// What was learnt has arrived.
pub(super) fn learned(model: &mut Model, key: &ClientKey, page: Box<Learned>) {
    if model.lists.asked.take_if(|asked| asked == key).is_some() {
        model.lists.learned = Some(page);
        choose(model, 0);
    }
}

fn rules(model: &Model) -> &[(RoutingRule, u32, u32)] {
    model.lists.learned.as_ref().map(|page| &page.rules[..]).unwrap_or_default()
}

/// What is likely has arrived.
pub(super) fn likely(model: &mut Model, key: &ClientKey, rows: Vec<LikelyRow>) {
    if model.lists.asked.take_if(|asked| asked == key).is_some() {
        model.lists.likely = Some(rows);
        choose(model, 0);
    }
}

/// The floor does not say it.
pub(super) fn refused(model: &mut Model, key: &ClientKey) {
    if model.lists.asked.take_if(|asked| asked == key).is_some() {
        // What was opened meanwhile stays.
        model.sheet.take_if(|sheet| model.lists.rows(&sheet.kind).is_some());
    }
}

/// Moves the mark of an open list; whether there is one.
pub(super) fn choose(model: &mut Model, by: isize) -> bool {
    let Some(sheet) = &mut model.sheet else { return false };
    let Some(rows) = model.lists.rows(&sheet.kind) else { return false };
    sheet.chosen = sheet.chosen.saturating_add_signed(by).min(rows.saturating_sub(1));
    true
}

/// Opens the marked row of an open list; nothing where none is open.
pub(super) fn enter(model: &mut Model) -> Option<Vec<Effect>> {
    let sheet = model.sheet.as_ref().filter(|sheet| model.lists.rows(&sheet.kind).is_some())?;
    let at = sheet.chosen;
    match sheet.kind {
        SheetKind::Rules => {
            let rule = rules(model).get(at).map(|(rule, ..)| rule.clone());
            match (rule, allowed(model, Run::Deed(Deed::EndRule))) {
                (Some(rule), Ok(())) => ends(model, rule.id, Some(&rule)),
                (Some(_), Err(reason)) => model.say(Tone::Bad, reason),
                (None, _) => {}
            }
        }
        SheetKind::Likely => {
            let row = model.lists.likely.as_ref().and_then(|rows| rows.get(at)).cloned();
            return Some(row.map(|row| go(model, &row)).unwrap_or_default());
        }
        SheetKind::Learn
        | SheetKind::Explain
        | SheetKind::Drafts
        | SheetKind::Help
        | SheetKind::Whole(_)
        | SheetKind::Palette(_) => {
            let card = model.lists.corrected().nth(at).map(|row| corrected(model, row));
            model.card = card;
        }
    }
    Some(Vec::new())
}

/// To a conversation that goes on; what is over is played.
fn go(model: &mut Model, row: &LikelyRow) -> Vec<Effect> {
    model.sheet = None;
    if model.live.picture.rows.contains_key(&row.conversation) {
        palette::go(model, row.conversation);
        return Vec::new();
    }
    past::ask_session(model, row.conversation.to_string(), Origin::Replay)
}

/// `:end-rule r-3`.
pub(super) fn end_rule(model: &mut Model, words: &str) {
    let Ok(id) = words.parse::<RuleId>() else {
        model.say(Tone::Plain, Clean::fixed("say which: `:end-rule r-3`; `:rules` lists them"));
        return;
    };
    let known = rules(model).iter().find(|(rule, ..)| rule.id == id).map(|(rule, ..)| rule.clone());
    ends(model, id, known.as_ref());
}

/// Asks whether a rule is to end; the list stays below the card.
fn ends(model: &mut Model, id: RuleId, rule: Option<&RoutingRule>) {
    let facts =
        rule.map(|rule| clean!("{} made it: {} goes to {}.", rule.author, corrections::about(rule), rule.agent));
    let after = Clean::fixed("from now on routing decides there again; what is live stays where it is");
    let choices = vec![choice(clean!("end {id}"), after, Some('e'), Pick::EndRule(id))];
    let mut card = card(model, clean!("END RULE {id}"), facts.into_iter().collect(), choices);
    card.seen = None;
    model.card = Some(card);
}

/// What can be done about a correction that comes again and again.
fn corrected(model: &Model, row: Corrected<'_>) -> Card {
    let examples = model.lists.examples(row);
    let mut choices: Vec<Choice> = Vec::new();
    // Whoever may end a rule may make one; in the past, or when the line is lost, nobody may.
    let may_rule = matches!(row, Corrected::Taker(_)) && allowed(model, Run::Deed(Deed::EndRule)).is_ok();
    let (title, facts) = match row {
        Corrected::Taker(row) => {
            if may_rule {
                choices.extend(corrections::rules(&row.agent, row.intent.as_ref()));
            }
            let said = corrections::again(row);
            (clean!("{} SHOULD HAVE HAD IT", row.agent), vec![clean!("{said}.")])
        }
        Corrected::Matter(row) => {
            let was = row.was.as_ref().map_or("nothing that is known", |was| was.as_str());
            let said = clean!("{} x read as {was}, and it was {}.", row.times, row.intent);
            (clean!("IT WAS ABOUT {}", row.intent), vec![said, receivers(row.takers.len(), row.intent.as_str())])
        }
    };
    if let Some(examples) = examples {
        let (lines, n) = (examples.lines(), examples.texts.len());
        let after = clean!("{n} to the clipboard, for agents/{}.toml; then `baton check`", examples.agent);
        let text = clean!("{}", lines.join("\n"));
        choices.push(choice(Clean::fixed("add these examples"), after, Some('e'), Pick::Copy(text)));
    }
    let mut card = card(model, title, facts, choices);
    card.seen = None;
    let words = may_rule.then(|| note("words that a rule asks for"));
    card.note = words;
    card
}

/// How many agents take a matter, where that is not one.
pub(crate) fn receivers(takers: usize, intent: &str) -> Clean {
    match takers {
        0 => clean!("No agent takes {intent}: give it to one, or there is no file for examples."),
        1 => clean!("One agent takes {intent}."),
        n => clean!("{n} agents take {intent}: an example belongs to the first of them, or to one alone."),
    }
}
