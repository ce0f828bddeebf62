//! A conversation's transcript as lines, folded from its part of the journal.

mod consulted;
mod file;
mod marks;
mod milestone;
mod translated;

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::analysis::{Analysis, Emotion};
use crate::domain::baton::PassReason;
use crate::domain::circle::Circle;
use crate::domain::claim::ClaimEnd;
use crate::domain::clock::ClockKind;
use crate::domain::conversation::Author;
use crate::domain::envelope::Envelope;
use crate::domain::escalation::Settlement;
use crate::domain::event::{
    ApprovalEvent, BatonEvent, CallEnd, CircleEvent, ClaimEvent, ClockEvent, ConflictEvent, DeskEvent, EscalationEvent,
    Event, FileEvent, HandoffEvent, LeftEvent, MemberEvent, ModelEvent, PromiseEvent, RoutingEvent, SupervisionEvent,
    ToolEvent, TurnEvent,
};
use crate::domain::id::{
    AgentName, ApprovalId, CallId, ConsultId, DraftId, HandoffId, Label, OperatorName, PromiseId, Seq, TurnNo,
};
use crate::domain::knowledge::Citation;
use crate::domain::personal::Personal;
use crate::domain::said::Stands;
use crate::domain::supervision::DraftEnd;
use crate::domain::text::{Clean, Foreign};
use crate::protocol::file::FileRow;
use crate::protocol::transcript::{DraftFate, InOther, Item, ItemBody, Span, ToolState, Under};

use super::{ERASED, Titles, diff, line, model, owed};
use marks::{moved, slots};
use milestone::{guarded, lesson, milestone, wrapped};

/// The lines so far, and what later entries refer back to.
#[derive(Debug, Clone, Default)]
pub struct Transcript {
    items: BTreeMap<Seq, Item>,
    calls: BTreeMap<CallId, Seq>,
    approvals: BTreeMap<ApprovalId, Seq>,
    drafts: BTreeMap<DraftId, Seq>,
    handoffs: BTreeMap<HandoffId, (AgentName, AgentName)>,
    promises: BTreeMap<PromiseId, Clean>,
    consults: BTreeMap<ConsultId, Seq>,
    panels: BTreeMap<ConsultId, Seq>,
    /// The line and the name of each who is asked together with others.
    members: BTreeMap<ConsultId, (Seq, AgentName)>,
    /// Replies that waited for their translation, by number.
    held: BTreeMap<u32, Seq>,
    /// What is known of messages in the other language before they stand here themselves.
    others: BTreeMap<TurnNo, InOther>,
    /// The last draft that did not go out, until somebody of the house speaks or the baton passes.
    unsent: Option<Seq>,
}

