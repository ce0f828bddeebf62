//! What customers asked and no article answers, read off the journal. The words are those of the messages,
//! so they are gone with the customer's key.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, VecDeque};

use crate::domain::envelope::Envelope;
use crate::domain::event::{ConversationEvent, Event, TurnEvent};
use crate::domain::id::{ArticleName, ConversationId, Handle, IntentName, Seq, TurnNo};
use crate::domain::score::Score;
use crate::domain::text::{Clean, Foreign};
use crate::domain::time::Timestamp;
use crate::privacy::redact::redacted;
use crate::protocol::knowledge::{GAP_EXAMPLES, GapExample, GapRow, Gaps};
use crate::protocol::query::Page;
use crate::store::journal::PAGE;

use super::Queries;
use super::answer::Answer;

/// Cells of an example: a question and what surrounds it.
const EXAMPLE_CELLS: usize = 200;

/// A conversation until it is over.
struct Live {
    handle: Handle,
    /// The customer's last message, as long as its words can be read.
    said: Option<(TurnNo, Foreign)>,
    /// The last message that was looked up in vain: whoever has it next may look again.
    counted: TurnNo,
}

/// Questions of one intent.
#[derive(Default)]
struct Gap {
    times: u32,
    last: Timestamp,
    nearest: BTreeMap<ArticleName, u32>,
    score: Score,
    examples: VecDeque<GapExample>,
}

/// The gaps of a journal as it is read.
#[derive(Default)]
struct Past {
    live: HashMap<ConversationId, Live>,
    gaps: BTreeMap<Option<IntentName>, Gap>,
}

impl Queries {
    /// For everybody at a console: what is shown of a text is redacted, and history shows the rest.
    pub(super) fn gaps(&mut self, since: Option<Timestamp>) -> Answer {
        let since = since.unwrap_or_default();
        let (mut past, mut seq) = (Past::default(), Seq(0));
        loop {
            let batch = self.journal.read(seq, PAGE)?;
            let Some(last) = batch.last() else { break };
            seq = last.seq;
            for envelope in &batch {
                past.fold(envelope, since);
            }
        }
        Ok((Page::Gaps(Box::new(past.told(since))), None))
    }
}

impl Past {
    fn fold(&mut self, envelope: &Envelope, since: Timestamp) {
        if let Event::Conversation(ConversationEvent::Opened { conversation, handle, .. }) = &envelope.event {
            let live = Live { handle: *handle, said: None, counted: TurnNo::default() };
            self.live.insert(*conversation, live);
        } else if let Event::Conversation(ConversationEvent::Closed { conversation, .. }) = &envelope.event {
            self.live.remove(conversation);
        } else if let Event::Turn(TurnEvent::CustomerSpoke { conversation, turn, text, stands, .. }) = &envelope.event
            && stands.asks()
            && let Some(live) = self.live.get_mut(conversation)
        {
            live.said = text.reveal().map(|text| (*turn, text.clone()));
        } else if let Event::Turn(event) = &envelope.event
            && envelope.at >= since
        {
            self.count(event, envelope.at);
        }
    }

    fn count(&mut self, event: &TurnEvent, at: Timestamp) {
        let TurnEvent::NothingFound { conversation, turn, intent, nearest, score, .. } = event else { return };
        let Some(live) = self.live.get_mut(conversation).filter(|live| live.counted < *turn) else { return };
        live.counted = *turn;
        let gap = self.gaps.entry(intent.clone()).or_default();
        gap.times += 1;
        gap.last = at;
        gap.score = gap.score.max(*score);
        if let Some(nearest) = nearest {
            *gap.nearest.entry(nearest.article.clone()).or_default() += 1;
        }
        let Some((_, text)) = live.said.as_ref().filter(|(said, _)| said == turn) else { return };
        let text: Clean = Foreign::from(redacted(text.raw())).one_line().truncated(EXAMPLE_CELLS);
        gap.examples.push_front(GapExample { conversation: *conversation, handle: live.handle, text });
        gap.examples.truncate(GAP_EXAMPLES);
    }

    fn told(self, since: Timestamp) -> Gaps {
        let rows = self.gaps.into_iter().map(|(intent, gap)| GapRow {
            intent,
            times: gap.times,
            last: gap.last,
            nearest: gap.nearest.into_iter().rev().max_by_key(|(_, times)| *times).map(|(article, _)| article),
            score: gap.score,
            examples: gap.examples.into(),
        });
        let mut rows: Vec<GapRow> = rows.collect();
        rows.sort_by_key(|row| (Reverse(row.times), Reverse(row.last)));
        Gaps { since, asked: rows.iter().map(|row| row.times).sum(), rows }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_counts_once_however_many_agents_look() {
        let conversation = ConversationId::from_random([1; 16]);
        let looked = |turn: u64, agent: &str| TurnEvent::NothingFound {
            conversation,
            turn: TurnNo(turn),
            agent: agent.parse().unwrap(),
            intent: None,
            nearest: None,
            score: Score::ZERO,
        };
        let mut past = Past::default();
        let said = Some((TurnNo(2), Foreign::new("which glockenspiel?")));
        past.live.insert(conversation, Live { handle: Handle(1), said, counted: TurnNo::default() });
        for (at, event) in [looked(2, "triage"), looked(2, "technical"), looked(5, "technical")].iter().enumerate() {
            past.count(event, Timestamp(at as i64));
        }
        let told = past.told(Timestamp(0));
        assert_eq!((told.asked, told.rows[0].last), (2, Timestamp(2)));
        assert_eq!(told.rows[0].examples.len(), 1, "words of another message are none of this one");
    }
}
