//! What came of conversations that began on an edition that was rolled out to a share, beside what came of the
//! others that could have: recorded outcomes alone.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::candidate::Share;
use crate::domain::event::{ConversationEvent, EscalationEvent, Event, ModelEvent};
use crate::domain::id::ConversationId;
use crate::domain::model::Cost;

/// What came of some conversations.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(in crate::cli) struct Sums {
    /// Conversations that began.
    pub(in crate::cli) began: u64,
    /// Of these, resolved at least once.
    pub(in crate::cli) resolved: u64,
    /// Of those, the ones whose customer got what they came for, as they ended last.
    pub(in crate::cli) helped: u64,
    /// Of those, the ones in which the customer came back.
    pub(in crate::cli) reopened: u64,
    /// Conversations in which a human was asked for.
    pub(in crate::cli) to_a_human: u64,
    /// Conversations that were rated.
    pub(in crate::cli) rated: u64,
    /// Their last ratings together, one to five each.
    pub(in crate::cli) stars: u64,
    /// What language models cost for them, as far as prices are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::cli) cost: Option<Cost>,
}

/// Both sides of a roll-out, from when it began until it ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(in crate::cli) struct Arms {
    /// Conversations that began on it.
    pub(in crate::cli) share: Sums,
    /// Conversations of the same segment that began on the edition in force meanwhile.
    pub(in crate::cli) rest: Sums,
}

/// One conversation of a roll-out.
#[derive(Default)]
struct Course {
    edition: usize,
    on_it: bool,
    helped: Option<bool>,
    reopened: bool,
    human: bool,
    stars: Option<u8>,
    cost: Option<Cost>,
}

/// Both sides of every roll-out, as they become known.
#[derive(Default)]
pub(super) struct Comparison {
    share: Option<Share>,
    editions: Vec<usize>,
    courses: BTreeMap<ConversationId, Course>,
}

impl Comparison {
    pub(super) fn rolled_out(&mut self, edition: usize, share: &Share) {
        self.share = Some(share.clone());
        if !self.editions.contains(&edition) {
            self.editions.push(edition);
        }
    }

    pub(super) fn closed(&mut self) {
        self.share = None;
    }

    /// Takes up an entry while that edition is rolled out.
    pub(super) fn fold(&mut self, event: &Event, open: Option<usize>) {
        if let (Event::Conversation(ConversationEvent::Opened { conversation, tier, channel, .. }), Some(edition)) =
            (event, open)
        {
            let segment = self.share.as_ref().and_then(|share| share.segment.as_ref());
            if segment.is_none_or(|segment| segment.covers(*tier, channel)) {
                self.courses.insert(*conversation, Course { edition, ..Course::default() });
            }
        }
        let Some(course) = event.conversation().and_then(|id| self.courses.get_mut(&id)) else { return };
        if let Event::Conversation(ConversationEvent::Resolved { disposition, .. }) = event {
            course.helped = Some(disposition.helped());
        } else if let Event::Conversation(ConversationEvent::Reopened { .. }) = event {
            course.reopened = true;
        } else if let Event::Conversation(ConversationEvent::Rated { score, .. }) = event {
            course.stars = Some(*score);
        } else if let Event::Conversation(ConversationEvent::BeganOn { .. }) = event {
            // Who comes back counts where they began.
            course.on_it |= !course.reopened;
        } else if let Event::Escalation(EscalationEvent::Raised { .. }) = event {
            course.human = true;
        } else if let Event::Model(ModelEvent::Called { call, .. }) = event {
            course.cost = match (course.cost, call.cost) {
                (Some(one), Some(more)) => Some(one.plus(more)),
                (known, None) | (None, known) => known,
            };
        }
    }

    /// By edition.
    pub(super) fn done(&self) -> BTreeMap<usize, Arms> {
        let mut arms: BTreeMap<usize, Arms> = self.editions.iter().map(|edition| (*edition, Arms::default())).collect();
        for course in self.courses.values() {
            let Some(arms) = arms.get_mut(&course.edition) else { continue };
            if course.on_it { arms.share.add(course) } else { arms.rest.add(course) }
        }
        arms
    }
}

impl Sums {
    fn add(&mut self, course: &Course) {
        self.began += 1;
        self.resolved += u64::from(course.helped.is_some());
        self.helped += u64::from(course.helped == Some(true));
        self.reopened += u64::from(course.reopened);
        self.to_a_human += u64::from(course.human);
        self.rated += u64::from(course.stars.is_some());
        self.stars += u64::from(course.stars.unwrap_or_default());
        self.cost = match (self.cost, course.cost) {
            (Some(one), Some(more)) => Some(one.plus(more)),
            (known, None) | (None, known) => known,
        };
    }
}
