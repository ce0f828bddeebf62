//! The last two lines: a rule that carries notices, and what can be done to what.

use super::strip::{Piece, Strip, exact, piece};
use crate::console::keymap::{Deed, Go, Look, Past, Run};
use crate::console::model::pending::{Fate, Tone};
use crate::console::model::player::Origin;
use crate::console::model::sheet::SheetKind;
use crate::console::model::{Model, Pane, View};
use crate::console::theme::Token;
use crate::console::update::{allowed, is_asleep, is_beside, undoable};
use crate::domain::operator::Role;
use crate::domain::text::Clean;

/// Hints for acts, the most pressing first.
const DEEDS: [Deed; 13] = [
    Deed::TakeOffer,
    Deed::PassOffer,
    Deed::Decide,
    Deed::Compose,
    Deed::GiveDraft,
    Deed::TakeOver,
    Deed::HandBack,
    Deed::Whisper,
    Deed::Gate,
    Deed::Barge,
    Deed::Dismiss,
    Deed::Move,
    Deed::Close,
];
/// Hints for what presses least; on a narrow screen the list of all acts names them.
const LATER: [Deed; 4] = [Deed::Snooze, Deed::Priority, Deed::Label, Deed::Watch];
/// Hints for looking.
const LOOKS: [Run; 6] = [
    Run::Look(Look::Drafts),
    Run::Look(Look::Explain),
    Run::Past(Past::ScrubBack),
    Run::Go(Go::NextNeed),
    Run::Look(Look::Acts),
    Run::Look(Look::Help),
];
/// Hints of a player.
const STEPS: [Run; 9] = [
    Run::Past(Past::Play),
    Run::Past(Past::ScrubBack),
    Run::Past(Past::ScrubForward),
    Run::Past(Past::NextDecision),
    Run::Past(Past::NextHandoff),
    Run::Go(Go::NextNeed),
    Run::Past(Past::Faster),
    Run::Past(Past::Slower),
    Run::Look(Look::Explain),
];

/// The footer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FooterView {
    /// What the rule carries, if anything.
    pub notice: Option<Piece>,
    /// The line of hints.
    pub strip: Strip,
}

impl From<&Model> for FooterView {
    fn from(model: &Model) -> Self {
        Self { notice: notice(model), strip: hints(model) }
    }
}

fn notice(model: &Model) -> Option<Piece> {
    let unknown = model.pending.iter().filter(|pending| pending.fate == Fate::Unknown).count();
    let sending = model.pending.iter().find(|pending| pending.fate == Fate::Sending && pending.words.is_none());
    match (model.notices.shown(), sending) {
        (Some(notice), _) => {
            let token = match notice.tone {
                Tone::Plain => Token::Base,
                Tone::Good => Token::Good,
                Tone::Bad => Token::Need,
            };
            Some(piece(token, clean!(" {} ", notice.text)))
        }
        (None, Some(pending)) => Some(piece(Token::Dim, clean!(" sending: {} ", pending.label))),
        (None, None) if unknown > 0 => {
            Some(piece(Token::Need, clean!(" {unknown} of your acts: unknown, asking as soon as there is a line ")))
        }
        (None, None) => None,
    }
}

/// `Maya R.: T take over  W whisper …`.
fn hints(model: &Model) -> Strip {
    let undo = undoable(model).filter(|_| !model.is_past()).map(|(row, undo)| {
        let left = exact(undo.until.since(model.floor_now()));
        let key = model.keymap.key_of(Run::Deed(Deed::Undo));
        vec![
            piece(Token::Key, clean!("  {key}")),
            piece(Token::Need, clean!(" undo: {} {} {left} ", undo.what.word(), row.name.one_line())),
        ]
    });
    let right = undo.unwrap_or_default();
    let room = usize::from(model.size.columns).saturating_sub(right.iter().map(|piece| piece.text.cells()).sum());
    let (target, mut pairs) = context(model);
    let mut left = vec![target];
    let cells = |(key, word): &(Clean, Clean)| key.cells() + word.cells() + 3;
    let mut used: usize = left.iter().map(|piece| piece.text.cells()).sum();
    // Where not all fit, the way to the others is the one that stays.
    let help = clean!("{}", model.keymap.key_of(Run::Look(Look::Help)));
    if used + pairs.iter().map(cells).sum::<usize>() > room
        && let Some(at) = pairs.iter().position(|(key, _)| *key == help)
    {
        let help = pairs.remove(at);
        let fitting = pairs.iter().scan(used + cells(&help), |sum, pair| {
            *sum += cells(pair);
            Some(*sum)
        });
        pairs.truncate(fitting.take_while(|sum| *sum <= room).count());
        pairs.push(help);
    }
    for (key, word) in pairs {
        let cells = key.cells() + word.cells() + 3;
        if used + cells > room {
            break;
        }
        used += cells;
        left.push(piece(Token::Key, clean!(" {key} ")));
        left.push(piece(Token::Dim, clean!("{word} ")));
    }
    Strip::of(left).right(right)
}

type Pairs = Vec<(Clean, Clean)>;

fn fixed(pairs: &[(&'static str, &'static str)]) -> Pairs {
    pairs.iter().map(|(key, word)| (Clean::fixed(key), Clean::fixed(word))).collect()
}