impl Transcript {
    /// Folds an entry of this conversation; the line that is new or different now.
    pub fn fold(&mut self, envelope: &Envelope, titles: &Titles) -> Option<&Item> {
        let seq = match &envelope.event {
            Event::Turn(TurnEvent::ReplyWithheld { draft: Some(draft), reason, .. }) => {
                self.draft(*draft, DraftFate::Withheld(*reason), None, None)?
            }
            Event::Turn(event) => {
                let body = turn(self, event, titles).map(|body| self.with_other(body))?;
                let seq = self.add(envelope, body);
                self.note_unsent(seq);
                seq
            }
            Event::Baton(BatonEvent::Passed { from, to, epoch, reason, pack, .. }) => {
                self.unsent = None;
                let (from, to) = (from.clone(), to.clone());
                let note = pack.as_ref().and_then(|pack| pack.note.as_ref()).map(open);
                self.add(envelope, ItemBody::Passed { from, to, epoch: *epoch, reason: *reason, note })
            }
            Event::Circle(event) => self.add(envelope, circle(event)),
            Event::Guard(event) => self.milestone(envelope, guarded(event)),
            Event::Consult(event) => self.consult(envelope, event)?,
            Event::Conflict(ConflictEvent::Settled { agent, won, lost, proposal, .. }) => {
                let (agent, text) = (agent.clone(), open(proposal));
                self.add(envelope, ItemBody::Overruled { agent, won: *won, lost: *lost, text })
            }
            Event::Routing(RoutingEvent::Routed { decision, .. }) => {
                self.add(envelope, ItemBody::Routed(decision.clone()))
            }
            Event::Handoff(event) => {
                let body = self.handoff(event)?;
                self.add(envelope, body)
            }
            Event::Escalation(event) => self.add(envelope, escalation(event)?),
            Event::Tool(event) => self.tool(envelope, event)?,
            Event::Approval(event) => self.approval(envelope, event)?,
            Event::Supervision(event) => self.supervision(envelope, event)?,
            Event::Translation(event) => self.translation(envelope, event)?,
            Event::Clock(event) => self.add(envelope, clock(event)?),
            Event::Member(event) => self.add(envelope, member(event)),
            Event::Claim(event) => self.add(envelope, claim(event)?),
            Event::Left(event) => self.add(envelope, left(event)),
            Event::Desk(event) => self.add(envelope, desk(event)?),
            Event::Conversation(event) => self.milestone(envelope, milestone(event)),
            Event::WrapUp(event) => self.milestone(envelope, wrapped(event, envelope)?),
            Event::Promise(event) => {
                if let PromiseEvent::Made { promise, text, .. } = event {
                    self.promises.insert(*promise, owed::sentence(text));
                }
                let what = self.promises.get(&promised(event)).cloned().unwrap_or_default();
                self.milestone(envelope, owed::told(event, &what, envelope))
            }
            Event::File(event) => self.file(envelope, event)?,
            Event::Lesson(event) => self.milestone(envelope, lesson(event)?),
            Event::Model(ModelEvent::Called { agent, call, spent, .. }) => {
                self.milestone(envelope, model::line(agent, call, *spent)?)
            }
            Event::Model(ModelEvent::Moved { agent, side, made, text, .. }) => {
                self.milestone(envelope, model::candidate(agent, *side, made, text.as_ref())?)
            }
            Event::Baton(BatonEvent::Announced { .. })
            | Event::Learning(_)
            | Event::Operator(_)
            | Event::Incident(_)
            | Event::Standing(_)
            | Event::Customer(_)
            | Event::Floor(_) => {
                return None;
            }
        };
        self.items.get(&seq)
    }

    fn milestone(&mut self, envelope: &Envelope, text: Clean) -> Seq {
        self.add(envelope, ItemBody::Milestone { text })
    }

    /// The whispers of these entries.
    fn under(&self, entries: &[Seq]) -> Vec<Under> {
        let found = entries.iter().filter_map(|seq| self.items.get(seq)).filter_map(|item| {
            let ItemBody::Whisper { operator, text, .. } = &item.body else { return None };
            Some(Under { seq: item.seq, at: item.at, by: operator.clone(), text: text.one_line() })
        });
        found.collect()
    }

    /// What whispers changed in these words, where a draft before them did not go out.
    fn changed(&self, under: &[Under], text: &Clean) -> Vec<Span> {
        let before = self.unsent.filter(|_| !under.is_empty()).and_then(|seq| self.items.get(&seq));
        match before.map(|item| &item.body) {
            Some(ItemBody::Withheld { text: before, .. } | ItemBody::Draft { text: before, .. }) => {
                diff::words(before, text)
            }
            Some(_) | None => Vec::new(),
        }
    }

    /// The words of a customer's message as they stand now, if it is at hand.
    fn words_of(&self, turn: TurnNo) -> Option<&Clean> {
        self.items.values().rev().find_map(|item| {
            let ItemBody::Message { turn: no, author: Author::Customer, text, stands, .. } = &item.body else {
                return None;
            };
            (stands.first(*no) == turn).then_some(text)
        })
    }

    /// What the next words are compared with.
    fn note_unsent(&mut self, seq: Seq) {
        match self.items.get(&seq).map(|item| &item.body) {
            Some(ItemBody::Withheld { .. }) => self.unsent = Some(seq),
            Some(ItemBody::Message { author: Author::Agent(_) | Author::Operator(_), .. }) => self.unsent = None,
            Some(_) | None => {}
        }
    }

    /// What a scanner said stands behind the file; who opened one is a line of its own.
    fn file(&mut self, envelope: &Envelope, event: &FileEvent) -> Option<Seq> {
        match event {
            FileEvent::Scanned { file, scan, open, .. } => {
                let mut items = self.items.values_mut().rev();
                items.find_map(|item| file::stands(&mut item.body, *file, *scan, *open).then_some(item.seq))
            }
            FileEvent::Opened { file, operator, .. } => {
                let name = self.items.values().find_map(|item| file::name(&item.body, *file))?;
                Some(self.milestone(envelope, Clean::shown(&format_args!("{operator} opened {name}"))))
            }
        }
    }

    /// All lines, oldest first.
    pub fn items(&self) -> impl DoubleEndedIterator<Item = &Item> {
        self.items.values()
    }

