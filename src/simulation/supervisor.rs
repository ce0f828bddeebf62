//! A scripted person at a console: takes offers, answers, decides approvals, takes over, hands back.
//!
//! Like a persona it is a value: changes of the picture go in, acts come out. It acts on what it
//! last saw and says so with every act.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::dice::Dice;
use super::scenario::{Library, Supervision};
use crate::domain::baton::Holder;
use crate::domain::command::{OperatorAct, Seen};
use crate::domain::conversation::{Disposition, Phase};
use crate::domain::id::{ApprovalId, ConversationId, Digest, OfferId, OperatorName};
use crate::domain::text::Clean;
use crate::domain::time::Millis;
use crate::protocol::console::Change;
use crate::protocol::row::{ConversationRow, NeedReason, Waiting};

/// Between seeing something and acting on it.
const REACTION: Millis = Millis::from_secs(2);
/// Before a written answer goes out.
const WRITING: Millis = Millis::from_secs(6);
/// Before a conversation is closed or given back: longer than a customer reads and types, so that
/// nobody is cut short and the seed decides how it ends, not a race.
const LISTENING: Millis = Millis::from_secs(40);
/// Before what was taken over is given back: sooner than the customer can have written again.
const PASSING: Millis = Millis(300);
/// Answers to one customer at most before it is closed all the same.
const ANSWERS_MAX: u8 = 4;
/// The first stream of draws of this side; customers use the low numbers.
const FIRST_STREAM: u64 = 1 << 40;
/// Acts on one conversation at most: a circle ends here.
const ACTS_MAX: u8 = 12;

/// An act with what its author saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Where.
    pub conversation: ConversationId,
    /// What the row showed.
    pub seen: Seen,
    /// What.
    pub act: OperatorAct,
}

/// One scripted person.
#[derive(Debug)]
pub struct Supervisor {
    me: OperatorName,
    name: String,
    /// Whether this one decides approvals and takes over by the script; one of a team does.
    leads: bool,
    plans: BTreeMap<Clean, Supervision>,
    rows: BTreeMap<ConversationId, Case>,
    seed: u64,
}

#[derive(Debug)]
struct Case {
    row: Box<ConversationRow>,
    acts: u8,
    /// Whether this conversation was taken over by the script already.
    taken: bool,
    /// Own answers while holding.
    answers: u8,
    /// What is about to be done, and when.
    next: Option<(Millis, Intent)>,
    /// Its own draws: what happens elsewhere does not change them.
    dice: Dice,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Intent {
    TakeOffer,
    Decide(bool),
    TakeOver,
    Answer,
    Finish,
}

impl Supervisor {
    /// A person of that name. The one who leads also takes over and decides approvals.
    pub fn new(me: OperatorName, library: &Arc<Library>, leads: bool, seed: u64) -> Self {
        let planned = library.scenarios.iter().filter(|scenario| scenario.supervisor != Supervision::None);
        let plans = planned.map(|scenario| (Clean::shown(&scenario.called), scenario.supervisor)).collect();
        let mut name = me.as_str().to_owned();
        if let Some(first) = name.get_mut(0..1) {
            first.make_ascii_uppercase();
        }
        Self { me, name, leads, plans, rows: BTreeMap::new(), seed }
    }

    /// Takes in a change of the picture at `at`.
    pub fn hear(&mut self, change: &Change, at: Millis) {
        match change {
            Change::Row(row) => {
                let case = self.rows.entry(row.id).or_insert_with(|| Case {
                    row: row.clone(),
                    acts: 0,
                    taken: false,
                    answers: 0,
                    next: None,
                    dice: Dice::new(self.seed, FIRST_STREAM + row.handle.0),
                });
                case.row.clone_from(row);
                let wants = wants(&self.me, self.leads, &self.plans, case);
                let planned = case.next.map(|(_, intent)| intent);
                if wants != planned {
                    let races = races(&self.plans, case);
                    case.next = wants.map(|intent| (Millis(at.0 + case.wait(intent, races).0), intent));
                }
            }
            Change::Gone(id) => {
                self.rows.remove(id);
            }
            Change::Agent(_)
            | Change::AgentGone(_)
            | Change::Operator(_)
            | Change::Status(_)
            | Change::Incidents(_)
            | Change::Queue(_)
            | Change::Header(_)
            | Change::Acts(_)
            | Change::Detail(_)
            | Change::Items(..) => {}
        }
    }

    /// Forgets the picture: a new snapshot follows.
    pub fn reset(&mut self) {
        for case in self.rows.values_mut() {
            case.next = None;
        }
    }

    /// When something is to be done next.
    pub fn next(&self) -> Option<Millis> {
        self.rows.values().filter_map(|case| case.next.map(|(at, _)| at)).min()
    }

