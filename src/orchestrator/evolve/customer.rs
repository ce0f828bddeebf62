//! Folds the customers.

use crate::domain::event::CustomerEvent;
use crate::orchestrator::floor::Floor;

pub(super) fn fold(floor: &mut Floor, event: &CustomerEvent) {
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
        CustomerEvent::Erased { customer } => {
            floor.customers.remove(customer);
            floor.spending.forget(*customer);
            floor.handles.retain(|_, known| known != customer);
        }
    }
}
