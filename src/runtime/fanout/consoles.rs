//! The thread that feeds consoles: coalesces what was committed and tells each what changed for it.

mod attach;
mod render;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError};
use std::time::{Duration, Instant};

use crate::domain::baton::{Holder, PassReason};
use crate::domain::command::{Act, Command, EffectResult, FloorAct};
use crate::domain::event::{BatonEvent, ConversationEvent, Event, TurnEvent};
use crate::domain::id::{ConversationId, OperatorName, Seq};
use crate::picture::{self, Room, Touched, touched};
use crate::protocol::console::{Audience, Change, KeptDraft};
use crate::protocol::limits::FEED_TICK;
use crate::protocol::row::{ActRow, WriterRow};
use crate::runtime::clock::Clock;
use crate::runtime::handle::{Asked, ConsoleId};
use crate::runtime::queries::Job;

use super::ConsoleCall;
use super::console::Console;
use super::focus::Focused;
use super::kept::Kept;
use super::lately::{Lately, TYPING_LASTS, WRITING_LASTS};
use super::replica::Replica;
use super::ring::Ring;
use render::Eye;

/// How often what was committed is taken up while nobody looks: only the memory of a resume.
const ALONE_TICK: Duration = Duration::from_millis(100);
/// How often needs are judged again although nothing happened: time makes them.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Things that people did which a newcomer is shown: a column of a tall screen.
const ACTS_KEPT: usize = 20;
/// Calls taken between two looks at the clock.
const CALLS_AT_ONCE: usize = 256;

/// What the thread is connected with.
pub(in crate::runtime) struct Wiring {
    pub(in crate::runtime) replica: Arc<Replica>,
    pub(in crate::runtime) inbox: SyncSender<Asked>,
    pub(in crate::runtime) queries: SyncSender<Job>,
    pub(in crate::runtime) clock: Arc<Clock>,
    pub(in crate::runtime) kept: Kept,
    /// Names this life of the feed.
    pub(in crate::runtime) run: String,
}

/// All consoles and what they were shown.
pub(in crate::runtime) struct Consoles {
    wiring: Wiring,
    attached: BTreeMap<ConsoleId, Console>,
    eyes: BTreeMap<OperatorName, Eye>,
    room: Room,
    /// Customers who are typing.
    typing: Lately<ConversationId>,
    /// Conversations to whose customers an operator is writing.
    writing: Lately<ConversationId>,
    /// Operators who are writing somewhere, which their colleagues see.
    writers: Lately<(ConversationId, OperatorName)>,
    focused: Focused,
    ring: Ring,
    /// Taken up to here.
    seq: Seq,
    dirty: Touched,
    /// The last things that people did, and whether some are new.
    acts: (VecDeque<ActRow>, bool),
    roster: Vec<Change>,
    flushed: Instant,
    looked: Instant,
    /// Whether nothing was going on at the last tick: then only a call, or the next look, is waited for.
    quiet: bool,
    /// Operators with a console that counts as presence.
    present: BTreeSet<OperatorName>,
    /// Arrivals and departures that the inbox has not taken yet.
    comings: VecDeque<FloorAct>,
}

impl Consoles {
    /// Begins with a floor as it was rebuilt at start.
    pub(in crate::runtime) fn new(mut wiring: Wiring) -> Self {
        let replica = Arc::clone(&wiring.replica);
        let floor = replica.read();
        // What ended while the last life ended may have left its unsent texts in the file.
        wiring.kept.keep_only(|id| floor.conversation(id).is_some());
        let seq = floor.seq;
        drop(floor);
        let room = Room { left: wiring.kept.left().clone(), ..Room::default() };
        let now = Instant::now();
        Self {
            wiring,
            attached: BTreeMap::new(),
            eyes: BTreeMap::new(),
            room,
            typing: Lately::new(TYPING_LASTS),
            writing: Lately::new(TYPING_LASTS),
            writers: Lately::new(WRITING_LASTS),
            focused: Focused::default(),
            ring: Ring::new(seq),
            seq,
            dirty: Touched::default(),
            acts: (VecDeque::new(), false),
            roster: Vec::new(),
            flushed: now,
            looked: now,
            quiet: false,
            present: BTreeSet::new(),
            comings: VecDeque::new(),
        }
    }

    /// Feeds consoles until it is told to stop.
    pub(in crate::runtime) fn run(mut self, calls: &Receiver<ConsoleCall>) {
        loop {
            let first = match calls.recv_timeout(self.pace().saturating_sub(self.flushed.elapsed())) {
                Ok(call) => Some(call),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => break,
            };
            let more = calls.try_iter().take(CALLS_AT_ONCE);
            let stops = first.into_iter().chain(more).any(|call| self.take(call));
            if stops {
                break;
            }
            // What ends a quiet time is taken up at once; only what follows on it is gathered.
            if self.flushed.elapsed() >= self.pace() {
                self.tick();
            }
        }
        // Unsent texts go with their conversation, however late it ended.
        self.take_up();
        self.wiring.kept.write(true);
    }