    fn add(&mut self, envelope: &Envelope, body: ItemBody) -> Seq {
        let seq = envelope.seq;
        self.items.insert(seq, Item { seq, at: envelope.at, body });
        seq
    }

    fn handoff(&mut self, event: &HandoffEvent) -> Option<ItemBody> {
        match event {
            HandoffEvent::Offered { handoff, from, to, .. } => {
                self.handoffs.insert(*handoff, (from.clone(), to.clone()));
                None
            }
            HandoffEvent::Accepted { handoff, omissions, .. } => {
                let (from, to) = self.handoffs.remove(handoff)?;
                Some(ItemBody::HandedOff { from, to, omissions: omissions.clone() })
            }
            HandoffEvent::Declined { to, reason, .. } => {
                Some(ItemBody::HandoffDeclined { to: to.clone(), reason: Some(*reason) })
            }
            HandoffEvent::Lapsed { handoff, .. } => {
                let (_, to) = self.handoffs.remove(handoff)?;
                Some(ItemBody::HandoffDeclined { to, reason: None })
            }
        }
    }

    fn tool(&mut self, envelope: &Envelope, event: &ToolEvent) -> Option<Seq> {
        let (call, now, result) = match event {
            ToolEvent::Called { call, tool, ask, .. } => {
                self.calls.insert(*call, envelope.seq);
                let (state, outcome) = (ToolState::Pending, Clean::default());
                let body =
                    ItemBody::Tool { call: Some(*call), tool: tool.clone(), ask: line::ask(ask), state, outcome };
                return Some(self.add(envelope, body));
            }
            ToolEvent::Refused { call, tool, ask, refusal, .. } => {
                let (state, outcome) = (ToolState::Refused, Clean::fixed(line::refused(*refusal)));
                let body =
                    ItemBody::Tool { call: Some(*call), tool: tool.clone(), ask: line::ask(ask), state, outcome };
                return Some(self.add(envelope, body));
            }
            ToolEvent::Started { call, .. } | ToolEvent::Retried { call, .. } => {
                (call, ToolState::Started, Clean::default())
            }
            ToolEvent::Unsettled { call, .. } | ToolEvent::Reconciling { call, .. } => {
                (call, ToolState::Unknown, Clean::fixed("nobody knows yet; the receiver is asked"))
            }
            ToolEvent::AttemptFailed { call, attempt, .. } => {
                (call, ToolState::Pending, Clean::shown(&format_args!("attempt {attempt} failed")))
            }
            ToolEvent::Returned { call, end, outcome, .. } => (call, tool_state(*end), line::outcome(outcome)),
        };
        let seq = *self.calls.get(call)?;
        if let ItemBody::Tool { state, outcome, .. } = &mut self.items.get_mut(&seq)?.body {
            (*state, *outcome) = (now, result);
        }
        Some(seq)
    }

    fn approval(&mut self, envelope: &Envelope, event: &ApprovalEvent) -> Option<Seq> {
        match event {
            ApprovalEvent::Asked { approval, tool, waiting, .. } => {
                self.approvals.insert(*approval, envelope.seq);
                let about = line::call_about(tool, waiting.amount);
                let (verdict, by, first) = (None, None, None);
                Some(self.add(
                    envelope,
                    ItemBody::Approval { approval: *approval, about, verdict, by, first, overtaken: None },
                ))
            }
            ApprovalEvent::Endorsed { approval, by: who, amount, .. } => {
                let seq = *self.approvals.get(approval)?;
                if let ItemBody::Approval { first, about, .. } = &mut self.items.get_mut(&seq)?.body {
                    *first = Some(who.clone());
                    *about = amount.map_or_else(|| about.clone(), |amount| line::less(about, amount));
                }
                Some(seq)
            }
            ApprovalEvent::Settled { approval, verdict: ended, by: who, ask, overtaken: why, .. } => {
                let seq = *self.approvals.get(approval)?;
                if let ItemBody::Approval { verdict, by, about, overtaken, .. } = &mut self.items.get_mut(&seq)?.body {
                    (*verdict, *by, *overtaken) = (Some(*ended), who.clone(), *why);
                    if ask.is_some() {
                        *about = Clean::shown(&format_args!("{about}, allowed for less"));
                    }
                }
                Some(seq)
            }
        }
    }

