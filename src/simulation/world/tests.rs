use super::*;
use std::collections::BTreeMap;

use crate::domain::escalation::Settlement;
use crate::domain::event::{Event, HandoffEvent, Scope};
use crate::domain::id::AgentName;
use crate::orchestrator::laws::Breach;

/// Seeds of a run: the whole number with `BATON_SOAK=1`, else a tenth of it.
fn seeds() -> std::ops::Range<u64> {
    let soak = std::env::var("BATON_SOAK").is_ok_and(|value| value == "1");
    0..if soak { 500 } else { 50 }
}

const COMMANDS: u64 = 200;

fn world(seed: u64, faults: Faults) -> World {
    let mut world = World::new(seed, faults).unwrap();
    world.run(COMMANDS).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    world
}

fn committed(world: &World) -> Vec<Envelope> {
    world.journal().unwrap().read(Seq(0), usize::MAX).unwrap()
}

#[test]
fn the_laws_hold_and_a_replay_is_the_live_floor() {
    let (mut checked, mut refused, mut events) = (0, 0, 0);
    for seed in seeds() {
        let world = world(seed, Faults::default());
        assert_eq!(world.laws.broken, Vec::<Breach>::new(), "seed {seed}");
        let replay = replayed(&mut *world.journal().unwrap()).unwrap();
        assert!(replay == *world.floor(), "seed {seed}: the fold of the journal is not the live floor");
        passes_are_summed_as_recorded(&world, seed);
        checked += world.laws.checked;
        refused += world.refused;
        events += world.floor().seq.0;
    }
    let runs = seeds().end;
    println!("{runs} seeds: {events} events, {checked} checks, {refused} refusals");
    assert!(events > runs * 250, "worlds in which little happens show little: {events} events");
    assert!(refused > runs * 10, "worlds in which all is well show little: {refused} refusals");
}

/// Counts passes anew from the journal: offered, accepted, declined, lapsed, refused.
fn passes_are_summed_as_recorded(world: &World, seed: u64) {
    let (mut open, mut sums) = (BTreeMap::new(), BTreeMap::<(AgentName, AgentName), [u64; 5]>::new());
    for envelope in committed(world) {
        let Event::Handoff(event) = envelope.event else { continue };
        let (edge, column) = match event {
            HandoffEvent::Offered { handoff, from, to, .. } => {
                open.insert(handoff, (from.clone(), to.clone()));
                (Some((from, to)), 0)
            }
            HandoffEvent::Accepted { handoff, .. } => (open.remove(&handoff), 1),
            HandoffEvent::Declined { handoff: Some(handoff), .. } => (open.remove(&handoff), 2),
            HandoffEvent::Lapsed { handoff, .. } => (open.remove(&handoff), 3),
            HandoffEvent::Declined { handoff: None, from, to, .. } => (from.map(|from| (from, to)), 4),
        };
        sums.entry(edge.unwrap()).or_default()[column] += 1;
    }
    let told = world.floor().agents.iter().flat_map(|(from, state)| {
        state.edges.iter().map(move |(to, edge)| {
            let sums = [edge.offered, edge.accepted, edge.declined, edge.lapsed, edge.refused];
            ((from.clone(), to.clone()), sums)
        })
    });
    assert_eq!(told.collect::<BTreeMap<_, _>>(), sums, "seed {seed}");
}

#[test]
fn lives_that_end_in_the_middle_lose_nothing_and_break_no_law() {
    let faults = Faults { crashes: true, erasures: false };
    let mut lives = 0;
    for seed in seeds() {
        let world = world(seed, faults);
        assert_eq!(world.laws.broken, Vec::<Breach>::new(), "seed {seed}");
        let replay = replayed(&mut *world.journal().unwrap()).unwrap();
        assert!(replay == *world.floor(), "seed {seed}: the fold of the journal is not the live floor");
        lives += world.lives.len() as u64;
    }
    assert!(lives > seeds().end * 2, "{lives} lives: too few crashes to show anything");
}

#[test]
fn the_same_commands_in_other_batches_give_the_same_journal() {
    for seed in seeds() {
        let world = world(seed, Faults::default());
        let live = committed(&world);
        for size in [1, 7, 1_000] {
            let again = world.again(size).unwrap();
            let differs = live.iter().zip(&again).find(|(one, other)| one != other);
            assert!(differs.is_none(), "seed {seed}, batches of {size}: {differs:?}");
            assert_eq!(live.len(), again.len(), "seed {seed}, batches of {size}");
        }
    }
}

#[test]
fn a_slice_of_the_journal_gives_the_same_conversation() {
    for seed in seeds() {
        let world = world(seed, Faults::default());
        let all = committed(&world);
        for (id, whole) in &world.floor().conversations {
            let mut slice = Floor::default();
            let own = Scope::Conversation(*id);
            for envelope in all.iter().filter(|one| [&own, &Scope::Floor].contains(&&one.event.scope())) {
                evolve(&mut slice, envelope);
            }
            assert!(slice.conversation(*id) == Some(&**whole), "seed {seed}: {} differs in its slice", whole.handle);
        }
    }
}

