//! What a customer is owed, and what is said after the end.

use baton::domain::conversation::{Author, Disposition};
use baton::domain::event::{Event, PromiseEvent, WrapUpEvent};
use baton::domain::id::{ConversationId, PromiseId};
use baton::domain::promise::{Kept, LetGo};
use baton::domain::time::Millis;
use baton::domain::wrap_up::WrapUpCut;

use super::{Pen, ana, now};

/// Two promises: one is late and kept, one is carried on and waived.
pub(super) fn promises(pen: &mut Pen, conversation: ConversationId) -> Vec<Event> {
    let (kept, waived, due) = (PromiseId(1), PromiseId(2), Some(now()));
    let made = |pen: &mut Pen, promise| {
        let (by, text) = (Author::Operator(ana()), pen.text());
        Event::from(PromiseEvent::Made { conversation, promise, by, name: None, text, due })
    };
    let reason = Some(pen.text());
    vec![
        made(pen, kept),
        made(pen, waived),
        PromiseEvent::Breached { conversation, promise: kept, due: now() }.into(),
        PromiseEvent::Cleared { conversation, promise: kept, by: Author::Operator(ana()), how: Kept::Word }.into(),
        PromiseEvent::Carried { conversation, promise: waived, owner: ana(), due }.into(),
        PromiseEvent::LetGo { conversation, promise: waived, why: LetGo::Waived, reason }.into(),
    ]
}

/// One that is done, and one that the customer cuts short.
pub(super) fn wrap_ups(pen: &mut Pen, conversation: ConversationId) -> Vec<Event> {
    let (operator, until) = (ana(), now() + Millis::from_hours(1));
    let began = || {
        let queue = "support".parse().unwrap();
        Event::from(WrapUpEvent::Began { conversation, operator: operator.clone(), queue, until })
    };
    let done = WrapUpEvent::Done {
        conversation,
        operator: operator.clone(),
        by: Some(ana()),
        disposition: Some("paid".parse().unwrap()),
        means: Disposition::Solved,
        first_contact: false,
        note: Some(pen.text()),
        fields: vec![pen.fill()],
    };
    let extended = WrapUpEvent::Extended { conversation, operator: operator.clone(), until };
    let cut = WrapUpEvent::Cut { conversation, operator: operator.clone(), why: WrapUpCut::Reopened };
    vec![began(), extended.into(), done.into(), began(), cut.into()]
}
