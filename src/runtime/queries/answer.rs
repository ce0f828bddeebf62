//! Pages: history, what came before, sessions for a player.

use std::collections::HashMap;

use crate::domain::id::{ConversationId, Handle, IncidentId, OperatorName, Seq};
use crate::domain::incident::BroadcastKind;
use crate::domain::operator::Role;
use crate::domain::refusal::Refusal;
use crate::domain::text::{Clean, Foreign};
use crate::domain::time::Timestamp;
use crate::picture::{
    Lens, Room, Transcript, alike, blocked, briefs, cited, frames, likely, preview, promises, replies, what_if,
};
use crate::protocol::query::{HISTORY_PAGE, HistoryRow, Page, Query, SESSION_PAGE};
use crate::store::StoreError;
use crate::store::history::{Filter, PAGE_ROWS_MAX, Summary};

use super::Queries;
use crate::knowledge::status;

/// Bytes of one page of a session: a frame of the wire with room to spare.
const SESSION_BYTES: usize = 200 * 1024;
/// Lines in one page of what came before.
const BEFORE_ITEMS: usize = 100;
/// Cells of an excerpt.
const EXCERPT_CELLS: usize = 160;
/// Passages put before an operator: more is reading, not answering.
const PASSAGES: usize = 3;

pub(super) type Answer = Result<(Page, Option<String>), StoreError>;

impl Queries {
    pub(super) fn answer(&mut self, operator: &OperatorName, role: Role, query: &Query, after: Option<&str>) -> Answer {
        match query {
            Query::History { words } => self.history_page(words, after),
            Query::Before { conversation, seq } => self.before(*conversation, *seq),
            Query::Briefs {} => Ok((Page::Briefs(briefs(&self.replica.read())), None)),
            Query::Blocked {} => Ok((self.blocked(role), None)),
            Query::Promises {} => Ok((Page::Promises(promises(&self.replica.read())), None)),
            Query::Replies { conversation } => Ok((self.replies(operator, role, *conversation), None)),
            Query::Past { conversation } => Ok((self.past(*conversation), None)),
            Query::Preview { incident, kind, text } => Ok((self.preview(role, *incident, *kind, text), None)),
            Query::Session { conversation } => self.session(operator, role, conversation, after),
            Query::WhatIf { conversation } => self.what_if(operator, role, conversation),
            Query::Alike { conversation } => self.alike(role, conversation),
            Query::Likely {} => Ok((Page::Likely(likely(&self.replica.read(), self.clock.now())), None)),
            Query::Learned { since } => self.learned(role, *since),
            Query::Gaps { since } => self.gaps(*since),
        }
    }

    fn history_page(&mut self, words: &Foreign, after: Option<&str>) -> Answer {
        // Whoever asks sees what has happened until now.
        self.history.catch_up(&mut *self.journal)?;
        let after = after.and_then(|text| text.parse::<Seq>().ok());
        // `#refund` asks for a label, whatever else is asked for words.
        let (labels, words): (Vec<&str>, Vec<&str>) = words.raw().split_whitespace().partition(|w| w.starts_with('#'));
        let label = labels.first().and_then(|word| word.trim_start_matches('#').parse().ok());
        let words = words.join(" ");
        let searched = !words.is_empty();
        let filter = Filter { words: searched.then(|| words.clone()), label, ..Filter::default() };
        let page = self.history.list(&filter, after, HISTORY_PAGE)?;
        let mut excerpts: HashMap<ConversationId, Clean> = HashMap::new();
        if searched {
            for hit in self.history.search(&words, None, PAGE_ROWS_MAX)? {
                let plain = hit.snippet.raw().replace(['\u{2}', '\u{3}'], "");
                let excerpt = Foreign::new(&plain).one_line().truncated(EXCERPT_CELLS);
                excerpts.entry(hit.conversation).or_insert(excerpt);
            }
        }
        let rows = page.rows.into_iter().map(|row| history_row(row, &mut excerpts)).collect();
        Ok((Page::History(rows), page.next.map(|next| next.0.to_string())))
    }

    /// A reason may quote a customer, so it is for those who answer customers.
    fn blocked(&self, role: Role) -> Page {
        if role < Role::Responder {
            return Page::Nothing(Refusal::RoleNeeded { need: Role::Responder, have: role }.to_string());
        }
        Page::Blocked(blocked(&self.replica.read()))
    }

    fn before(&mut self, conversation: ConversationId, seq: Seq) -> Answer {
        let slice = self.slice(conversation)?;
        let titles = self.replica.titles();
        let mut transcript = Transcript::default();
        for envelope in &slice {
            transcript.fold(envelope, &titles);
        }
        let mut items: Vec<_> =
            transcript.items().rev().filter(|item| item.seq < seq).take(BEFORE_ITEMS).cloned().collect();
        items.reverse();
        Ok((Page::Before(conversation, items), None))
    }

    fn replies(&self, operator: &OperatorName, role: Role, conversation: ConversationId) -> Page {
        if role < Role::Responder {
            return Page::Nothing(Refusal::RoleNeeded { need: Role::Responder, have: role }.to_string());
        }
        let floor = self.replica.read();
        let Some(c) = floor.conversation(conversation) else {
            return Page::Nothing(Refusal::UnknownConversation.to_string());
        };
        let said = c.turns.iter().rev().find(|turn| turn.asks());
        let said = said.and_then(|turn| turn.text.reveal());
        // What is said of a part of the house comes before what the articles say.
        let writing = &self.in_force.now().writing;
        let found = |text: &Foreign| {
            let lines: Vec<_> = floor.incidents.status.values().cloned().collect();
            let mut found = status(&lines, c.incident, text);
            found.extend(writing.articles.search(text, PASSAGES, floor.at));
            found.extend(writing.past.for_people((c.customer, c.id), text));
            found
        };
        let passages = said.map(found).unwrap_or_default();
        Page::Replies(conversation, replies(c, operator, &writing.replies, &passages))
    }