    fn supervision(&mut self, envelope: &Envelope, event: &SupervisionEvent) -> Option<Seq> {
        match event {
            SupervisionEvent::GateSet { by, fuse, .. } => {
                let text = if fuse.is_some() { "drafts wait for a person here" } else { "drafts go out again here" };
                Some(self.add(envelope, said(&format_args!("{text}, says {by}"))))
            }
            SupervisionEvent::DraftHeld { draft, agent, held, .. } => {
                self.drafts.insert(*draft, envelope.seq);
                let (draft, agent, text, follows) =
                    (*draft, agent.clone(), open(&held.text), line::follows(&held.next));
                let under = self.under(&held.under);
                let changed = self.changed(&under, &text);
                let (end, by, reason) = (None, None, None);
                let body = ItemBody::Draft { draft, agent, text, follows, under, changed, end, by, reason };
                Some(self.add(envelope, body))
            }
            SupervisionEvent::FuseEnded { .. } | SupervisionEvent::BargeWriting { .. } => None,
            SupervisionEvent::Barged { operator, .. } => {
                Some(self.add(envelope, said(&format_args!("{operator} speaks beside the holder"))))
            }
            SupervisionEvent::BargeEnded { operator, .. } => {
                Some(self.add(envelope, said(&format_args!("{operator} leaves it to the holder again"))))
            }
            SupervisionEvent::DraftSettled { draft, end, by, reason, .. } => {
                self.draft(*draft, DraftFate::Settled(*end), by.clone(), reason.as_ref().map(open))
            }
        }
    }

    /// Writes down what became of a draft that waited.
    fn draft(&mut self, draft: DraftId, fate: DraftFate, who: Option<OperatorName>, why: Option<Clean>) -> Option<Seq> {
        let seq = *self.drafts.get(&draft)?;
        if let ItemBody::Draft { end, by, reason, .. } = &mut self.items.get_mut(&seq)?.body {
            (*end, *by, *reason) = (Some(fate), who, why);
        }
        if matches!(fate, DraftFate::Settled(DraftEnd::Dropped) | DraftFate::Withheld(_)) {
            self.unsent = Some(seq);
        }
        Some(seq)
    }
}

const fn promised(event: &PromiseEvent) -> PromiseId {
    match event {
        PromiseEvent::Made { promise, .. }
        | PromiseEvent::Cleared { promise, .. }
        | PromiseEvent::Breached { promise, .. }
        | PromiseEvent::Carried { promise, .. }
        | PromiseEvent::LetGo { promise, .. } => *promise,
    }
}

fn open(text: &Personal<Foreign>) -> Clean {
    text.reveal().map_or_else(|| Clean::fixed(ERASED), Foreign::clean)
}

fn by_customer(
    so_far: &Transcript,
    (turn, text): (TurnNo, &Personal<Foreign>),
    (analysis, stands): (&Analysis, Stands),
    files: Vec<FileRow>,
) -> ItemBody {
    let before = stands.edits().and_then(|of| so_far.words_of(of));
    let now = open(text);
    ItemBody::Message {
        turn,
        author: Author::Customer,
        mood: Some(analysis.sentiment),
        moved: moved(text, analysis),
        emotion: if text.reveal().is_some() { analysis.emotion } else { Emotion::Neutral },
        intent: analysis.top().map(|top| (top.intent.clone(), top.confidence)),
        slots: slots(text, analysis),
        sources: Vec::new(),
        beside: false,
        under: Vec::new(),
        changed: before.map(|before| diff::words(before, &now)).unwrap_or_default(),
        text: now,
        stands,
        files,
        other: None,
    }
}

/// What a person or the house wrote: nothing is read of it, and it rests on nothing.
fn by_hand(
    turn: TurnNo,
    author: Author,
    text: &Personal<Foreign>,
    (beside, other): (bool, Option<InOther>),
) -> ItemBody {
    ItemBody::Message {
        turn,
        author,
        text: open(text),
        mood: None,
        moved: Vec::new(),
        emotion: Emotion::Neutral,
        intent: None,
        slots: Vec::new(),
        sources: Vec::new(),
        beside,
        under: Vec::new(),
        changed: Vec::new(),
        stands: Stands::Alone,
        files: Vec::new(),
        other,
    }
}

