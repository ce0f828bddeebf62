//! Consultation checked: by the holder, of whom the deployment lists, so often for one message, answered once;
//! and of several who are asked at once, that what counts is what the verdict says it rests on.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::consult::{CONSULTS_MAX, Chain};
use crate::domain::envelope::Envelope;
use crate::domain::event::{ConsultEvent, Event, TurnEvent};
use crate::domain::id::{AgentName, CompositionId, ConsultId, ConversationId, IntentName, Position, Seq};
use crate::domain::panel::{Decision, Ruling, SPECIALISTS_MAX, Stand};

use super::{Holder, Laws};

/// Questions to other specialists in one conversation.
#[derive(Debug, Default)]
pub(super) struct ConsultBook {
    /// Those that have not been answered: who is asked, on which panel, and whether to judge.
    open: BTreeMap<ConsultId, (AgentName, Option<ConsultId>, bool)>,
    /// How many since the customer last spoke.
    count: u8,
    /// Who asked whom since then.
    chain: Chain,
    panel: Option<PanelBook>,
}

impl ConsultBook {
    /// The customer spoke.
    pub(super) fn spoke(&mut self) {
        self.count = 0;
        self.chain.clear();
    }
}

/// Several who are asked at once.
#[derive(Debug)]
struct PanelBook {
    id: ConsultId,
    composition: CompositionId,
    about: Option<IntentName>,
    members: Vec<AgentName>,
    stands: BTreeMap<AgentName, Stand>,
    judged: Option<(AgentName, Option<Position>)>,
}

impl Laws {
    pub(super) fn consult(&mut self, envelope: &Envelope, event: &ConsultEvent) {
        let seq = envelope.seq;
        match event {
            ConsultEvent::Asked { conversation, whom, judges: true, .. } => {
                self.not_held(seq, *conversation, whom, "was asked");
                self.judge(seq, *conversation, event);
            }
            ConsultEvent::Asked { conversation, consult, by, whom, epoch, panel, .. } => {
                self.speaks(seq, *conversation, &Holder::Agent(by.clone()), *epoch);
                self.not_held(seq, *conversation, whom, "was asked");
                self.may_ask(seq, *conversation, by, whom);
                let book = &mut self.account(*conversation).consults;
                book.chain.add(by, whom);
                let fresh = book.open.insert(*consult, (whom.clone(), *panel, false)).is_none();
                let member = panel.is_none()
                    || book.panel.as_ref().is_some_and(|open| Some(open.id) == *panel && open.members.contains(whom));
                self.hold(2, seq, fresh, || format!("{consult} asked twice"));
                self.hold(16, seq, member, || format!("{whom} is on no panel that is open"));
                if panel.is_none() {
                    self.often(seq, *conversation, by);
                }
            }
            ConsultEvent::Answered { conversation, consult, .. }
            | ConsultEvent::Failed { conversation, consult, .. } => {
                let asked = self.account(*conversation).consults.open.remove(consult);
                self.hold(2, seq, asked.is_some(), || format!("{consult} answered twice, or never asked"));
                self.stands(*conversation, event, asked);
            }
            ConsultEvent::Convened { conversation, .. } => self.convened(seq, *conversation, event),
            ConsultEvent::Settled { conversation, panel, decision, .. } => {
                self.panel_settled(seq, *conversation, *panel, decision);
            }
            ConsultEvent::Refused { .. } => {}
        }
    }

    /// An agent makes a move: not while it waits for what a panel comes to.
    pub(super) fn undecided(&mut self, envelope: &Envelope) {
        let Event::Turn(TurnEvent::AgentActed { conversation: id, composition, .. }) = &envelope.event else { return };
        let open = self.account(*id).consults.panel.as_ref();
        let waits = open.is_some_and(|open| open.composition == *composition);
        self.hold(6, envelope.seq, !waits, || format!("{id}: {composition} went on before its panel was settled"));
    }

    fn may_ask(&mut self, seq: Seq, id: ConversationId, by: &AgentName, whom: &AgentName) {
        let caller = self.rules(id).and_then(|deployment| deployment.agent(by));
        let may = caller.is_some_and(|spec| spec.consults.contains(whom)) && by != whom;
        let circle = self.account(id).consults.chain.circle(by, whom);
        self.hold(16, seq, may, || format!("{by} may not ask {whom}"));
        self.hold(16, seq, circle.is_none(), || format!("{by} asks {whom}, who had asked it: {circle:?}"));
    }

