//! What people say about what agents did: who should have had it, and how an answer was.

use std::collections::BTreeSet;

use crate::domain::command::OperatorAct;
use crate::domain::conversation::Author;
use crate::domain::customer::Tier;
use crate::domain::id::{AgentName, ChannelName, ClientKey, ConversationId, IntentName, TurnNo};
use crate::domain::learning::{CameOf, Reach, RoutingRule, RuleWord, TurnRating};
use crate::domain::supervision::Segment;
use crate::domain::text::{Clean, Foreign};
use crate::domain::time::{Millis, Timestamp};
use crate::protocol::console::{ConsoleCommand, ConsoleRequest};
use crate::protocol::learning::{Alike, AlikeCase, AlikeTarget, Repeated};
use crate::protocol::query::Query;
use crate::protocol::transcript::ItemBody;

use super::super::model::Model;
use super::super::model::card::{Card, Choice, Fact, Pick, ReachPick, RuleAbout, RulePick};
use super::super::model::pending::Tone;
use super::Effect;
use super::acts::{Act, submit};
use super::cards::{card, choice, note, open, target};

/// How long rules hold, as they are offered.
const DAY: Millis = Millis::from_hours(24);
const WEEK: Millis = Millis::from_hours(7 * 24);
/// Repeated corrections that a card names.
const REPEATED: usize = 3;

/// Asks who should have had it.
pub(super) fn reroute(model: &mut Model) -> Vec<Effect> {
    let Some(row) = target(model) else { return Vec::new() };
    let decision = model.live.open.as_ref().filter(|open| open.id == row.id);
    let decision = decision.and_then(|open| open.detail.as_ref()?.decision.as_deref()).cloned();
    let chosen = decision.as_ref().map(|decision| decision.chosen.clone());
    let scored = |agent: &AgentName| {
        decision
            .as_ref()?
            .candidates
            .iter()
            .find(|candidate| candidate.agent == *agent)
            .map(|candidate| candidate.score)
    };
    let mut agents: Vec<_> =
        model.live.picture.agents.values().filter(|agent| chosen != Some(agent.name.clone())).collect();
    agents.sort_by_key(|agent| (std::cmp::Reverse(scored(&agent.name)), agent.name.clone()));
    let choices: Vec<Choice> = agents
        .into_iter()
        .map(|agent| {
            let score =
                scored(&agent.name).map_or_else(|| "not considered".to_owned(), |score| format!("scored {score}"));
            let about = clean!("{score}; {} of {} conversations", agent.load, agent.capacity);
            choice(Clean::from(&agent.name), about, None, Pick::Reroute(agent.name.clone()))
        })
        .collect();
    let facts = decision.as_ref().map_or_else(
        || vec![clean!("{} holds it; no agent was chosen here.", row.holder)],
        |decision| vec![clean!("{} was chosen, {} above the next.", decision.chosen, decision.margin)],
    );
    let mut asks = open_card(model, clean!("WHO SHOULD HAVE HAD {}", row.name), facts, choices);
    let Ok(key) = model.keys.mint() else { return asks };
    model.alike = (Some(key.clone()), None);
    let query = Query::Alike { conversation: row.id.to_string() };
    asks.push(Effect::send(ConsoleRequest::Ask { key, query, after: None }));
    asks
}

fn open_card(model: &mut Model, title: Clean, facts: Vec<Clean>, choices: Vec<Choice>) -> Vec<Effect> {
    let card = card(model, title, facts, choices);
    open(model, card)
}

/// What is like it has arrived: it is added to the card that asks, if that is still open.
pub(super) fn arrived(model: &mut Model, key: &ClientKey, page: Box<Alike>) {
    if model.alike.0.as_ref() != Some(key) {
        return;
    }
    let asks = |card: &Card| {
        let about = card.seen.as_ref().map(|seen| seen.conversation) == Some(page.conversation);
        about && card.choices.iter().any(|choice| matches!(choice.pick, Pick::Reroute(_) | Pick::Reach(..)))
    };
    if let Some(card) = model.card.as_mut().filter(|card| asks(card)) {
        let to = card
            .choices
            .iter()
            .find_map(|choice| if let Pick::Reach(to, _) = &choice.pick { Some(to.clone()) } else { None });
        card.facts.extend(shows(&page, to.as_ref()));
    }
    model.alike = (None, Some(page));
}