/// What the hints are about, and the hints.
fn context(model: &Model) -> (Piece, Pairs) {
    if let Some(card) = &model.card {
        let enter = if card.is_dead(model.wall) { "Enter …" } else { "Enter" };
        let mut pairs =
            vec![(Clean::fixed(enter), Clean::fixed("confirm")), (Clean::fixed("Esc"), Clean::fixed("back"))];
        if card.choices.len() > 1 {
            pairs.push((Clean::fixed("j k"), Clean::fixed("choose")));
        }
        if let Some(note) = &card.note {
            pairs.push((Clean::fixed("Tab"), Clean::fixed(note.label)));
        }
        return (piece(Token::Strong, clean!(" {}: ", card.title)), pairs);
    }
    if model.filter_line.1 {
        let word = if model.view == View::History { "search" } else { "keep the filter" };
        return (piece(Token::Strong, " filter: "), vec![(Clean::fixed("Enter"), Clean::fixed(word))]);
    }
    if let Some(row) = model.composing.and_then(|id| model.live.picture.rows.get(&id)) {
        let pairs = fixed(&[("Enter", "send"), ("Tab", "audience"), ("Esc", "back, the draft stays")]);
        return (piece(Token::Strong, clean!(" writing in {}: ", row.name.one_line())), pairs);
    }
    let list = model.sheet.as_ref().and_then(|sheet| match sheet.kind {
        SheetKind::Rules => Some((" rules: ", "end it")),
        SheetKind::Learn => Some((" learnt: ", "make a rule, add examples")),
        SheetKind::Likely => Some((" likely: ", "go there")),
        SheetKind::Explain | SheetKind::Drafts | SheetKind::Help | SheetKind::Whole(_) | SheetKind::Palette(_) => None,
    });
    if let Some((name, enter)) = list {
        return (piece(Token::Strong, name), fixed(&[("j k", "choose"), ("Enter", enter), ("Esc", "back")]));
    }
    if let Some(player) = &model.player {
        let (word, esc) = match player.origin {
            Origin::Scrub => (" the past: ", "back to now"),
            Origin::Replay => (" replay: ", "close"),
        };
        let mut pairs = known(model, &STEPS);
        pairs.insert(1, (Clean::fixed("Esc"), Clean::fixed(esc)));
        return (piece(Token::Past, word), pairs);
    }
    if model.view == View::History {
        let pairs =
            fixed(&[("Enter", "play"), ("/", "search the texts"), ("1", "floor"), ("?", "help"), ("q", "detach")]);
        return (piece(Token::Strong, " history: "), pairs);
    }
    if model.view == View::Knowledge {
        let pairs = fixed(&[("Enter", "play the last one"), ("1", "floor"), ("?", "help"), ("q", "detach")]);
        return (piece(Token::Strong, " knowledge: "), pairs);
    }
    // Who sleeps has to be woken before anything else makes sense.
    let first = model.row().is_some_and(is_asleep).then_some(Deed::Snooze);
    let later = LATER.iter().filter(|deed| Some(**deed) != first).map(|deed| Run::Deed(*deed));
    let deeds = first.iter().chain(&DEEDS).map(|deed| Run::Deed(*deed)).chain(LOOKS).chain(later);
    let deeds: Vec<Run> = deeds.collect();
    let name = match model.row() {
        Some(row) if model.view != View::Agents => clean!(" {}: ", row.name.one_line().truncated(24)),
        Some(_) | None => Clean::fixed(" "),
    };
    let mut pairs = known(model, &deeds);
    if model.view == View::Agents && allowed(model, Run::Deed(Deed::Presence)).is_ok() {
        let others = model.marked_person().filter(|name| Some(*name) != model.me() && model.role() >= Role::Supervisor);
        let word = others.map_or_else(|| Clean::fixed("my state"), |name| clean!("state of {name}"));
        pairs.insert(0, (clean!("{}", model.keymap.key_of(Run::Deed(Deed::Presence))), word));
    }
    if model.pane == Pane::List {
        pairs.push((Clean::fixed("q"), Clean::fixed("detach")));
    }
    (piece(Token::Strong, name), pairs)
}

/// Keys of what is allowed now.
fn known(model: &Model, runs: &[Run]) -> Pairs {
    let allowed = runs.iter().filter(|run| allowed(model, **run).is_ok());
    allowed
        .filter_map(|run| {
            let binding = model.keymap.binding(*run)?;
            let word = match run {
                Run::Deed(Deed::Snooze) if model.row().is_some_and(is_asleep) => Clean::fixed("wake"),
                Run::Deed(Deed::Watch) if model.row().is_some_and(|row| row.watch.is_some()) => {
                    Clean::fixed("watch no more")
                }
                Run::Deed(Deed::Gate) if model.row().is_some_and(|row| row.gated) => Clean::fixed("gate off"),
                Run::Deed(Deed::Barge) if model.row().is_some_and(|row| is_beside(model, row)) => {
                    Clean::fixed("end barge")
                }
                Run::Go(Go::NextNeed) if model.is_past() => Clean::fixed("escalation"),
                Run::Go(_) | Run::Look(_) | Run::Past(_) | Run::Deed(_) => clean!("{}", binding.word),
            };
            binding.on.first().map(|key| (clean!("{key}"), word))
        })
        .collect()
}