    /// What the customer's own earlier conversations came to, and what settled others like this one.
    fn past(&self, conversation: ConversationId) -> Page {
        let floor = self.replica.read();
        let Some(c) = floor.conversation(conversation) else {
            return Page::Nothing(Refusal::UnknownConversation.to_string());
        };
        let said = c.turns.iter().rev().find(|turn| turn.asks());
        let said = said.and_then(|turn| turn.text.reveal()).cloned().unwrap_or_default();
        let past = self.remembered();
        Page::Past(conversation, past.for_people((c.customer, c.id), &said).iter().map(cited).collect())
    }

    fn session(&mut self, operator: &OperatorName, role: Role, which: &str, after: Option<&str>) -> Answer {
        let Some(conversation) = self.conversation_of(which)? else { return Ok((unknown(which), None)) };
        let slice = self.slice(conversation)?;
        let room = Room::default();
        let lens = Lens { operator, role, at: Timestamp::default(), room: &room };
        let deployment = self.replica.read().deployment.clone();
        let frames = frames(&slice, deployment, &self.replica.titles(), &lens);
        let from = after.and_then(|text| text.parse::<usize>().ok()).unwrap_or(0);
        let mut page = Vec::new();
        let mut bytes = 0;
        for frame in frames.iter().skip(from).take(SESSION_PAGE) {
            bytes += serde_json::to_string(frame).map_or(SESSION_BYTES, |text| text.len());
            if bytes > SESSION_BYTES && !page.is_empty() {
                break;
            }
            page.push(frame.clone());
        }
        let end = from + page.len();
        Ok((Page::Session(page), (end < frames.len()).then(|| end.to_string())))
    }

    /// Judges every act on the floor as it is now; nothing is done.
    /// Of supervisors alone: it shows what many customers are called and said.
    fn preview(&self, role: Role, incident: IncidentId, kind: BroadcastKind, text: &Foreign) -> Page {
        if let Some(refused) = supervisors_alone(role) {
            return refused;
        }
        let made = preview(&self.replica.read(), incident, kind, text);
        made.map_or_else(|wrong| Page::Nothing(wrong.to_string()), |preview| Page::Preview(Box::new(preview)))
    }

    fn what_if(&mut self, operator: &OperatorName, role: Role, which: &str) -> Answer {
        let Some(conversation) = self.conversation_of(which)? else { return Ok((unknown(which), None)) };
        let room = Room::default();
        let lens = Lens { operator, role, at: self.clock.now(), room: &room };
        let foreseen = what_if(&self.replica.read(), conversation, &lens);
        let over = || Page::Nothing("this conversation is over; nothing can be done in it".into());
        Ok((foreseen.map_or_else(over, Page::WhatIf), None))
    }

    /// Of supervisors alone: they are who corrects.
    fn alike(&mut self, role: Role, which: &str) -> Answer {
        if let Some(refused) = supervisors_alone(role) {
            return Ok((refused, None));
        }
        let Some(conversation) = self.conversation_of(which)? else { return Ok((unknown(which), None)) };
        let found = alike(&self.replica.read(), conversation, self.clock.now());
        let nobody = || Page::Nothing(Refusal::NotRouted.to_string());
        Ok((found.map_or_else(nobody, |page| Page::Alike(Box::new(page))), None))
    }

    fn conversation_of(&mut self, which: &str) -> Result<Option<ConversationId>, StoreError> {
        if let Ok(id) = which.parse() {
            return Ok(Some(id));
        }
        let Ok(handle) = which.parse::<Handle>() else { return Ok(None) };
        let live = self.replica.read().conversations.values().find(|c| c.handle == handle).map(|c| c.id);
        if live.is_some() {
            return Ok(live);
        }
        self.history.catch_up(&mut *self.journal)?;
        Ok(self.history.by_handle(handle)?.map(|found| found.conversation))
    }
}

pub(super) fn supervisors_alone(role: Role) -> Option<Page> {
    let refusal = Refusal::RoleNeeded { need: Role::Supervisor, have: role };
    (role < Role::Supervisor).then(|| Page::Nothing(refusal.to_string()))
}

fn unknown(which: &str) -> Page {
    let shown = Foreign::new(which).one_line().truncated(40);
    Page::Nothing(format!("no conversation `{shown}` here; name it by its id or like c-1042"))
}

fn history_row(row: Summary, excerpts: &mut HashMap<ConversationId, Clean>) -> HistoryRow {
    let holder = |holder: &String| Clean::shown(&holder.split_once(':').map_or(holder.as_str(), |(_, name)| name));
    HistoryRow {
        id: row.conversation,
        handle: row.handle,
        customer: row.customer,
        name: row.name.as_ref().map_or_else(|| Clean::shown(&row.handle), |name| name.one_line().truncated(60)),
        channel: row.channel,
        opened: row.opened,
        ended: row.resolved.or(row.closed),
        intent: row.intent,
        disposition: row.disposition,
        rating: row.rating,
        holders: row.holders.iter().map(holder).collect(),
        labels: row.labels,
        excerpt: excerpts.remove(&row.conversation),
    }
}