/// What is like it, and what a correction towards `to` would change.
fn shows(page: &Alike, to: Option<&AgentName>) -> Vec<Fact> {
    let mut facts: Vec<Fact> = Vec::new();
    let target = to.and_then(|to| page.targets.iter().find(|target| target.agent == *to));
    facts.extend(target.map(|target| Fact::new("effect", effect(page, target))));
    facts.extend(page.closest.iter().map(|case| Fact::new("like it", like(case))));
    if page.closest.is_empty() {
        facts.push(Fact::new("like it", Clean::fixed("nothing of the last time")));
    }
    facts.extend(
        page.repeated.iter().filter(|row| row.times > 1).take(REPEATED).map(|row| Fact::new("again", again(row))),
    );
    facts
}

fn effect(page: &Alike, target: &AlikeTarget) -> Clean {
    let AlikeTarget { agent, taught, ruled, .. } = target;
    let of = page.looked_at;
    clean!("of the last {of} elsewhere, once taught {taught} more would go to {agent}, by a rule {ruled}")
}

fn like(case: &AlikeCase) -> Clean {
    let intent = case.intent.as_ref().map_or("?", |intent| intent.as_str());
    let end = case.came.map_or("goes on", CameOf::words);
    clean!("{} {}  {intent} > {}, {end}", case.likeness, case.handle, case.chosen)
}

pub(super) fn again(row: &Repeated) -> Clean {
    let was = row.was.as_ref().map_or("nobody", |was| was.as_str());
    let intent = row.intent.as_ref().map(|intent| format!(" for {intent}")).unwrap_or_default();
    clean!("{} x {was} > {}{intent} this week", row.times, row.agent)
}

/// Asks for how much it counts.
pub(super) fn reach(model: &mut Model, was: Card, to: &AgentName) -> Vec<Effect> {
    let name = target(model).map(|row| row.name.one_line()).unwrap_or_default();
    let page = model
        .alike
        .1
        .as_ref()
        .filter(|page| was.seen.as_ref().is_some_and(|seen| seen.conversation == page.conversation));
    let intent = page.and_then(|page| page.intent.clone()).map_or_else(|| "of the kind".to_owned(), |i| i.to_string());
    let mut choices = vec![
        choice(
            Clean::fixed("only this chat"),
            clean!("{to} answers here from now on; it is noted, and nothing else changes"),
            Some('o'),
            Pick::Reach(to.clone(), ReachPick::Once),
        ),
        choice(
            Clean::fixed("teach"),
            clean!("{to} answers here, and what is like it goes there as far as it is alike"),
            Some('t'),
            Pick::Reach(to.clone(), ReachPick::Teach),
        ),
    ];
    choices.extend(spans(to, &intent, &RuleAbout::Chat));
    let shown: Vec<Fact> = page.map(|page| shows(page, Some(to))).unwrap_or_default();
    let mut next = card(model, clean!("{to} SHOULD HAVE HAD {name}"), Vec::new(), choices);
    next.facts = shown;
    // It is about what stood on the screen when the first question was asked.
    next.seen = was.seen;
    next.note = Some(note("words that a rule asks for; else what the agent should know"));
    open(model, next)
}

/// The choices of a rule about a matter that was corrected again and again.
pub(super) fn rules(to: &AgentName, intent: Option<&IntentName>) -> Vec<Choice> {
    let matter = intent.map_or_else(|| "like that".to_owned(), ToString::to_string);
    spans(to, &matter, &RuleAbout::Matter(intent.cloned()))
}