    /// How long after the last tick the next one is due.
    fn pace(&self) -> Duration {
        match (self.quiet, self.attached.is_empty()) {
            (true, _) => LOOK_EVERY,
            (false, true) => ALONE_TICK,
            (false, false) => Duration::from_millis(FEED_TICK.0),
        }
    }

    /// Whether nothing waits for the next tick.
    fn is_quiet(&self) -> bool {
        let nobody_writes = self.typing.is_empty() && self.writing.is_empty() && self.writers.is_empty();
        let all_told = self.comings.is_empty() && !self.attached.values().any(Console::is_lagging);
        nobody_writes && all_told && self.dirty.is_empty() && self.wiring.kept.is_written()
    }

    /// Takes a call; whether it was the last.
    fn take(&mut self, call: ConsoleCall) -> bool {
        self.quiet = false;
        match call {
            ConsoleCall::Committed => {}
            ConsoleCall::Attach { viewer, resume, to } => self.attach(viewer, resume.as_ref(), to),
            ConsoleCall::Focus { console, conversation } => self.focus(console, conversation),
            ConsoleCall::Loaded { conversation, slice } => self.loaded(conversation, &slice.unwrap_or_default()),
            ConsoleCall::Typing { conversation, on } => {
                let differs = if on { self.typing.begin(conversation) } else { self.typing.end(&conversation) };
                if differs {
                    self.show_typing(conversation, on);
                }
            }
            ConsoleCall::Growing { conversation, growing } => {
                self.room.growing.insert(conversation, growing);
                self.dirty.conversations.insert(conversation);
            }
            ConsoleCall::Draft { operator, draft, kept } => {
                self.note_writer(&operator, &draft);
                self.note_writing(&operator, &draft);
                self.wiring.kept.draft(operator, draft);
                let _ = kept.send(());
            }
            ConsoleCall::Remember { operator, view, kept } => {
                self.wiring.kept.remember(operator, view);
                let _ = kept.send(());
            }
            ConsoleCall::Stop => return true,
        }
        false
    }

    fn show_typing(&mut self, conversation: ConversationId, on: bool) {
        if on {
            self.room.typing.insert(conversation);
        } else {
            self.room.typing.remove(&conversation);
        }
        self.dirty.conversations.insert(conversation);
    }

    /// Colleagues see who is writing, for whomever it is: nobody should begin what another is at. The
    /// customer is told nothing by this.
    fn note_writer(&mut self, operator: &OperatorName, draft: &KeptDraft) {
        let (id, to) = (draft.conversation, draft.audience);
        if draft.text.is_empty() {
            let same = |writer: &WriterRow| writer.operator == *operator && writer.to == to;
            if self.room.writers.get(&id).is_some_and(|writers| writers.iter().any(same)) {
                self.writers.end(&(id, operator.clone()));
                self.writes_no_more(id, operator);
            }
            return;
        }
        self.writers.begin((id, operator.clone()));
        let writers = self.room.writers.entry(id).or_default();
        let now = WriterRow { operator: operator.clone(), to };
        if !writers.contains(&now) {
            writers.retain(|writer| writer.operator != *operator);
            writers.push(now);
            self.dirty.conversations.insert(id);
        }
    }

    fn writes_no_more(&mut self, id: ConversationId, operator: &OperatorName) {
        let Some(writers) = self.room.writers.get_mut(&id) else { return };
        writers.retain(|writer| writer.operator != *operator);
        if writers.is_empty() {
            self.room.writers.remove(&id);
        }
        self.dirty.conversations.insert(id);
    }

    /// Whoever has left writes nothing any more.
    fn forget_writer(&mut self, operator: &OperatorName) {
        let at: Vec<ConversationId> = self.room.writers.keys().copied().collect();
        for id in at {
            if self.writers.end(&(id, operator.clone())) {
                self.writes_no_more(id, operator);
            }
        }
    }

    /// The holder's growing reply is shown to the customer as typing, and as nothing else.
    fn note_writing(&mut self, operator: &OperatorName, draft: &KeptDraft) {
        if !matches!(draft.audience, Audience::Reply | Audience::Barge) {
            return;
        }
        let id = draft.conversation;
        if draft.text.is_empty() {
            if self.writing.end(&id) {
                self.wiring.replica.writes(id, None);
            }
            return;
        }
        let found = self.wiring.replica.read().conversation(id).map(|c| {
            let beside = c.barge.as_ref().is_some_and(|barge| barge.operator == *operator);
            (c.baton.holder.operator() == Some(operator), beside)
        });
        let Some((holds, beside)) = found else { return };
        if beside {
            // A full queue loses nothing but a sign; the next one comes with the next words.
            let writes = EffectResult::BargerWrites { conversation: id, operator: operator.clone() };
            let asked = Asked { before: Vec::new(), command: Command::of_floor(Act::Effect(writes)), answer: None };
            let _ = self.wiring.inbox.try_send(asked);
        }
        if (holds || beside) && self.writing.begin(id) {
            self.wiring.replica.writes(id, Some(operator.clone()));
        }
    }

