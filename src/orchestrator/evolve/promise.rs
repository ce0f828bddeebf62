//! Folds what customers are promised.

use crate::domain::event::PromiseEvent;
use crate::domain::id::ConversationId;
use crate::domain::time::Timestamp;
use crate::orchestrator::floor::Floor;
use crate::orchestrator::owed::{Open, Owed};

pub(super) fn fold(floor: &mut Floor, event: &PromiseEvent, at: Timestamp) {
    match event {
        PromiseEvent::Made { conversation, promise, by, name, text, due } => {
            floor.last.promise = floor.last.promise.max(*promise);
            let (by, name, text) = (by.clone(), name.clone(), text.clone());
            let owed = Owed { by, name, text, due: *due, since: at, breached: false, keeper: None };
            with(floor, *conversation, |open| drop(open.insert(*promise, owed)));
        }
        PromiseEvent::Breached { conversation, promise, .. } => with(floor, *conversation, |open| {
            if let Some(owed) = open.get_mut(promise) {
                owed.breached = true;
            }
        }),
        PromiseEvent::Carried { conversation, promise, owner, due } => with(floor, *conversation, |open| {
            if let Some(owed) = open.get_mut(promise) {
                (owed.keeper, owed.due) = (Some(owner.clone()), *due);
            }
        }),
        PromiseEvent::Cleared { conversation, promise, .. } | PromiseEvent::LetGo { conversation, promise, .. } => {
            with(floor, *conversation, |open| drop(open.remove(promise)));
        }
    }
}

fn with(floor: &mut Floor, id: ConversationId, change: impl FnOnce(&mut Open)) {
    if let Some(conversation) = floor.conversations.get_mut(&id) {
        change(&mut conversation.owed);
    } else if let Some(stub) = floor.stubs.get_mut(&id) {
        change(&mut stub.owed);
    }
}
