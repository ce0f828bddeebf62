//! Incidents checked: who belongs to which, counted apart from the floor's own sums.

use std::collections::{BTreeSet, VecDeque};

use crate::domain::customer::Tier;
use crate::domain::envelope::Envelope;
use crate::domain::event::{IncidentEvent, MemberEvent};
use crate::domain::id::{ConversationId, IncidentId, OperatorName, Seq};
use crate::domain::operator::Role;
use crate::domain::time::{Millis, Timestamp};

use super::Laws;

/// What the checks remember of one incident.
#[derive(Debug, Default)]
pub(super) struct IncidentBook {
    lead: Option<OperatorName>,
    members: BTreeSet<ConversationId>,
    over: bool,
    /// The message on its way, to whom it may go, and how many it went to.
    running: Option<(u32, BTreeSet<ConversationId>, u32)>,
    /// Who was told what.
    told: BTreeSet<(u32, ConversationId)>,
    /// When, within the last minute.
    times: VecDeque<Timestamp>,
}

impl Laws {
    pub(super) fn incident(&mut self, envelope: &Envelope, event: &IncidentEvent) {
        let seq = envelope.seq;
        match event {
            IncidentEvent::Proposed { evidence, .. } => {
                self.hold(6, seq, evidence.conversations > 0, || {
                    "an incident was proposed without evidence".to_owned()
                });
            }
            IncidentEvent::Dismissed { by, .. }
            | IncidentEvent::StatusSet { by, .. }
            | IncidentEvent::StatusCleared { by, .. } => self.supervises(seq, by),
            IncidentEvent::Declared { incident, by, .. } => {
                self.supervises(seq, by);
                let book = IncidentBook { lead: Some(by.clone()), ..IncidentBook::default() };
                let before = self.incidents.insert(*incident, book);
                self.hold(2, seq, before.is_none(), || format!("{incident} was declared twice"));
            }
            IncidentEvent::LeadTaken { incident, by } => {
                self.supervises(seq, by);
                self.incidents.entry(*incident).or_default().lead = Some(by.clone());
            }
            IncidentEvent::Cleared { incident, by, members, .. } => {
                let book = self.incidents.entry(*incident).or_default();
                let (led, counted) = (book.lead.as_ref() == Some(by), book.members.len());
                let once = !std::mem::replace(&mut book.over, true);
                let quiet = book.running.is_none();
                self.hold(16, seq, led, || format!("{by} cleared {incident} and does not lead it"));
                self.hold(2, seq, quiet, || format!("{incident} was cleared while it is told of"));
                self.hold(2, seq, once, || format!("{incident} was cleared twice"));
                self.hold(4, seq, counted == *members as usize, || {
                    format!("{members} in {incident}, {counted} counted")
                });
            }
            IncidentEvent::BroadcastBegan { incident, broadcast, by, to, .. } => {
                let book = self.incidents.entry(*incident).or_default();
                let led = book.lead.as_ref() == Some(by);
                let before = book.running.replace((*broadcast, to.iter().copied().collect(), 0));
                self.hold(16, seq, led, || format!("{by} speaks for {incident} and does not lead it"));
                self.hold(2, seq, before.is_none(), || format!("two messages of {incident} at once"));
            }
            IncidentEvent::BroadcastStopped { incident, broadcast, .. } => {
                let running = self.incidents.entry(*incident).or_default().running.take();
                let this = running.is_some_and(|(number, ..)| number == *broadcast);
                self.hold(2, seq, this, || format!("message {broadcast} of {incident} was not on its way"));
            }
            IncidentEvent::BroadcastEnded { incident, broadcast, told, .. } => {
                let running = self.incidents.entry(*incident).or_default().running.take();
                let counted = running.filter(|(number, ..)| number == broadcast).map(|(.., counted)| counted);
                self.hold(4, seq, counted == Some(*told), || format!("{told} told of {incident}, {counted:?} counted"));
            }
            IncidentEvent::Filed { incident } => {
                let left = self.incidents.remove(incident).map_or(0, |book| book.members.len());
                self.hold(2, seq, left == 0, || format!("{left} conversations hang on {incident}"));
            }
        }
    }

    pub(super) fn member(&mut self, envelope: &Envelope, event: &MemberEvent) {
        let seq = envelope.seq;
        match event {
            MemberEvent::Joined { conversation, incident, .. } => {
                let before = self.account(*conversation).incident.replace(*incident);
                let book = self.incidents.entry(*incident).or_default();
                let open = book.lead.is_some() && !book.over;
                book.members.insert(*conversation);
                self.hold(2, seq, before.is_none(), || format!("a member of {before:?} joined {incident}"));
                self.hold(2, seq, open, || format!("joined {incident}, which is not open"));
            }
            MemberEvent::Skipped { .. } => {}
            MemberEvent::Left { conversation, incident, .. } => {
                let before = self.account(*conversation).incident.take();
                self.out_of(before, *conversation);
                self.hold(2, seq, before == Some(*incident), || format!("left {incident}, was in {before:?}"));
            }
        }
    }

    /// Laws 1 and 2: nobody is told twice, nor above the end of a message, nor faster than the policy has it; VIPs
    /// and whom a person has in hand are told by people alone.
    pub(super) fn told(&mut self, envelope: &Envelope, id: ConversationId, incident: IncidentId, broadcast: u32) {
        let (seq, at) = (envelope.seq, envelope.at);
        let account = self.account(id);
        let by_hand = account.tier == Some(Tier::Vip) || account.holder.operator().is_some() || account.barge.is_some();
        let rate = self.deployment.as_ref().map_or(0, |d| d.policy.incidents.messages_per_minute.max(1));
        let book = self.incidents.entry(incident).or_default();
        let running = book.running.as_mut().filter(|(number, to, _)| *number == broadcast && to.contains(&id));
        let meant = running.map(|(.., told)| *told += 1).is_some();
        let once = book.told.insert((broadcast, id));
        book.times.push_back(at);
        while book.times.front().is_some_and(|then| at.since(*then) >= Millis::from_mins(1)) {
            book.times.pop_front();
        }
        let within = book.times.len();
        self.hold(1, seq, !by_hand, || format!("a message of {incident} where a person answers"));
        self.hold(2, seq, meant, || format!("message {broadcast} of {incident} is not on its way there"));
        self.hold(2, seq, once, || format!("message {broadcast} of {incident} twice"));
        self.hold(1, seq, within <= rate as usize, || format!("{within} messages of {incident} within a minute"));
    }

    /// A conversation is in an incident no longer.
    pub(super) fn out_of(&mut self, incident: Option<IncidentId>, conversation: ConversationId) {
        if let Some(book) = incident.and_then(|incident| self.incidents.get_mut(&incident)) {
            book.members.remove(&conversation);
        }
    }

    /// Law 16: incidents are a supervisor's.
    fn supervises(&mut self, seq: Seq, by: &OperatorName) {
        let spec = self.deployment.as_ref().and_then(|d| d.operator(by));
        let may = spec.is_some_and(|spec| spec.role >= Role::Supervisor);
        self.hold(16, seq, may, || format!("{by} may not judge incidents"));
    }
}