fn turn(so_far: &Transcript, event: &TurnEvent, titles: &Titles) -> Option<ItemBody> {
    Some(match event {
        TurnEvent::CustomerSpoke { turn, text, analysis, stands, files, scan, .. } => {
            by_customer(so_far, (*turn, text), (analysis, *stands), file::rows(files, *scan))
        }
        TurnEvent::AgentActed { agent, spoken, .. } => {
            let spoken = spoken.as_ref()?;
            let (under, text) = (so_far.under(&spoken.under), open(&spoken.text));
            ItemBody::Message {
                turn: spoken.turn,
                author: Author::Agent(agent.clone()),
                changed: so_far.changed(&under, &text),
                text,
                mood: None,
                moved: Vec::new(),
                emotion: Emotion::Neutral,
                intent: None,
                slots: Vec::new(),
                sources: spoken.citations.iter().map(|citation| source(citation, titles)).collect(),
                beside: false,
                under,
                stands: Stands::Alone,
                files: Vec::new(),
                other: None,
            }
        }
        TurnEvent::OperatorSpoke { turn, operator, text, beside_until, original, .. } => {
            let written = original.as_ref().map(|words| InOther::Said(open(words)));
            by_hand(*turn, Author::Operator(operator.clone()), text, (beside_until.is_some(), written))
        }
        TurnEvent::HouseSpoke { turn, sentence, text, .. } => {
            ItemBody::House { turn: *turn, sentence: *sentence, text: text.clean() }
        }
        TurnEvent::HouseTold { turn, text, .. } => by_hand(*turn, Author::House, text, (false, None)),
        TurnEvent::ReplyWithheld { agent, reason, text, .. } => {
            ItemBody::Withheld { agent: agent.clone(), reason: *reason, text: open(text) }
        }
        TurnEvent::Whispered { operator, text, lasting, to, .. } => {
            ItemBody::Whisper { operator: operator.clone(), text: open(text), lasting: *lasting, to: to.clone() }
        }
        TurnEvent::Noted { operator, text, .. } => ItemBody::Note { operator: operator.clone(), text: open(text) },
        TurnEvent::CompositionFailed { agent, retry_at, .. } => {
            let text = if retry_at.is_some() { "it tries again" } else { "somebody else takes it" };
            ItemBody::Failed { agent: agent.clone(), text: Clean::fixed(text) }
        }
        TurnEvent::NothingFound { agent, nearest, score, .. } => {
            ItemBody::Milestone { text: milestone::nothing_found(agent, nearest.as_ref(), *score) }
        }
        TurnEvent::CompositionBegan { .. } => return None,
    })
}

fn circle(event: &CircleEvent) -> ItemBody {
    let (circle, then) = match event {
        CircleEvent::Handoffs { path, then, .. } => (Circle::Handoffs(path.clone()), *then),
        CircleEvent::Question { agent, slot, times, then, .. } => {
            (Circle::Question(agent.clone(), slot.clone(), *times), *then)
        }
        CircleEvent::Call { agent, tool, times, then, .. } => {
            (Circle::Call(agent.clone(), tool.clone(), *times), *then)
        }
    };
    ItemBody::Circled { circle, then }
}

fn source(citation: &Citation, titles: &Titles) -> Clean {
    titles.get(&citation.article).map_or_else(|| Clean::shown(&citation.words()), Foreign::one_line)
}

/// That a conversation belongs to an incident, or does no longer.
fn member(event: &MemberEvent) -> ItemBody {
    match event {
        MemberEvent::Joined { incident, by: Some(by), .. } => {
            said(&format_args!("{by} put it into incident {incident}"))
        }
        MemberEvent::Joined { incident, by: None, .. } => {
            said(&format_args!("it shares the cause of incident {incident}"))
        }
        MemberEvent::Left { incident, by: Some(by), .. } => {
            said(&format_args!("{by} took it out of incident {incident}"))
        }
        MemberEvent::Skipped { incident, why, .. } => said(&format_args!("not told of incident {incident}: {why}")),
        MemberEvent::Left { incident, by: None, .. } => said(&format_args!("incident {incident} is over")),
    }
}

fn escalation(event: &EscalationEvent) -> Option<ItemBody> {
    Some(match event {
        EscalationEvent::Raised { trigger, severity, terms, .. } => {
            ItemBody::Escalated { trigger: *trigger, severity: *severity, terms: terms.clone() }
        }
        EscalationEvent::Passed { operator, .. } => said(&format_args!("{operator} passed the offer on")),
        EscalationEvent::Lapsed { operator, .. } => said(&format_args!("{operator} did not answer the offer")),
        EscalationEvent::Breached { .. } => said(&"no human came within the time that was promised"),
        EscalationEvent::RoundEnded { .. } => said(&"everybody passed it on or did not answer; supervisors are told"),
        EscalationEvent::RoundBegan { .. } => said(&"everybody is asked again"),
        EscalationEvent::Settled { settlement: Settlement::NotNeeded, .. } => said(&"no human is needed"),
        EscalationEvent::Settled { settlement: Settlement::Withdrawn, .. } => said(&"the customer left the line"),
        EscalationEvent::Settled { settlement: Settlement::Expired, .. } => said(&"nobody came; the wait is over"),
        EscalationEvent::CallBackArranged { .. } => said(&"the customer does not wait here: a human writes later"),
        EscalationEvent::Offered { .. }
        | EscalationEvent::Taken { .. }
        | EscalationEvent::Withdrawn { .. }
        | EscalationEvent::Settled {
            settlement: Settlement::Taken | Settlement::CalledBack | Settlement::Ended, ..
        } => return None,
    })
}

