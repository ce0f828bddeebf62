//! Closing time: a world is wound down in order, so that whoever asked for a human has been served in
//! one way or another.

use super::World;
use crate::domain::command::{Act, Command, FloorAct, OperatorAct};
use crate::domain::conversation::Disposition;
use crate::domain::envelope::Actor;
use crate::domain::id::{ConversationId, OperatorName};
use crate::domain::operator::{Presence, Role};
use crate::domain::time::Millis;
use crate::orchestrator::conversation::Conversation;
use crate::store::StoreError;

/// Instants after which a floor that has not come to rest never will: a day of the slowest clock, and
/// every conversation of a world several times over.
const INSTANTS_MAX: usize = 4_000;

impl World {
    /// Everybody comes and works until nobody waits for a human. Returns who still does: nobody, on a
    /// floor that loses no one.
    pub fn close_up(&mut self) -> Result<Vec<ConversationId>, StoreError> {
        let opening = self.all_hands();
        self.carry_out(opening)?;
        for _ in 0..INSTANTS_MAX {
            if self.waiting_for_humans().is_empty() && self.outer.is_empty() {
                break;
            }
            let mut commands = Vec::new();
            while let Some(back) = self.completion() {
                commands.extend(back);
            }
            commands.extend(self.work());
            commands.push(Command::of_floor(Act::Floor(FloorAct::Tick)));
            let before = self.floor().seq;
            self.carry_out(commands)?;
            // Whoever could not take what was offered, as one who has still to wrap up, is asked again later.
            if self.floor().seq == before {
                let soon = self.at + Millis::from_secs(1);
                self.at = self.floor().next_due().map_or(soon, |due| due.max(soon));
            }
        }
        Ok(self.waiting_for_humans())
    }

    fn waiting_for_humans(&self) -> Vec<ConversationId> {
        self.floor().conversations.values().filter(|c| c.escalation.is_some()).map(|c| c.id).collect()
    }

    /// Nothing is held, and whoever answers customers is here and free to.
    fn all_hands(&self) -> Vec<Command> {
        let mut commands = Vec::new();
        for operator in self.desk.operators.iter().filter(|operator| operator.role >= Role::Responder) {
            commands.push(Command::of_floor(Act::Floor(FloorAct::Arrive(operator.name.clone()))));
            let (presence, until, reason) = (Presence::Available, None, None);
            commands.push(by(&operator.name, OperatorAct::SetPresence { operator: None, presence, reason, until }));
        }
        let boss = self.desk.operators.iter().max_by_key(|operator| operator.role);
        let holds = &self.floor().standing.holds;
        let releases = holds.iter().map(|hold| OperatorAct::Release { target: hold.target.clone() });
        commands.extend(boss.into_iter().flat_map(|boss| releases.clone().map(|act| by(&boss.name, act))));
        commands
    }

    /// What each of them does next: takes what is offered, answers who waits, and is done with the rest.
    fn work(&self) -> Vec<Command> {
        let floor = self.floor();
        let offers = floor.operators.iter().filter_map(|(name, state)| {
            let offer = state.running_offer()?.id;
            Some(by(name, OperatorAct::TakeOffer { offer }))
        });
        let held = floor.conversations.values().filter_map(|c| Some((c, c.baton.holder.operator()?)));
        offers.chain(held.flat_map(|(c, name)| finish(c, name))).collect()
    }
}

fn finish(c: &Conversation, holder: &OperatorName) -> Vec<Command> {
    let conversation = c.id;
    let mut acts = Vec::with_capacity(2);
    if c.unanswered() || !c.owed.is_empty() {
        acts.push(OperatorAct::Reply { conversation, text: "this is what we do".into(), untranslated: false });
    }
    // A call-back is kept by the word before; to say so once more is refused, and no harm.
    acts.extend(c.owed.keys().map(|promise| OperatorAct::ClearPromise { promise: *promise }));
    acts.push(OperatorAct::Resolve { conversation, disposition: Disposition::Solved });
    acts.into_iter().map(|act| by(holder, act)).collect()
}

fn by(operator: &OperatorName, act: OperatorAct) -> Command {
    Command { actor: Actor::Operator(operator.clone()), cause: None, key: None, seen: None, act: Act::Operator(act) }
}