    fn often(&mut self, seq: Seq, id: ConversationId, by: &AgentName) {
        let book = &mut self.account(id).consults;
        book.count += 1;
        let often = book.count <= CONSULTS_MAX;
        self.hold(8, seq, often, || format!("{by} asks others more than {CONSULTS_MAX} times for one message"));
    }

    fn convened(&mut self, seq: Seq, id: ConversationId, event: &ConsultEvent) {
        let ConsultEvent::Convened { panel, by, epoch, composition, about, members, .. } = event else { return };
        self.speaks(seq, id, &Holder::Agent(by.clone()), *epoch);
        let once = members.iter().collect::<BTreeSet<_>>().len() == members.len();
        let few = members.len() <= usize::from(SPECIALISTS_MAX);
        self.hold(16, seq, once && few, || format!("{panel} asks {members:?}"));
        let open = PanelBook {
            id: *panel,
            composition: *composition,
            about: about.clone(),
            members: members.clone(),
            stands: BTreeMap::new(),
            judged: None,
        };
        let before = self.account(id).consults.panel.replace(open);
        self.hold(6, seq, before.is_none(), || format!("{panel} was convened before another was settled"));
        // One with nobody on it was refused, and counts in no ledger.
        if !members.is_empty() {
            self.often(seq, id, by);
        }
    }

    fn judge(&mut self, seq: Seq, id: ConversationId, event: &ConsultEvent) {
        let ConsultEvent::Asked { consult, by, whom, panel, .. } = event else { return };
        let named = self.rules(id).and_then(|deployment| deployment.policy.conflict.judge.clone());
        let book = &mut self.account(id).consults;
        book.open.insert(*consult, (whom.clone(), *panel, true));
        let open = book.panel.as_mut().filter(|open| Some(open.id) == *panel);
        let apart = open.as_ref().is_some_and(|open| !open.members.contains(whom) && open.judged.is_none());
        if let Some(open) = open {
            open.judged = Some((whom.clone(), None));
        }
        let fair = apart && named.as_ref() == Some(whom) && by != whom;
        self.hold(16, seq, fair, || format!("{whom} judges what is its own, or unasked"));
    }

    fn stands(
        &mut self,
        id: ConversationId,
        event: &ConsultEvent,
        asked: Option<(AgentName, Option<ConsultId>, bool)>,
    ) {
        let ConsultEvent::Answered { stale: false, stand: Some(stand), .. } = event else { return };
        let Some((whom, panel, judges)) = asked else { return };
        let open = self.account(id).consults.panel.as_mut().filter(|open| Some(open.id) == panel);
        match open {
            Some(open) if judges => open.judged = Some((whom, stand.position.clone())),
            Some(open) => drop(open.stands.insert(whom, stand.clone())),
            None => {}
        }
    }

    /// What counts is somebody's position; who lost is for another; and the ruling is what it says it is.
    fn panel_settled(&mut self, seq: Seq, id: ConversationId, panel: ConsultId, decision: &Decision) {
        let policy = self.rules(id).map(|deployment| deployment.policy.conflict.clone()).unwrap_or_default();
        let Some(open) = self.account(id).consults.panel.take_if(|open| open.id == panel) else {
            return self.hold(2, seq, false, || format!("{panel} settled twice, or never convened"));
        };
        let of = |agent: &AgentName| open.stands.get(agent).and_then(|stand| stand.position.clone());
        let Decision { position, ruling, won, with, lost, .. } = decision;
        let theirs = won.as_ref().and_then(of);
        let sides = theirs == *position
            && with.iter().all(|agent| of(agent) == theirs)
            && lost.iter().all(|agent| of(agent).is_some() && of(agent) != theirs);
        self.hold(6, seq, sides, || format!("{panel}: {decision:?} is not what was said"));
        let stands: Vec<_> = open.members.iter().filter_map(|name| open.stands.get_key_value(name)).collect();
        let best = policy.prefer(&stands, open.about.as_ref());
        let first = best.and_then(|(at, _)| stands.get(at)).map(|(name, _)| *name);
        let right = match ruling {
            Ruling::Nobody => position.is_none() && best.is_none(),
            Ruling::Agreed => lost.is_empty() && won.as_ref() == first,
            Ruling::Rule(criterion) => {
                !lost.is_empty() && won.as_ref() == first && best.is_some_and(|(_, by)| by == *criterion)
            }
            Ruling::Judge(judge) => !lost.is_empty() && open.judged == Some((judge.clone(), position.clone())),
            Ruling::Overtaken => won.is_none() && position.is_none(),
        };
        self.hold(6, seq, right, || format!("{panel}: {ruling:?} does not explain {decision:?}"));
    }
}
