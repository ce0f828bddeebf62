//! What people arrange around a conversation, in the stories.

use super::{Player, Step};

impl Player {
    /// What people have arranged around it.
    pub(super) fn check_desk(&self, step: &Step, place: &str) {
        if step.labels.is_none() && step.priority.is_none() && step.asleep.is_none() {
            return;
        }
        let (id, _) = self.who(step);
        let floor = self.floor.floor();
        let live = floor.conversation(id);
        if let Some(expected) = &step.labels {
            let labels = live.map_or_else(|| &floor.stubs[&id].labels, |c| &c.arranged.labels);
            assert_eq!(labels.iter().map(ToString::to_string).collect::<Vec<_>>(), *expected, "{place}: labels");
        }
        if let Some(expected) = &step.priority {
            let priority = live.and_then(|c| c.arranged.priority).map_or("none", |priority| priority.word());
            assert_eq!(priority, expected, "{place}: priority");
        }
        if let Some(asleep) = step.asleep {
            assert_eq!(
                live.is_some_and(baton::orchestrator::conversation::Conversation::asleep),
                asleep,
                "{place}: asleep"
            );
        }
    }
}