    /// What this person does now that it is `at`.
    pub fn act(&mut self, at: Millis) -> Vec<Move> {
        let mut moves = Vec::new();
        for (id, case) in &mut self.rows {
            let Some((_, intent)) = case.next.take_if(|(due, _)| *due <= at) else { continue };
            if case.acts >= ACTS_MAX {
                continue;
            }
            case.acts += 1;
            let acts = case.carry_out(*id, intent, &self.name);
            moves.extend(acts.into_iter().map(|act| Move { conversation: *id, seen: case.seen(&act), act }));
        }
        moves
    }
}

fn plan_for(plans: &BTreeMap<Clean, Supervision>, case: &Case) -> Supervision {
    plans.get(&case.row.name).copied().unwrap_or_default()
}

fn races(plans: &BTreeMap<Clean, Supervision>, case: &Case) -> bool {
    plan_for(plans, case) == Supervision::Races
}

/// What this person would do about a row.
fn wants(me: &OperatorName, leads: bool, plans: &BTreeMap<Clean, Supervision>, case: &Case) -> Option<Intent> {
    let row = &case.row;
    if row.phase != Phase::Live {
        return None;
    }
    match row.need.as_ref().map(|need| &need.why) {
        Some(NeedReason::OfferedToYou { .. }) => return Some(Intent::TakeOffer),
        Some(NeedReason::Approval { .. }) if leads => {
            return Some(Intent::Decide(plan_for(plans, case) != Supervision::Rejects));
        }
        Some(
            NeedReason::Approval { .. }
            | NeedReason::AskedFor { .. }
            | NeedReason::Draft { .. }
            | NeedReason::Escalated { .. }
            | NeedReason::LeftAlone { .. }
            | NeedReason::Failing
            | NeedReason::Promise { .. }
            | NeedReason::WrapUp { .. }
            | NeedReason::Watched { .. }
            | NeedReason::Overdue,
        )
        | None => {}
    }
    if row.holder == Holder::Operator(me.clone()) {
        let customer_waits = matches!(row.waiting, Waiting::Customer(_));
        // Who took over gives it back as soon as they have been of use.
        let most = if case.taken { 2 } else { ANSWERS_MAX };
        let answers = case.answers == 0 || (customer_waits && case.answers < most);
        return Some(if answers { Intent::Answer } else { Intent::Finish });
    }
    let by_agent = row.holder.agent().is_some();
    // Welcome, question, answer: what comes before is not a conversation that goes well.
    let answered = matches!(row.waiting, Waiting::Us(_)) && row.turns >= 3;
    match plan_for(plans, case) {
        Supervision::TakesOver if leads && by_agent && answered && !case.taken => Some(Intent::TakeOver),
        Supervision::Races if leads && by_agent && !answered && row.turns >= 2 => Some(Intent::TakeOver),
        Supervision::None | Supervision::TakesOver | Supervision::Races | Supervision::Rejects => None,
    }
}

impl Case {
    fn wait(&mut self, intent: Intent, races: bool) -> Millis {
        match intent {
            Intent::Answer => self.dice.about(WRITING, 30),
            Intent::Finish if self.taken && self.answers >= 2 => PASSING,
            Intent::Finish => self.dice.about(LISTENING, 10),
            Intent::TakeOver if races => self.dice.about(Millis(150), 90),
            Intent::TakeOver | Intent::TakeOffer | Intent::Decide(_) => self.dice.about(REACTION, 40),
        }
    }

    fn offer(&self) -> Option<OfferId> {
        let Some(NeedReason::OfferedToYou { offer, .. }) = self.row.need.as_ref().map(|need| &need.why) else {
            return None;
        };
        Some(*offer)
    }

    fn approval(&self) -> Option<(ApprovalId, Digest)> {
        let Some(NeedReason::Approval { approval, subject, .. }) = self.row.need.as_ref().map(|need| &need.why) else {
            return None;
        };
        Some((*approval, *subject))
    }

    fn seen(&self, act: &OperatorAct) -> Seen {
        let decides = matches!(act, OperatorAct::Decide { .. });
        let subject = self.approval().filter(|_| decides).map(|(_, subject)| subject);
        Seen { conversation: self.row.id, epoch: self.row.epoch, seq: self.row.seq, subject }
    }

    fn carry_out(&mut self, conversation: ConversationId, intent: Intent, name: &str) -> Option<OperatorAct> {
        match intent {
            Intent::TakeOffer => self.offer().map(|offer| OperatorAct::TakeOffer { offer }),
            Intent::Decide(approve) => self.approval().map(|(approval, _)| {
                let reason = (!approve).then(|| "outside of the return window".into());
                OperatorAct::Decide { approval, approve, reason, amount: None }
            }),
            Intent::TakeOver => {
                self.taken = true;
                self.answers = 0;
                Some(OperatorAct::TakeOver { conversation, reason: None })
            }
            Intent::Answer => {
                self.answers += 1;
                let text = if self.answers == 1 {
                    format!("Hello, this is {name}, a person. I have read everything you wrote and will look after it.")
                } else {
                    "Thank you for telling me. I have noted it, and it is being taken care of today.".into()
                };
                Some(OperatorAct::Reply { conversation, text: text.into(), untranslated: false })
            }
            Intent::Finish => {
                self.answers = 0;
                if self.taken {
                    return Some(OperatorAct::HandBack { conversation, to: None, note: Some("all is said".into()) });
                }
                Some(OperatorAct::Resolve { conversation, disposition: Disposition::Solved })
            }
        }
    }
}
