//! Folds the customers.

use crate::domain::block::Block;
use crate::domain::event::CustomerEvent;
use crate::domain::id::CustomerId;
use crate::domain::time::Timestamp;
use crate::orchestrator::due::Due;
use crate::orchestrator::floor::Floor;

pub(super) fn fold(floor: &mut Floor, event: &CustomerEvent, at: Timestamp) {
    match event {
        CustomerEvent::Met { customer, handle } => {
            floor.customers.entry(*customer).or_default().handle = *handle;
            if let Some(handle) = handle {
                floor.handles.insert(*handle, *customer);
            }
        }
        CustomerEvent::Recognised { customer, handle } => {
            floor.customers.entry(*customer).or_default().handle = Some(*handle);
            // Somebody who came under this handle before stays the one who is found by it.
            floor.handles.entry(*handle).or_insert(*customer);
        }
        CustomerEvent::Blocked { customer, by, reason, until, told_in, undo_until } => {
            unblocked(floor, *customer);
            let (by, reason, until) = (by.clone(), reason.clone(), *until);
            let block = Block { by, reason, since: at, until, told_in: *told_in, undo_until: *undo_until };
            floor.customers.entry(*customer).or_default().blocked = Some(block);
            floor.due.insert((until, Due::Block(*customer)));
        }
        CustomerEvent::Unblocked { customer, .. } => unblocked(floor, *customer),
        CustomerEvent::Erased { customer } => {
            unblocked(floor, *customer);
            floor.customers.remove(customer);
            floor.spending.forget(*customer);
            floor.handles.retain(|_, known| known != customer);
        }
    }
}

/// Takes a block off, with its clock.
pub(super) fn unblocked(floor: &mut Floor, customer: CustomerId) {
    let block = floor.customers.get_mut(&customer).and_then(|known| known.blocked.take());
    if let Some(block) = block {
        floor.due.remove(&(block.until, Due::Block(customer)));
    }
}