    fn tick(&mut self) {
        let nothing_new = self.take_up();
        self.drop_gone();
        self.forget_grown();
        self.announce();
        for id in self.typing.expire() {
            self.show_typing(id, false);
        }
        for id in self.writing.expire() {
            self.wiring.replica.writes(id, None);
        }
        for (id, operator) in self.writers.expire() {
            self.writes_no_more(id, &operator);
        }
        self.revive();
        self.flush();
        self.wiring.kept.write(false);
        self.quiet = nothing_new && self.is_quiet();
    }

    /// Takes up what was committed since the last tick; whether there was nothing.
    fn take_up(&mut self) -> bool {
        let replica = Arc::clone(&self.wiring.replica);
        let committed = replica.take_committed();
        if committed.overflow {
            tracing::warn!("consoles fell behind the floor; each gets a new snapshot");
            self.seq = replica.read().seq;
            self.ring.forget(self.seq);
            self.focused = Focused::default();
            self.attached.values_mut().for_each(Console::miss);
        }
        for envelope in committed.batches.iter().flat_map(|batch| batch.iter()) {
            if envelope.seq <= self.seq {
                continue;
            }
            self.seq = envelope.seq;
            let touched = touched(envelope);
            if let Some(act) = picture::act(&replica.read(), envelope) {
                self.note_act(act);
            }
            self.ring.note(envelope.seq, &touched);
            self.dirty.add(&touched);
            self.focused.hear(envelope, &replica.titles());
            self.note_unsent(&envelope.event);
        }
        committed.is_empty()
    }

    /// What a model wrote is committed, or cut, once nobody composes it any more.
    fn forget_grown(&mut self) {
        if !self.room.growing.is_empty() {
            let floor = self.wiring.replica.read();
            let composed = |id: &ConversationId| floor.conversation(*id)?.composing.as_ref().map(|one| one.id);
            self.room.growing.retain(|id, growing| composed(id) == Some(growing.composition));
        }
    }

    /// What becomes of texts that were begun in a conversation and not sent.
    fn note_unsent(&mut self, event: &Event) {
        let kept = &mut self.wiring.kept;
        let (id, changed) = if let Event::Baton(BatonEvent::Passed { conversation, from, reason, .. }) = event
            && let (Holder::Operator(from), PassReason::HolderGone) = (from, reason)
        {
            (*conversation, kept.leave(from, *conversation))
        } else if let Some(id) = outdates(event) {
            (id, kept.outdated(id))
        } else {
            return;
        };
        if let Event::Conversation(ConversationEvent::Closed { conversation, .. }) = event {
            kept.forget(*conversation);
        }
        if changed {
            self.room.left.clone_from(kept.left());
            self.dirty.conversations.insert(id);
        }
    }

    fn note_act(&mut self, act: ActRow) {
        let (acts, is_new) = &mut self.acts;
        acts.push_back(act);
        while acts.len() > ACTS_KEPT {
            acts.pop_front();
        }
        *is_new = true;
    }

    /// The last things that people did.
    fn last_acts(&self) -> Change {
        Change::Acts(self.acts.0.iter().cloned().collect())
    }

    /// Tells the core of operators who came or went.
    fn announce(&mut self) {
        while let Some(act) = self.comings.pop_front() {
            let asked = Asked { before: Vec::new(), command: Command::of_floor(Act::Floor(act.clone())), answer: None };
            match self.wiring.inbox.try_send(asked) {
                Ok(()) => {}
                Err(TrySendError::Full(_)) => return self.comings.push_front(act),
                Err(TrySendError::Disconnected(_)) => return self.comings.clear(),
            }
        }
    }
}

/// Where an unsent text is out of date from now on: a person said something, an agent goes on, or it is over.
const fn outdates(event: &Event) -> Option<ConversationId> {
    if let Event::Turn(TurnEvent::OperatorSpoke { conversation, .. })
    | Event::Baton(BatonEvent::Passed { conversation, to: Holder::Agent(_), .. })
    | Event::Conversation(
        ConversationEvent::Resolved { conversation, .. } | ConversationEvent::Closed { conversation, .. },
    ) = event
    {
        return Some(*conversation);
    }
    None
}
