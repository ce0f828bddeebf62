//! Incidents on the floor, the proposals, and the bounded sums that proposals rest on.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use crate::domain::event::CallEnd;
use crate::domain::id::{ComponentName, ConversationId, IncidentId, IntentName, OperatorName, ToolName};
use crate::domain::incident::{BroadcastKind, Evidence, IncidentCause, StatusLine};
use crate::domain::policy::IncidentPolicy;
use crate::domain::text::Foreign;
use crate::domain::time::{Millis, Timestamp};

use super::conversation::Conversation;
use super::floor::Floor;

/// Happenings kept of one tool or one matter: far more than any threshold.
const RECENT_KEPT: usize = 256;
/// Tools and matters that are watched, each; a deployment has fewer.
const WATCHED_MAX: usize = 256;
/// Windows of which the usual number is a running mean: the last two hours of quarters.
const USUAL_WINDOWS: i64 = 8;
/// Empty windows after which nothing is usual any more.
const EMPTY_WINDOWS: i64 = 64;

/// Incidents, proposals, sums.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Incidents {
    /// What was proposed and waits for somebody's word.
    pub proposed: BTreeMap<IncidentId, Proposal>,
    /// What was declared, until some time after it was cleared.
    pub open: BTreeMap<IncidentId, Incident>,
    /// What the house says of its parts.
    #[serde(default)]
    pub status: BTreeMap<ComponentName, StatusLine>,
    /// Causes that were dismissed, and until when they are not proposed again.
    pub quiet: Vec<(IncidentCause, Timestamp)>,
    /// Conversations in which a tool failed lately.
    pub failing: BTreeMap<ToolName, Recent>,
    /// Conversations that came for something lately, and how many that usually are.
    pub asked: BTreeMap<IntentName, Arrivals>,
    /// When the first conversation of the floor came for something.
    pub watched_since: Option<Timestamp>,
}

/// A common cause that was seen and not judged yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// What is shared.
    pub cause: IncidentCause,
    /// What speaks for it.
    pub evidence: Evidence,
    /// Since when.
    pub since: Timestamp,
}

/// An incident that somebody declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// Its name for colleagues.
    pub title: Foreign,
    /// What its conversations share.
    pub cause: IncidentCause,
    /// Who leads.
    pub lead: OperatorName,
    /// Since when.
    pub since: Timestamp,
    /// Live conversations in it.
    pub members: BTreeSet<ConversationId>,
    /// Live conversations that were told of it, and what kind of word came last.
    #[serde(default)]
    pub told: BTreeMap<ConversationId, BroadcastKind>,
    /// Messages so far.
    #[serde(default)]
    pub broadcasts: u32,
    /// When somebody was told last.
    #[serde(default)]
    pub told_at: Option<Timestamp>,
    /// The message that is on its way.
    #[serde(default)]
    pub broadcast: Option<Broadcast>,
    /// Once it is over: how long the floor keeps it.
    pub kept_until: Option<Timestamp>,
}

/// A message on its way to many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Broadcast {
    /// Which of its incident's, from 1.
    pub number: u32,
    /// What kind of word it is.
    pub kind: BroadcastKind,
    /// The words, with their gaps.
    pub text: Foreign,
    /// Who is to be told still, next first.
    pub waiting: VecDeque<ConversationId>,
    /// So many were told.
    pub told: u32,
    /// So many were left out after all.
    pub skipped: u32,
    /// Between two of them.
    pub pause: Millis,
    /// When the next is told.
    pub next_at: Timestamp,
}

impl Incident {
    /// One that begins: nobody belongs to it yet.
    pub const fn new(title: Foreign, cause: IncidentCause, lead: OperatorName, since: Timestamp) -> Self {
        Self {
            title,
            cause,
            lead,
            since,
            members: BTreeSet::new(),
            told: BTreeMap::new(),
            broadcasts: 0,
            told_at: None,
            broadcast: None,
            kept_until: None,
        }
    }

    /// Whether somebody said that it is over.
    pub const fn is_over(&self) -> bool {
        self.kept_until.is_some()
    }

    /// When something of it is due.
    pub fn next_due(&self) -> Option<Timestamp> {
        // A message that is on its way comes to its end first.
        self.broadcast.as_ref().map(|broadcast| broadcast.next_at).or(self.kept_until)
    }
}

/// Happenings of one kind, latest last.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Recent(VecDeque<(Timestamp, ConversationId)>);

impl Recent {
    /// One more; what lies before the window is forgotten.
    pub fn add(&mut self, at: Timestamp, conversation: ConversationId, window: Millis) {
        self.0.push_back((at, conversation));
        while self.0.front().is_some_and(|(then, _)| at.since(*then) > window) || self.0.len() > RECENT_KEPT {
            self.0.pop_front();
        }
    }

