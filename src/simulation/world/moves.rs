//! What customers, operators and time do next in a world, sensible or not.

use super::{BEGIN, World};
use crate::domain::analysis::{Analysis, IntentScore};
use crate::domain::baton::Holder;
use crate::domain::command::{Act, Command, CustomerAct, FloorAct, Opening, OperatorAct, Seen};
use crate::domain::conversation::Disposition;
use crate::domain::customer::{Identity, Proof, Tier};
use crate::domain::envelope::{Actor, KeyUse};
use crate::domain::id::{
    ApprovalId, BriefId, ConversationId, CustomerId, Digest, EscalationId, IntentName, OfferId, Seq,
};
use crate::domain::money::Money;
use crate::domain::operator::Presence;
use crate::domain::score::Score;
use crate::domain::time::Millis;
use crate::orchestrator::conversation::Conversation;
use crate::simulation::dice::Dice;
use crate::store::StoreError;

impl World {
    /// The next command; some come with what they set off.
    pub(super) fn next_commands(&mut self) -> Result<Vec<Command>, StoreError> {
        Ok(match self.dice.below(100) {
            0..12 => vec![self.open()?],
            12..42 => vec![self.say()],
            42..50 => vec![self.other_customer_act()],
            50..74 => vec![self.operate()],
            74..93 => self.completion().unwrap_or_default(),
            93..96 => vec![self.come_or_go()],
            96..98 => self.retry().into_iter().collect(),
            98 if self.faults.erasures => vec![self.erase()],
            _ => vec![Command::of_floor(Act::Floor(FloorAct::Tick))],
        })
    }