/// A rule for each of the spans that are offered.
fn spans(to: &AgentName, matter: &str, about: &RuleAbout) -> Vec<Choice> {
    let rule = |letter, span: Millis| {
        let pick = RulePick { to: to.clone(), span, about: about.clone(), words: Vec::new() };
        let long = span_word(span);
        let after = clean!("what is {matter} goes to {to} for {long}, or only what has the words below; it names you");
        choice(clean!("a rule for {long}"), after, Some(letter), Pick::Rule(pick))
    };
    vec![rule('d', DAY), rule('w', WEEK)]
}

const fn span_word(span: Millis) -> &'static str {
    if span.0 == DAY.0 { "a day" } else { "a week" }
}

/// Asks whose conversations a rule is about; words that are no words are asked for again.
pub(super) fn whose(model: &mut Model, was: Card, mut pick: RulePick, words: Option<&Foreign>) -> Vec<Effect> {
    let said = words.map(Foreign::raw).unwrap_or_default();
    let read: Result<Vec<RuleWord>, _> = said.split_whitespace().map(str::parse).collect();
    let missing = matches!(pick.about, RuleAbout::Matter(None)) && said.trim().is_empty();
    match read {
        Ok(words) if !missing => pick.words = words,
        Ok(_) | Err(_) => {
            model.card = Some(was);
            let first = "a rule asks for words of letters and digits, divided by spaces: Tab writes them";
            model.say(Tone::Plain, Clean::fixed(first));
            return Vec::new();
        }
    }
    let part = |label: Clean, letter, segment| {
        let after = clean!("it holds for {} and names you", span_word(pick.span));
        choice(label, after, letter, Pick::RuleFor(pick.clone(), segment))
    };
    let mut choices = vec![part(Clean::fixed("all customers"), Some('a'), None)];
    let tiers = [("standard", 's', Tier::Standard), ("gold", 'g', Tier::Gold), ("VIP", 'v', Tier::Vip)];
    choices.extend(tiers.map(|(word, letter, tier)| {
        let segment = Segment { tier: Some(tier), channel: None };
        part(clean!("{word} customers alone"), Some(letter), Some(segment))
    }));
    let channels: BTreeSet<ChannelName> = model.live.picture.rows.values().map(|row| row.channel.clone()).collect();
    choices.extend(channels.into_iter().map(|channel| {
        let label = clean!("by {channel} alone");
        part(label, None, Some(Segment { tier: None, channel: Some(channel) }))
    }));
    let matter = match &pick.about {
        RuleAbout::Chat => Clean::fixed("what is read like this chat"),
        RuleAbout::Matter(intent) => intent.as_ref().map_or_else(|| Clean::fixed("anything"), Clean::from),
    };
    let words: Vec<&str> = pick.words.iter().map(RuleWord::as_str).collect();
    let first = clean!("{matter} goes to {} for {}.", pick.to, span_word(pick.span));
    let mut next = card(model, Clean::fixed("WHOSE CONVERSATIONS"), vec![first], choices);
    next.facts.extend((!words.is_empty()).then(|| Fact::new("says", clean!("{}", words.join(" ")))));
    next.facts.extend(was.facts);
    next.seen = was.seen;
    model.card = Some(next);
    Vec::new()
}

/// What a rule is about: `refund "charged twice", gold by web`.
pub(crate) fn about(rule: &RoutingRule) -> Clean {
    let intent = rule.intent.as_ref().map_or("anything", |intent| intent.as_str());
    let words: Vec<&str> = rule.words.iter().map(RuleWord::as_str).collect();
    let words = if words.is_empty() { String::new() } else { format!(" \"{}\"", words.join(" ")) };
    let whose = rule.segment.as_ref().map(|segment| format!(", {}", whose_word(segment))).unwrap_or_default();
    clean!("{intent}{words}{whose}")
}