    /// Different conversations within the window.
    pub fn conversations(&self, at: Timestamp, window: Millis) -> u32 {
        let within = self.0.iter().filter(|(then, _)| at.since(*then) <= window);
        within.map(|(_, conversation)| conversation).collect::<BTreeSet<_>>().len() as u32
    }

    /// When it last happened.
    fn last(&self) -> Option<Timestamp> {
        self.0.back().map(|(at, _)| *at)
    }
}

/// Conversations that came for one matter.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Arrivals {
    /// The last ones.
    pub recent: Recent,
    /// The window that is being counted.
    window: i64,
    /// Conversations in it.
    count: i64,
    /// Windows behind the mean.
    windows: i64,
    /// Their mean, in thousandths.
    usual: i64,
}

impl Arrivals {
    /// A matter that comes up in a window for the first time, when `before` windows have gone by without it.
    fn new(window: i64, before: i64) -> Self {
        Self { window, windows: before.min(USUAL_WINDOWS), ..Self::default() }
    }

    /// One more.
    fn add(&mut self, at: Timestamp, conversation: ConversationId, span: Millis) {
        self.roll(window_of(at, span));
        self.count += 1;
        self.recent.add(at, conversation, span);
    }

    /// What is usual at `at`, in thousandths of a conversation a window.
    pub fn usual(&self, at: Timestamp, span: Millis) -> u32 {
        let mut rolled = Self { recent: Recent::default(), ..*self };
        rolled.roll(window_of(at, span));
        u32::try_from(rolled.usual).unwrap_or(u32::MAX)
    }

    /// Takes the windows that have ended into the mean.
    fn roll(&mut self, now: i64) {
        let ended = now.saturating_sub(self.window);
        if ended > EMPTY_WINDOWS {
            (self.window, self.count, self.usual) = (now, 0, 0);
            self.windows = USUAL_WINDOWS;
            return;
        }
        for _ in 0..ended.max(0) {
            self.windows = (self.windows + 1).min(USUAL_WINDOWS);
            self.usual += (self.count * 1_000 - self.usual) / self.windows;
            self.count = 0;
        }
        if ended > 0 {
            self.window = now;
        }
    }
}

/// The number of the window in which a moment lies.
fn window_of(at: Timestamp, span: Millis) -> i64 {
    at.0.div_euclid(i64::try_from(span.0.max(1)).unwrap_or(i64::MAX))
}

/// Makes room for one more key; what has not happened for longest goes.
fn room<K: Ord + Clone, V>(map: &mut BTreeMap<K, V>, key: &K, last: impl Fn(&V) -> Option<Timestamp>) {
    if map.len() < WATCHED_MAX || map.contains_key(key) {
        return;
    }
    let oldest = map.iter().min_by_key(|(_, value)| last(value)).map(|(key, _)| key.clone());
    oldest.map(|key| map.remove(&key));
}

impl Incidents {
    /// A tool failed in a conversation.
    pub fn failed(&mut self, tool: &ToolName, conversation: ConversationId, at: Timestamp, policy: &IncidentPolicy) {
        room(&mut self.failing, tool, Recent::last);
        self.failing.entry(tool.clone()).or_default().add(at, conversation, policy.tool_window_ms);
    }

    /// A conversation came for something.
    pub fn came(&mut self, intent: &IntentName, conversation: ConversationId, at: Timestamp, policy: &IncidentPolicy) {
        let span = policy.intent_window_ms;
        let first = window_of(*self.watched_since.get_or_insert(at), span);
        room(&mut self.asked, intent, |arrivals| arrivals.recent.last());
        let now = window_of(at, span);
        let fresh = || Arrivals::new(now, now.saturating_sub(first));
        self.asked.entry(intent.clone()).or_insert_with(fresh).add(at, conversation, span);
    }

    /// A conversation is not live any more.
    pub fn leaves(&mut self, c: &Conversation) {
        for incident in self.open.values_mut() {
            incident.members.remove(&c.id);
            incident.told.remove(&c.id);
            if let Some(broadcast) = &mut incident.broadcast {
                broadcast.waiting.retain(|id| *id != c.id);
            }
        }
    }

    /// The incident that goes on and has this cause.
    pub fn of_cause(&self, cause: &IncidentCause) -> Option<IncidentId> {
        let mut open = self.open.iter().filter(|(_, incident)| !incident.is_over());
        open.find(|(_, incident)| incident.cause == *cause).map(|(id, _)| *id)
    }

    /// The incident of a conversation, if it goes on.
    pub fn of(&self, c: &Conversation) -> Option<(IncidentId, &Incident)> {
        let id = c.incident?;
        self.open.get(&id).filter(|incident| !incident.is_over()).map(|incident| (id, incident))
    }

