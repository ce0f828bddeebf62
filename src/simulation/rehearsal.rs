//! Rehearsals: conversations of a deployment's files, played on a scratch floor and held against what they
//! should come to.

mod happened;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::scratch::{Composer, Scratch, ScratchError, Stage, Visitor};
use crate::config::files::{CallFile, DecisionFile, ExpectFile, Rehearsal, TurnFile, Whether};
use crate::domain::text::Clean;
use crate::domain::time::Millis;
use crate::protocol::transcript::Item;

pub use happened::{Called, Happened};

/// One rehearsal that was played.
#[derive(Debug, Serialize)]
pub struct Played {
    /// The file's name without its ending.
    pub name: String,
    /// What it shows.
    pub about: String,
    /// What became of each turn, up to one that could not be played.
    pub turns: Vec<PlayedTurn>,
}

/// One turn that was played.
#[derive(Debug, Serialize)]
pub struct PlayedTurn {
    /// What the customer said or a person decided.
    pub said: Clean,
    /// What was expected, one line each.
    pub expected: Vec<Checked>,
    /// What happened.
    pub happened: Happened,
    /// Everything that was recorded, as a transcript shows it.
    #[serde(skip)]
    pub items: Vec<Item>,
}

/// One thing that was expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Its key in the file.
    pub key: &'static str,
    /// What was expected.
    pub expected: String,
    /// What happened instead; none when it came as expected.
    pub instead: Option<String>,
}

impl Played {
    /// Whether everything came as expected.
    pub fn passed(&self) -> bool {
        self.turns.iter().all(PlayedTurn::passed)
    }
}

impl PlayedTurn {
    /// Whether everything came as expected.
    pub fn passed(&self) -> bool {
        self.expected.iter().all(|checked| checked.instead.is_none())
    }
}

/// Plays a rehearsal.
///
/// # Errors
/// The scratch floor could not be made or broke; what the rules turn down is a miss, not an error.
pub fn play<'a>(
    stage: &'a Stage,
    rehearsal: &Rehearsal,
    composer: Option<&'a mut (dyn Composer + 'a)>,
) -> Result<Played, ScratchError> {
    let file = &rehearsal.file;
    let customer = &file.customer;
    let visitor = Visitor {
        person: customer.person.clone(),
        identity: customer.identity,
        tier: customer.tier,
        name: customer.name.clone(),
        facts: customer.facts.clone(),
        tools: file.tools.clone(),
        number: number(&rehearsal.name),
    };
    let mut scratch = stage.open(&visitor, composer)?;
    let mut turns = Vec::with_capacity(file.turns.len());
    for turn in &file.turns {
        let (played, goes_on) = play_turn(stage, &mut scratch, turn)?;
        turns.push(played);
        if !goes_on {
            break;
        }
    }
    Ok(Played { name: rehearsal.name.clone(), about: file.about.clone(), turns })
}

/// The same name draws the same words each time.
fn number(name: &str) -> [u8; 16] {
    let mut number = [0; 16];
    for (to, from) in number.iter_mut().zip(Sha256::digest(name)) {
        *to = from;
    }
    number
}

fn play_turn(stage: &Stage, scratch: &mut Scratch<'_>, turn: &TurnFile) -> Result<(PlayedTurn, bool), ScratchError> {
    let before = scratch.log().len();
    if let Some(minutes) = turn.after_minutes {
        scratch.wait(Millis::from_mins(minutes.into()))?;
    }
    let (said, done) = match (&turn.say, turn.decide) {
        (Some(text), _) => (text.clone(), scratch.say(text)),
        (None, Some(decision)) => {
            let approve = decision == DecisionFile::Approve;
            (if approve { "(approved)" } else { "(rejected)" }.to_owned(), scratch.decide(approve))
        }
        (None, None) => (format!("({} minutes later)", turn.after_minutes.unwrap_or_default()), Ok(())),
    };
    let happened = Happened::read(scratch, before);
    let mut expected = judge(&turn.expect, &happened);
    let goes_on = match done {
        Ok(()) => true,
        Err(error @ (ScratchError::Refused(_) | ScratchError::NothingWaits | ScratchError::NobodyDecides)) => {
            let (wanted, instead) = ("it is taken".to_owned(), Some(error.to_string()));
            expected.insert(0, Checked { key: "turn", expected: wanted, instead });
            false
        }
        Err(error @ (ScratchError::Store(_) | ScratchError::Models(_))) => return Err(error),
    };
    let items = scratch.items(before, &stage.titles);
    Ok((PlayedTurn { said: Clean::shown(&said), expected, happened, items }, goes_on))
}