    fn bytes(&mut self) -> [u8; 16] {
        self.minted += 1;
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.dice.draw().to_be_bytes());
        bytes[8..].copy_from_slice(&self.minted.to_be_bytes());
        bytes
    }

    fn open(&mut self) -> Result<Command, StoreError> {
        let conversation = ConversationId::from_random(self.bytes());
        let back = self.dice.chance(25);
        let known = self.dice.pick(&self.known).map(|(_, customer)| *customer).filter(|_| back);
        let customer = match known {
            Some(customer) => customer,
            None => CustomerId::from_random(self.bytes()),
        };
        if known.is_none() {
            self.vault.adopt(customer)?;
        }
        self.known.push((conversation, customer));
        let until = BEGIN + Millis::from_hours(3);
        let identity = if self.dice.chance(60) {
            Identity::Verified { by: Proof::SignedToken, until }
        } else {
            Identity::Anonymous
        };
        let tier = self.dice.pick(&[Tier::Standard, Tier::Gold, Tier::Vip]).copied().unwrap_or_default();
        let opening = Opening {
            conversation,
            customer,
            handle: self.dice.chance(50).then_some(Digest(customer.to_bytes())),
            reference: self.dice.chance(50).then_some(Digest(conversation.to_bytes())),
            channel: self.channel.clone(),
            identity,
            tier,
            name: self.dice.chance(50).then(|| "Somebody".into()),
        };
        Ok(self.by_customer(customer, CustomerAct::Open(opening)))
    }

    fn somebody(&mut self) -> (ConversationId, CustomerId) {
        // Mostly those who came last: the others are gone.
        let recent = self.known.len().saturating_sub(14);
        let of = if self.dice.chance(90) { self.known.get(recent..).unwrap_or_default() } else { &self.known };
        let none = || (ConversationId::from_random([9; 16]), CustomerId::from_random([9; 16]));
        self.dice.pick(of).copied().unwrap_or_else(none)
    }

    fn say(&mut self) -> Command {
        let (conversation, customer) = self.somebody();
        let intents: Vec<IntentName> =
            self.desk.agents.iter().flat_map(|agent| agent.intents.iter().take(3).cloned()).collect();
        let confidence = Score::from_percent(self.dice.below(100) as i32);
        let top = self.dice.pick(&intents).cloned().map(|intent| IntentScore { intent, confidence });
        let analysis = Analysis {
            intents: top.into_iter().collect(),
            out_of_scope: Score::from_percent(self.dice.below(60) as i32),
            sentiment: Score::from_percent(self.dice.below(200) as i32 - 100),
            wants_human: self.dice.chance(6),
            wants_call_back: self.dice.chance(2),
            safety: self.dice.chance(2),
            ..Analysis::default()
        };
        let text = format!("words {}", self.dice.below(40)).as_str().into();
        let (analysis, typing) = (Box::new(analysis), self.dice.chance(15));
        self.by_customer(customer, CustomerAct::Say { conversation, text, analysis, typing, files: Vec::new() })
    }

    fn other_customer_act(&mut self) -> Command {
        let (conversation, customer) = self.somebody();
        let until = self.at + Millis::from_mins(self.dice.below(30));
        let act = match self.dice.below(5) {
            0 => CustomerAct::AskHuman { conversation },
            3 => CustomerAct::CallBack { conversation },
            4 => CustomerAct::LeaveLine { conversation },
            1 => CustomerAct::Rate { conversation, score: self.dice.below(7) as u8, comment: Some("so".into()) },
            _ => {
                let identity = Identity::Verified { by: Proof::Facts, until };
                let handle = self.dice.chance(50).then(|| Digest([self.dice.below(3) as u8; 16]));
                CustomerAct::Identify { conversation, identity, handle }
            }
        };
        // Sometimes somebody acts on a conversation that is not theirs.
        let customer = if self.dice.chance(4) { CustomerId::from_random([7; 16]) } else { customer };
        self.by_customer(customer, act)
    }

    fn by_customer(&mut self, customer: CustomerId, act: CustomerAct) -> Command {
        self.keyed(Actor::Customer(customer), Act::Customer(act), None)
    }

    /// Most commands come with a key, of which some come again.
    fn keyed(&mut self, actor: Actor, act: Act, seen: Option<Seen>) -> Command {
        let mut key = None;
        if self.dice.chance(70) {
            self.minted += 1;
            let body = Digest(u128::from(self.minted).to_be_bytes());
            key = format!("k-{}", self.minted).parse().ok().map(|key| KeyUse { key, body });
        }
        if let Some(used) = &key {
            self.used.push((actor.clone(), used.clone(), act.clone()));
        }
        Command { actor, cause: None, key, seen, act }
    }

    /// A command that was sent before: the same, or another under the same key.
    fn retry(&mut self) -> Option<Command> {
        let recent = self.used.len().saturating_sub(20);
        let (actor, mut key, act) = self.dice.pick(self.used.get(recent..)?)?.clone();
        if self.dice.chance(20) {
            key.body = Digest([255; 16]);
        }
        Some(Command { actor, cause: None, key: Some(key), seen: None, act })
    }

    fn operate(&mut self) -> Command {
        let names: Vec<_> = self.desk.operators.iter().map(|operator| operator.name.clone()).collect();
        let live: Vec<ConversationId> = self.floor().conversations.keys().copied().collect();
        let id = self.dice.pick(&live).copied().unwrap_or_else(|| ConversationId::from_random([9; 16]));
        let found = self.floor().conversation(id).cloned();
        let holder = found.as_ref().map(|c| c.baton.holder.clone()).unwrap_or_default();
        let me = holder.operator().cloned().filter(|_| self.dice.chance(70));
        let me = me.or_else(|| self.dice.pick(&names).cloned());
        let Some(me) = me else { return Command::of_floor(Act::Floor(FloorAct::Tick)) };
        let incident = self.incident_act(id);
        let me = incident.as_ref().and_then(|(_, lead)| lead.clone()).unwrap_or(me);
        let incident = incident.map(|(act, _)| (act, None));
        let (act, subject) = match incident.or_else(|| self.ladder_act(id, found.as_ref())) {
            Some(act) => act,
            None => self.any_operator_act(id, found.as_ref()),
        };
        let seen = found.map(|c| Seen { conversation: id, epoch: c.baton.epoch, seq: c.seq, subject });
        // Some screens are old.
        let seen = if self.dice.chance(8) { seen.map(|s| Seen { seq: Seq(1), ..s }) } else { seen };
        let seen = if self.dice.chance(50) { seen } else { None };
        self.keyed(Actor::Operator(me), Act::Operator(act), seen)
    }

    /// A yes or no to what waits here, now and then for half of it.
    fn answer(&mut self, found: Option<&Conversation>) -> Option<(OperatorAct, Option<Digest>)> {
        let (c, (approval, waiting)) = found.and_then(|c| Some((c, c.approvals.iter().next()?)))?;
        if !self.dice.chance(60) {
            return None;
        }
        let less = waiting.waiting.amount.map(|asked| Money { minor: asked.minor / 2, ..asked });
        let (approval, approve) = (*approval, self.dice.chance(60));
        let amount = less.filter(|_| self.dice.chance(25));
        Some((OperatorAct::Decide { approval, approve, reason: None, amount }, c.subject_of(waiting)))
    }

    fn any_operator_act(
        &mut self,
        conversation: ConversationId,
        found: Option<&Conversation>,
    ) -> (OperatorAct, Option<Digest>) {
        if let Some((act, subject)) = self.answer(found) {
            return (act, subject);
        }
        if let Some(act) = self.claim_act(conversation, found) {
            return (act, None);
        }
        let escalation = found.and_then(|c| c.escalation.as_ref());
        let offer = escalation.and_then(|e| e.offer.as_ref()).map_or(OfferId(self.dice.below(20)), |offer| offer.id);
        let agents: Vec<_> = self.desk.agents.iter().map(|agent| agent.name.clone()).collect();
        let queues: Vec<_> = self.desk.queues.iter().map(|queue| queue.name.clone()).collect();
        let people: Vec<_> = self.desk.operators.iter().map(|operator| operator.name.clone()).collect();
        let at = self.at;
        let dice = &mut self.dice;
        let text = || format!("words for {conversation}").as_str().into();
        let act = match dice.below(15) {
            0..3 => take_over(dice, conversation),
            3 => OperatorAct::Undo { conversation },
            4 => OperatorAct::HandBack { conversation, to: dice.pick(&agents).cloned(), note: Some(text()) },
            5 => {
                let targets = [
                    dice.pick(&agents).cloned().map(Holder::Agent),
                    dice.pick(&queues).cloned().map(Holder::Queue),
                    dice.pick(&people).cloned().map(Holder::Operator),
                ];
                let to = dice.pick(&targets).cloned().flatten().unwrap_or_default();
                OperatorAct::Move { conversation, to, note: None }
            }
            6..9 => OperatorAct::Reply { conversation, text: text(), untranslated: false },
            9 => OperatorAct::Whisper { conversation, text: text(), lasting: dice.chance(50), answers: None },
            10 => OperatorAct::Note { conversation, text: text() },
            11 => OperatorAct::Resolve { conversation, disposition: Disposition::Answered },
            12 => OperatorAct::TakeOffer { offer },
            13 => match dice.below(6) {
                0 => OperatorAct::PassOffer { offer },
                1 => OperatorAct::Close { conversation },
                2 => {
                    let approval = ApprovalId(dice.below(9));
                    OperatorAct::Decide { approval, approve: true, reason: None, amount: None }
                }
                3 => OperatorAct::HandOver {},
                4 => OperatorAct::SignBrief { brief: BriefId(1 + dice.below(6)) },
                _ => OperatorAct::Dismiss {
                    escalation: escalation.map_or(EscalationId(dice.below(20)), |escalation| escalation.id),
                },
            },
            _ => {
                let all = [
                    Presence::Available,
                    Presence::Available,
                    Presence::Busy,
                    Presence::Break,
                    Presence::Lunch,
                    Presence::WrapUp,
                    Presence::Draining,
                    Presence::Offline,
                ];
                let operator = dice.pick(&people).cloned().filter(|_| dice.chance(40));
                let until = dice.chance(40).then(|| at + Millis::from_secs(1 + dice.below(600)));
                let presence = dice.pick(&all).copied().unwrap_or_default();
                OperatorAct::SetPresence { operator, presence, reason: dice.chance(30).then(text), until }
            }
        };
        (act, None)
    }

    fn come_or_go(&mut self) -> Command {
        let names: Vec<_> = self.desk.operators.iter().map(|operator| operator.name.clone()).collect();
        let act = match self.dice.pick(&names).cloned() {
            Some(name) if self.dice.chance(60) => FloorAct::Arrive(name),
            Some(name) => FloorAct::Depart(name),
            None => FloorAct::Tick,
        };
        Command::of_floor(Act::Floor(act))
    }

    fn erase(&mut self) -> Command {
        let (_, customer) = self.somebody();
        self.known.retain(|(_, other)| *other != customer);
        self.used.retain(|(actor, ..)| *actor != Actor::Customer(customer));
        Command::of_floor(Act::Floor(FloorAct::Erase(customer)))
    }
}

/// Mostly for a reason, which it needs where a colleague holds.
fn take_over(dice: &mut Dice, conversation: ConversationId) -> OperatorAct {
    OperatorAct::TakeOver { conversation, reason: dice.chance(80).then(|| "they are at lunch".into()) }
}