    /// What speaks for a common cause, if it is enough under the policy.
    pub fn evidence(&self, cause: &IncidentCause, at: Timestamp, policy: &IncidentPolicy) -> Option<Evidence> {
        match cause {
            IncidentCause::Tool(tool) => {
                let window = policy.tool_window_ms;
                let conversations = self.failing.get(tool)?.conversations(at, window);
                (conversations >= policy.tool_conversations.max(1)).then_some(Evidence {
                    conversations,
                    window,
                    usual: None,
                })
            }
            IncidentCause::Intent(intent) => {
                let window = policy.intent_window_ms;
                let warm = Millis(window.0.saturating_mul(u64::from(policy.intent_warm_windows)));
                if self.watched_since.is_none_or(|since| at.since(since) < warm) {
                    return None;
                }
                let arrivals = self.asked.get(intent)?;
                let conversations = arrivals.recent.conversations(at, window);
                let usual = arrivals.usual(at, window);
                let much = u64::from(conversations) * 1_000 >= u64::from(usual) * u64::from(policy.intent_factor);
                let many = conversations >= policy.intent_conversations.max(1);
                (many && much).then_some(Evidence { conversations, window, usual: Some(usual) })
            }
            IncidentCause::Words(_) => None,
        }
    }
}

impl Floor {
    /// Whether a conversation shares a cause.
    pub fn shares(&self, c: &Conversation, cause: &IncidentCause) -> bool {
        match cause {
            IncidentCause::Tool(tool) => failed_tools(c).any(|failed| failed == tool),
            IncidentCause::Intent(intent) => c.analysis.top().is_some_and(|top| top.intent == *intent),
            IncidentCause::Words(words) => {
                let said = c.turns.iter().filter(|turn| turn.asks());
                said.filter_map(|turn| turn.text.reveal()).any(|text| has_words(text, words))
            }
        }
    }

    /// Whether there may be something to gather in a conversation: asked at every message, so it is cheap.
    pub fn stirs(&self, c: &Conversation) -> bool {
        let policy = self.deployment.as_ref().map(|deployment| &deployment.policy.incidents);
        let incidents = &self.incidents;
        let arrivals = c.arrived.as_ref().and_then(|intent| incidents.asked.get(intent));
        let many =
            |arrivals: &Arrivals| policy.is_some_and(|p| arrivals.recent.0.len() >= p.intent_conversations as usize);
        !incidents.open.is_empty() || arrivals.is_some_and(many)
    }
}

/// Tools that failed in a conversation as far as it remembers.
pub fn failed_tools(c: &Conversation) -> impl Iterator<Item = &ToolName> {
    let failed = |end: CallEnd| match end {
        CallEnd::Failed | CallEnd::Unknown => true,
        CallEnd::Done | CallEnd::Declined | CallEnd::Refused => false,
    };
    let over = c.results.iter().filter(move |result| failed(result.end)).map(|result| &result.tool);
    let trying = c.calls.values().filter(|call| call.attempts > 0 || call.asked > 0 || call.ask_at.is_some());
    over.chain(trying.map(|call| &call.tool))
}

/// Whether each of the words stands in a text, whatever their case.
fn has_words(text: &Foreign, words: &Foreign) -> bool {
    let split = |text: &str| -> Vec<String> {
        let parts = text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
        parts.map(str::to_lowercase).collect()
    };
    let said: BTreeSet<String> = split(text.raw()).into_iter().collect();
    let wanted = split(words.raw());
    !wanted.is_empty() && wanted.iter().all(|word| said.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPAN: Millis = Millis::from_mins(1);

    fn someone(n: u8) -> ConversationId {
        ConversationId::from_random([n; 16])
    }

    #[test]
    fn what_is_usual_is_the_mean_of_windows_and_fades() {
        let at = |window: i64| Timestamp(window * 60_000);
        let mut arrivals = Arrivals::new(0, 0);
        for window in 0..4 {
            for n in 0..10 {
                arrivals.add(Timestamp(at(window).0 + i64::from(n)), someone(n), SPAN);
            }
        }
        assert_eq!(arrivals.usual(at(3), SPAN), 10_000, "three whole windows of ten; the fourth is not over");
        assert_eq!(arrivals.usual(at(5), SPAN), 8_000, "one empty window after four of ten");
        assert_eq!(arrivals.usual(at(500), SPAN), 0, "long ago");
    }

    #[test]
    fn one_conversation_counts_once_and_the_window_passes() {
        let mut recent = Recent::default();
        for (second, n) in [(0, 1), (10, 1), (20, 2), (70, 3)] {
            recent.add(Timestamp(second * 1_000), someone(n), SPAN);
        }
        assert_eq!(recent.conversations(Timestamp(70_000), SPAN), 3, "the first is 70 s old, its second is 60 s old");
        assert_eq!(recent.conversations(Timestamp(100_000), SPAN), 1);
    }

    #[test]
    fn words_stand_in_one_text_in_any_order_and_case() {
        let has = |text: &str, words: &str| has_words(&text.into(), &words.into());
        assert!(has("My Card was DECLINED, again!", "card declined"));
        assert!(!has("my cards were declined", "card declined"), "a cause is words, not beginnings of words");
        assert!(!has("anything", " .. "));
    }
}