/// Holds what happened against what was expected, in the order of the keys.
fn judge(expect: &ExpectFile, happened: &Happened) -> Vec<Checked> {
    let mut checks = Vec::new();
    let mut check = |key, expected: String, met: bool, instead: &dyn Fn() -> String| {
        checks.push(Checked { key, expected, instead: (!met).then(instead) });
    };
    if let Some(agent) = &expect.agent {
        let met = happened.agent.as_ref() == Some(agent);
        check("agent", agent.to_string(), met, &|| happened.holder.clone());
    }
    if let Some(intent) = &expect.intent {
        let met = happened.intent.as_ref() == Some(intent);
        check("intent", intent.to_string(), met, &|| happened.reading());
    }
    if let Some(calls) = &expect.calls {
        let met = if calls.is_empty() { happened.calls.is_empty() } else { calls.iter().all(|c| happened.made(c)) };
        check("calls", list(calls.iter().map(call)), met, &|| list(happened.calls.iter().map(Called::words)));
    }
    if let Some(handoffs) = &expect.handoffs {
        let met = *handoffs == happened.handoffs;
        check("handoffs", list(handoffs), met, &|| list(&happened.handoffs));
    }
    if let Some(escalated) = expect.escalated {
        let met = escalated.is(happened.escalated);
        check("escalated", whether(escalated), met, &|| happened.escalated.map_or("no".to_owned(), spelled));
    }
    if let Some(resolved) = expect.resolved {
        let met = resolved.is(happened.resolved);
        check("resolved", whether(resolved), met, &|| happened.resolved.map_or("no".to_owned(), spelled));
    }
    if let Some(tool) = &expect.waits_for {
        let met = happened.waits_for.as_ref() == Some(tool);
        check("waits-for", tool.to_string(), met, &|| list(&happened.waits_for));
    }
    for words in &expect.says {
        let met = words.0.iter().any(|one| happened.says(one));
        let wanted = words.0.iter().map(|one| format!("“{one}”")).collect::<Vec<_>>().join(" or ");
        check("says", wanted, met, &|| happened.words());
    }
    for words in &expect.never_says {
        let met = !happened.says(words);
        check("never-says", format!("“{words}”"), met, &|| happened.words());
    }
    for article in &expect.cites {
        let met = happened.cites.contains(article);
        check("cites", article.to_string(), met, &|| list(&happened.cites));
    }
    if let Some(withheld) = &expect.withheld {
        let met = withheld.iter().all(|slot| happened.withheld.contains(slot))
            && (!withheld.is_empty() || happened.withheld.is_empty());
        check("withheld", list(withheld), met, &|| list(&happened.withheld));
    }
    if let Some(kinds) = &expect.guard {
        let met =
            kinds.iter().all(|kind| happened.guard.contains(kind)) && (!kinds.is_empty() || happened.guard.is_empty());
        let words = |kinds: &[crate::domain::guard::GuardKind]| list(kinds.iter().map(|kind| kind.word()));
        check("guard", words(kinds), met, &|| words(&happened.guard));
    }
    checks
}

fn call(call: &CallFile) -> String {
    let with: Vec<String> = call.with().map(|(name, value)| format!("{name}={value}")).collect();
    [call.tool().to_string()].into_iter().chain(with).collect::<Vec<_>>().join(" ")
}

fn list(all: impl IntoIterator<Item = impl ToString>) -> String {
    let all: Vec<String> = all.into_iter().map(|one| one.to_string()).collect();
    if all.is_empty() { "none".to_owned() } else { all.join(", ") }
}

fn whether(wanted: Whether<impl Serialize>) -> String {
    match wanted {
        Whether::Plain(true) => "yes".to_owned(),
        Whether::Plain(false) => "no".to_owned(),
        Whether::Exactly(kind) => spelled(kind),
    }
}

/// A kind as files spell it.
fn spelled(kind: impl Serialize) -> String {
    serde_json::to_value(kind).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
