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
        CustomerEvent::Erased { customer } => {
            let handle = floor.customers.remove(customer).and_then(|known| known.handle);
            if let Some(handle) = handle {
                floor.handles.remove(&handle);
            }
        }
    }
}