#[test]
fn the_forgotten_are_forgotten_and_nobody_else() {
    let faults = Faults { crashes: false, erasures: true };
    let mut erased = 0;
    for seed in seeds() {
        let world = world(seed, faults);
        assert_eq!(world.laws.broken, Vec::<Breach>::new(), "seed {seed}");
        let replay = replayed(&mut *world.journal().unwrap()).unwrap();
        assert!(replay == *world.floor(), "seed {seed}: a replay after an erasure is not the live floor");
        erased += committed(&world).iter().filter(|one| one.event.kind() == "customer.erased").count();
    }
    assert!(erased > 0, "nobody was forgotten");
}

#[test]
fn the_floor_remembers_so_many_that_are_over() {
    use crate::domain::command::OperatorAct;
    use crate::domain::conversation::{CloseReason, Disposition};
    use crate::domain::event::ConversationEvent;
    use crate::orchestrator::decide;
    use crate::orchestrator::due::Due;
    use crate::orchestrator::floor::{STUBS_MAX, Stub};

    let over = |stub: &Stub| stub.owed.is_empty() && stub.wrap.is_none();
    // A world in which a person holds somebody, and somebody else is through.
    let fits = |floor: &Floor| {
        let held = floor.conversations.values().any(|c| c.baton.holder.operator().is_some() && c.owed.is_empty());
        held && floor.stubs.values().any(|stub| over(stub))
    };
    let worlds = (1..20).map(|seed| world(seed, Faults::default()));
    let mut floor = worlds.map(|world| world.floor().clone()).find(fits).unwrap();
    let closed = |floor: &Floor| {
        let held = floor.conversations.values().find(|c| c.baton.holder.operator().is_some() && c.owed.is_empty());
        let (id, name) = held.map(|c| (c.id, c.baton.holder.operator().cloned().unwrap())).unwrap();
        let resolve = OperatorAct::Resolve { conversation: id, disposition: Disposition::Solved };
        let act = Act::Operator(resolve);
        let command = Command { actor: Actor::Operator(name), cause: None, key: None, seen: None, act };
        let events = decide(floor, &command, floor.at).unwrap();
        events.into_iter().find_map(|event| {
            let Event::Conversation(ConversationEvent::Closed { conversation, reason }) = event else { return None };
            (reason == CloseReason::StubLimit).then_some(conversation)
        })
    };
    let stub = floor.stubs.values().find(|stub| over(stub)).unwrap().clone();
    assert_eq!(closed(&floor), None, "there is room");
    for number in 0..STUBS_MAX as u128 {
        let mut stub = stub.clone();
        stub.until = floor.at + Millis(1 + number as u64);
        let id = ConversationId::from_random((number << 64).to_be_bytes());
        floor.due.insert((stub.until, Due::Stub(id)));
        floor.stubs.insert(id, stub);
    }
    assert_eq!(closed(&floor), Some(ConversationId::from_random([0; 16])), "the one whose window ends first");
}

/// Commands of a short world: enough for a takeover, an offer and a hold to meet in one conversation.
const SHORT: u64 = 40;
/// Ways in which a request for a human ends.
const WAYS: [Settlement; 6] = [
    Settlement::Taken,
    Settlement::CalledBack,
    Settlement::NotNeeded,
    Settlement::Ended,
    Settlement::Withdrawn,
    Settlement::Expired,
];

/// 100,000 short worlds with `BATON_SOAK=1`, a tenth otherwise, shared out to as many threads.
#[test]
fn whatever_meets_there_is_one_holder_and_nobody_who_asked_for_a_human_is_lost() {
    const THREADS: u64 = 2;
    let worlds = seeds().end * 200;
    let desk = cast().unwrap();
    let part = |thread: u64| {
        let (mut endings, mut asked, mut checked) = (BTreeMap::<Settlement, u64>::new(), 0, 0);
        for seed in (thread..worlds).step_by(THREADS as usize) {
            let mut world = World::of(desk.clone(), seed, Faults::default()).unwrap();
            world.run(SHORT).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
            let left = world.close_up().unwrap_or_else(|error| panic!("seed {seed}: {error}"));
            assert_eq!(left, Vec::new(), "seed {seed}: somebody still waits for a human");
            assert_eq!(world.laws.broken, Vec::<Breach>::new(), "seed {seed}");
            let ended: u64 = world.laws.endings.values().sum();
            // A takeover that is undone opens the same request again, and it ends once more.
            assert!(ended >= world.floor().tally.escalations, "seed {seed}: {:?}", world.laws.endings);
            world.laws.endings.iter().for_each(|(way, n)| *endings.entry(*way).or_default() += n);
            asked += world.floor().tally.escalations;
            checked += world.laws.checked;
        }
        (endings, asked, checked)
    };
    let parts: Vec<_> = std::thread::scope(|scope| {
        let parts: Vec<_> = (0..THREADS).map(|thread| scope.spawn(move || part(thread))).collect();
        parts.into_iter().map(|part| part.join().unwrap()).collect()
    });
    let sum = |way: &Settlement| parts.iter().filter_map(|(endings, ..)| endings.get(way)).sum::<u64>();
    let ways: BTreeMap<Settlement, u64> = WAYS.iter().map(|way| (*way, sum(way))).collect();
    let (asked, checked) = parts.iter().fold((0, 0), |sum, part| (sum.0 + part.1, sum.1 + part.2));
    println!("{worlds} worlds: {checked} checks, {asked} requests for a human, ended: {ways:?}");
    assert!(asked > worlds, "worlds in which nobody asks for a human show nothing: {asked} in {worlds}");
    assert!(ways.values().all(|n| *n > 0), "each way has to occur: {ways:?}");
}