fn whose_word(segment: &Segment) -> String {
    let tier = segment.tier.map(Tier::word);
    let channel = segment.channel.as_ref().map(|channel| format!("by {channel}"));
    [tier.map(str::to_owned), channel].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The act of a rule that was picked; nothing where it is about a conversation that is missing.
pub(super) fn ruled(
    conversation: Option<ConversationId>,
    pick: RulePick,
    segment: Option<Segment>,
    now: Timestamp,
) -> Option<OperatorAct> {
    let RulePick { to, span, about, words } = pick;
    let until = now + span;
    Some(match about {
        RuleAbout::Chat => {
            let (conversation, reach) = (conversation?, Reach::Rule { until, words, segment });
            OperatorAct::Reroute { conversation, to, reach, note: None }
        }
        RuleAbout::Matter(intent) => OperatorAct::MakeRule { agent: to, intent, until, words, segment },
    })
}

/// The act of a picked reach.
pub(super) fn picked(
    conversation: ConversationId,
    to: AgentName,
    pick: ReachPick,
    note: Option<Foreign>,
) -> OperatorAct {
    let reach = match pick {
        ReachPick::Once => Reach::Once,
        ReachPick::Teach => Reach::Teach,
    };
    OperatorAct::Reroute { conversation, to, reach, note }
}

/// Asks how the last answer of an agent was.
pub(super) fn rate(model: &mut Model) -> Vec<Effect> {
    let Some(row) = target(model) else { return Vec::new() };
    let Some((turn, agent, text)) = last_answer(model, row.id) else {
        model.say(Tone::Plain, Clean::fixed("no answer of an agent stands here yet"));
        return Vec::new();
    };
    let facts = vec![clean!("{agent}: {text}")];
    let choices = vec![
        choice(
            Clean::fixed("good"),
            clean!("it counts for {agent}; the customer sees nothing of it"),
            Some('g'),
            Pick::RateTurn(turn, TurnRating::Good),
        ),
        choice(
            Clean::fixed("bad"),
            clean!("it counts against {agent}; the customer sees nothing of it"),
            Some('b'),
            Pick::RateTurn(turn, TurnRating::Bad),
        ),
    ];
    open_card(model, clean!("HOW WAS THE ANSWER to {}", row.name), facts, choices)
}

/// The last answer of an agent that has arrived.
fn last_answer(model: &Model, id: ConversationId) -> Option<(TurnNo, AgentName, Clean)> {
    let open = model.live.open.as_ref().filter(|open| open.id == id)?;
    open.items.values().rev().find_map(|item| {
        let ItemBody::Message { turn, author: Author::Agent(agent), text, .. } = &item.body else { return None };
        Some((*turn, agent.clone(), text.one_line()))
    })
}

/// `:wrong-intent refund-request`: what the customer's last message that is shown was about.
pub(super) fn wrong_intent(model: &mut Model, words: &str) -> Vec<Effect> {
    let Some(row) = target(model) else { return Vec::new() };
    let (id, seen) = (row.id, model.painted.seen(None));
    let Ok(intent) = words.parse::<IntentName>() else {
        let usage = "say what the customer's last message was about, like `:wrong-intent refund-request`";
        model.say(Tone::Plain, Clean::fixed(usage));
        return Vec::new();
    };
    let Some(turn) = last_said(model, id) else {
        model.say(Tone::Plain, Clean::fixed("no message of the customer stands here yet"));
        return Vec::new();
    };
    let label = clean!("message {turn} was about {intent}");
    let command = ConsoleCommand::Act(OperatorAct::CorrectIntent { conversation: id, turn, intent });
    submit(model, Act { label, seen, command, words: None })
}

/// The last message of the customer that is shown.
fn last_said(model: &Model, id: ConversationId) -> Option<TurnNo> {
    let open = model.live.open.as_ref().filter(|open| open.id == id)?;
    open.items.values().rev().find_map(|item| {
        let ItemBody::Message { turn, author: Author::Customer, .. } = &item.body else { return None };
        Some(*turn)
    })
}