/// What a colleague who looks later has to know of who wanted it, and why.
fn claim(event: &ClaimEvent) -> Option<ItemBody> {
    Some(match event {
        ClaimEvent::Asked { by, from, note: None, .. } => said(&format_args!("{by} asks {from} for it")),
        ClaimEvent::Asked { by, from, note: Some(note), .. } => {
            said(&format_args!("{by} asks {from} for it: {}", open(note).one_line()))
        }
        ClaimEvent::Settled { by, from, end: ClaimEnd::Given, .. } => said(&format_args!("{from} gives it to {by}")),
        ClaimEvent::Settled { by, from, end: ClaimEnd::Declined, .. } => {
            said(&format_args!("{from} keeps it from {by}"))
        }
        ClaimEvent::Settled { by, from, end: ClaimEnd::Lapsed, .. } => {
            said(&format_args!("{from} did not answer {by}, and keeps it"))
        }
        ClaimEvent::Settled { end: ClaimEnd::Withdrawn, .. } => return None,
        ClaimEvent::Taken { by, from, reason, .. } => {
            said(&format_args!("{by} takes it from {from}: {}", open(reason).one_line()))
        }
    })
}

fn left(event: &LeftEvent) -> ItemBody {
    match event {
        LeftEvent::Nudged { operator, .. } => said(&format_args!("{operator} is reminded: the customer waits")),
        LeftEvent::Called { operator, .. } => {
            said(&format_args!("{operator} has not answered in time; supervisors are told"))
        }
    }
}

/// A breach is worth a line; a warning stands in the row.
fn clock(event: &ClockEvent) -> Option<ItemBody> {
    let ClockEvent::Breached { clock, .. } = event else { return None };
    Some(said(match clock {
        ClockKind::Human => &"no human came within the time that was promised",
        ClockKind::FirstAnswer => &"the first answer is late",
        ClockKind::NextAnswer => &"the answer is late",
        ClockKind::Resolution => &"the matter takes longer than promised",
    }))
}

fn said(text: &impl std::fmt::Display) -> ItemBody {
    ItemBody::Milestone { text: Clean::shown(text) }
}

fn desk(event: &DeskEvent) -> Option<ItemBody> {
    let names = |labels: &BTreeSet<Label>| labels.iter().map(Label::to_string).collect::<Vec<_>>().join(", ");
    Some(match event {
        DeskEvent::Watched { .. } | DeskEvent::Unwatched { .. } | DeskEvent::Noticed { .. } => return None,
        DeskEvent::PrioritySet { by, priority: None, .. } => {
            said(&format_args!("its priority is as the rules say, says {by}"))
        }
        DeskEvent::PrioritySet { by, priority: Some(priority), .. } => {
            said(&format_args!("its priority is {}, says {by}", priority.word()))
        }
        DeskEvent::LabelsSet { by, labels, .. } if labels.is_empty() => said(&format_args!("{by} took its labels off")),
        DeskEvent::LabelsSet { by, labels, .. } => said(&format_args!("{by} labelled it {}", names(labels))),
        DeskEvent::Undone { by, restored, .. } => {
            said(&format_args!("{by} took it back: {}", restored.undone().word()))
        }
    })
}

pub(super) const fn tool_state(end: CallEnd) -> ToolState {
    match end {
        CallEnd::Done => ToolState::Done,
        CallEnd::Declined => ToolState::Declined,
        CallEnd::Failed => ToolState::Failed,
        CallEnd::Unknown => ToolState::Unknown,
        CallEnd::Refused => ToolState::Refused,
    }
}

/// Whether a pass is one that a player stops at: from one specialist, line or person to another.
pub(super) const fn is_handoff(reason: PassReason) -> bool {
    !matches!(reason, PassReason::Opened | PassReason::Ended)
}
