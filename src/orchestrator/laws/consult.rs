//! Consultation checked: by the holder, of whom the deployment lists, so often for one message, answered once.

use crate::domain::consult::CONSULTS_MAX;
use crate::domain::envelope::Envelope;
use crate::domain::event::ConsultEvent;

use super::{Holder, Laws};

impl Laws {
    pub(super) fn consult(&mut self, envelope: &Envelope, event: &ConsultEvent) {
        let seq = envelope.seq;
        match event {
            ConsultEvent::Asked { conversation, consult, by, whom, epoch, .. } => {
                self.speaks(seq, *conversation, &Holder::Agent(by.clone()), *epoch);
                self.not_held(seq, *conversation, whom, "was asked");
                let caller = self.rules(*conversation).and_then(|deployment| deployment.agent(by));
                let may = caller.is_some_and(|spec| spec.consults.contains(whom)) && by != whom;
                let account = self.account(*conversation);
                account.consulted += 1;
                let often = account.consulted <= CONSULTS_MAX;
                let fresh = account.consults.insert(*consult);
                self.hold(16, seq, may, || format!("{by} may not ask {whom}"));
                self.hold(8, seq, often, || format!("{by} asks others more than {CONSULTS_MAX} times for one message"));
                self.hold(2, seq, fresh, || format!("{consult} asked twice"));
            }
            ConsultEvent::Answered { conversation, consult, .. }
            | ConsultEvent::Failed { conversation, consult, .. } => {
                let waited = self.account(*conversation).consults.remove(consult);
                self.hold(2, seq, waited, || format!("{consult} answered twice, or never asked"));
            }
            ConsultEvent::Refused { .. } => {}
        }
    }
}
