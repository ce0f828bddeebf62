//! Learning under the laws: the same journal gives the same weights and the same decisions, however often
//! the floor is built again and after a customer was forgotten; one turn moves nobody far.

use baton::domain::command::{CustomerAct, FloorAct, OperatorAct};
use baton::domain::conversation::Disposition;
use baton::domain::customer::Tier;
use baton::domain::envelope::Envelope;
use baton::domain::event::{Event, LearningEvent, RoutingEvent};
use baton::domain::id::{ConversationId, CustomerId, Seq};
use baton::domain::learning::Reach;
use baton::domain::policy::{EscalationBudget, LearningPolicy};
use baton::domain::routing::RoutingDecision;
use baton::domain::score::Score;
use baton::domain::time::Millis;
use baton::orchestrator::conversation::Conversation;
use baton::orchestrator::{Floor, evolve, outlook};
use baton::picture::likely;
use baton::store::journal::JournalRead;

use crate::floor::{Said, TestFloor, analysis, deployment};
use crate::laws::Dice;

/// Conversations of one story; some hundred lessons come of them.
const CONVERSATIONS: u8 = 120;

fn decisions(log: &[Envelope]) -> Vec<&RoutingDecision> {
    let routed = log.iter().filter_map(|envelope| {
        let Event::Routing(RoutingEvent::Routed { decision, .. }) = &envelope.event else { return None };
        Some(&**decision)
    });
    routed.collect()
}

fn say(floor: &mut TestFloor, (conversation, customer): (ConversationId, CustomerId), said: &Said) {
    let (text, analysis) = (said.text.as_str().into(), Box::new(analysis(said)));
    let act = CustomerAct::Say { conversation, text, analysis, typing: false, files: Vec::new() };
    floor.customer(customer, None, act).unwrap();
}

fn begun() -> TestFloor {
    let mut desk = deployment();
    desk.policy.learning = LearningPolicy { explore: true, ..LearningPolicy::default() };
    let mut floor = TestFloor::of(desk);
    floor.floor_act(FloorAct::Arrive("ana".parse().unwrap())).unwrap();
    floor
}

/// Customers ask, agents answer; some is settled, rated, passed on at once, taught.
fn go_on(floor: &mut TestFloor, dice: &mut Dice, numbers: std::ops::RangeInclusive<u8>) {
    for number in numbers {
        let tier = if dice.roll(4) == 0 { Tier::Vip } else { Tier::Standard };
        let (conversation, customer) = floor.open(number, tier, false);
        let texts = [("resolve my refund", "refund"), ("pass:sales a lamp", "refund"), ("resolve a lamp", "buy")];
        let (text, intent) = texts[dice.roll(3)];
        let mood = dice.roll(100) as i32 - 60;
        let said = Said { text: text.into(), intent: Some(intent.into()), mood, ..Said::default() };
        say(floor, (conversation, customer), &said);
        floor.wait(Millis(2_000));
        if dice.roll(5) == 0 {
            let to = ["billing", "sales"][dice.roll(2)].parse().unwrap();
            // Who is full or gone cannot be taught here, and that is no part of the story.
            let act = OperatorAct::Reroute { conversation, to, reach: Reach::Teach, note: None };
            let _ = floor.operator("ana", None, None, act);
        }
        if dice.roll(2) == 0 {
            let score = 1 + dice.roll(5) as u8;
            let _ = floor.customer(customer, None, CustomerAct::Rate { conversation, score, comment: None });
        }
    }
}

#[test]
fn the_same_story_teaches_the_same_twice_and_after_a_restart() {
    let tell = |seed, restart: bool| {
        let (mut floor, mut dice) = (begun(), Dice::new(seed));
        go_on(&mut floor, &mut dice, 1..=CONVERSATIONS / 2);
        if restart {
            // The fold of the journal is compared with the floor in it, bit for bit.
            floor.crash();
            floor.floor_act(FloorAct::Arrive("ana".parse().unwrap())).unwrap();
            let text = serde_json::to_string(floor.floor()).unwrap();
            assert_eq!(&serde_json::from_str::<Floor>(&text).unwrap(), floor.floor(), "a snapshot is the floor");
        }
        go_on(&mut floor, &mut dice, CONVERSATIONS / 2 + 1..=CONVERSATIONS);
        assert_eq!(floor.laws.broken, Vec::new());
        floor
    };
    let (one, again, restarted) = (tell(7, false), tell(7, false), tell(7, true));
    let first = decisions(&one.log);
    assert_eq!(first, decisions(&again.log));
    assert_eq!(first, decisions(&restarted.log));
    let learnt = &one.floor().learning.router;
    assert!(learnt.steps() > 60 && *learnt == restarted.floor().learning.router, "{} steps", learnt.steps());
    assert_ne!(first, decisions(&tell(8, false).log), "another story teaches something else");
}

#[test]
fn what_was_learnt_outlives_who_it_was_learnt_from() {
    let (mut floor, mut dice) = (begun(), Dice::new(3));
    go_on(&mut floor, &mut dice, 1..=20);
    let (conversation, customer) = floor.open(99, Tier::Standard, false);
    let said = Said { text: "resolve my refund".into(), intent: Some("refund".into()), ..Said::default() };
    say(&mut floor, (conversation, customer), &said);
    assert!(floor.floor().learning.ended(conversation).is_some());
    floor.floor_act(FloorAct::Erase(customer)).unwrap();
    floor.vault.destroy(customer).unwrap();
    assert!(floor.floor().learning.ended(conversation).is_none(), "their last choice is forgotten with them");
    let mut folded = Floor::default();
    let mut journal = floor.conductor.journal().reopened().unwrap();
    let read = journal.read(Seq(0), 100_000).unwrap();
    assert!(read.iter().any(|envelope| serde_json::to_string(envelope).unwrap().contains("erased")));
    for envelope in &read {
        evolve(&mut folded, envelope);
    }
    assert!(folded.learning == floor.floor().learning, "learnt again without their words, bit for bit");
}

/// Where somebody stands who says this and asks for a human, in ms.
fn rank(said: &Said, tier: Tier) -> i64 {
    let mut floor = TestFloor::of(deployment());
    let (conversation, customer) = floor.open(1, tier, false);
    say(&mut floor, (conversation, customer), said);
    let asked = floor.customer(customer, None, CustomerAct::AskHuman { conversation });
    // Who is called for at once need not ask.
    assert!(asked.is_ok() || floor.floor().conversation(conversation).unwrap().escalation.is_some(), "{asked:?}");
    floor.floor().conversation(conversation).unwrap().escalation.as_ref().unwrap().rank.0
}

#[test]
fn one_turn_moves_nobody_far_and_capitals_nowhere() {
    let queue = deployment().policy.queue;
    let mut dice = Dice::new(11);
    for _ in 0..200 {
        let tier = [Tier::Standard, Tier::Gold, Tier::Vip][dice.roll(3)];
        let calm = Said { text: "my refund".into(), intent: Some("refund".into()), ..Said::default() };
        let mood = dice.roll(200) as i32 - 100;
        let loud = Said { text: "MY REFUND NOW!!!".into(), mood, ..calm.clone() };
        let quiet = Said { mood, ..calm.clone() };
        assert_eq!(rank(&loud, tier), rank(&quiet, tier), "how loud it is moves nobody");
        let ahead = rank(&calm, tier) - rank(&loud, tier);
        let most = i64::try_from(queue.mood_ms.0 + queue.high_ms.0).unwrap();
        assert!((0..=most).contains(&ahead), "a mood of {mood} moved {tier:?} by {ahead} ms, at most {most}");
    }
}

#[test]
fn a_budget_that_is_overdrawn_raises_the_threshold_in_small_steps() {
    let mut desk = deployment();
    let of = |channel: &str| EscalationBudget {
        tier: Some(Tier::Vip),
        channel: Some(channel.parse().unwrap()),
        target: Score::from_percent(10),
        miss_cost: 3,
    };
    let others = EscalationBudget { tier: None, channel: None, ..of("web") };
    desk.policy.escalation.budget = vec![of("phone"), of("web"), others];
    let mut floor = TestFloor::of(desk);
    floor.floor_act(FloorAct::Arrive("ana".parse().unwrap())).unwrap();
    for number in 0..EscalationBudget::WINDOW as u8 {
        let (conversation, customer) = floor.open(number, Tier::Vip, false);
        // The same again within a moment would count once.
        for (times, mood) in (1..).zip([-60, -100, -100, -100]) {
            let text = format!("this is awful, {}", "so ".repeat(times));
            say(
                &mut floor,
                (conversation, customer),
                &Said { text, intent: Some("refund".into()), mood, ..Said::default() },
            );
        }
        floor.operator("ana", None, None, OperatorAct::TakeOver { conversation, reason: None }).unwrap();
        let disposition = Disposition::Solved;
        floor.operator("ana", None, None, OperatorAct::Resolve { conversation, disposition }).unwrap();
    }
    let moved: Vec<(Score, Score)> = floor
        .log
        .iter()
        .filter_map(|envelope| {
            let Event::Learning(LearningEvent::ThresholdMoved { from, to, .. }) = &envelope.event else { return None };
            Some((*from, *to))
        })
        .collect();
    assert_eq!(moved, [(Score::ZERO, EscalationBudget::STEP)]);
    let (_, rude) = floor.open(200, Tier::Vip, false);
    let block = OperatorAct::Block { customer: rude, reason: "insults".to_owned().into(), until: None };
    floor.operator("ana", None, None, block).unwrap();
    let ended = |floor: &TestFloor| floor.floor().learning.window(&of("web")).ended;
    let before = ended(&floor);
    floor.open_for(rude, 201, Tier::Vip, false);
    assert_eq!(ended(&floor), before, "whom nobody answers counts in no budget");
    let learning = &floor.floor().learning;
    let policy = &floor.floor().deployment.as_ref().unwrap().policy.escalation;
    let threshold = |tier: Tier, channel: &str| {
        let c = Conversation { tier, channel: channel.parse().unwrap(), ..Conversation::default() };
        learning.escalation(policy, &c).threshold
    };
    assert!(threshold(Tier::Vip, "web") > policy.threshold);
    for (tier, channel) in [(Tier::Gold, "web"), (Tier::Vip, "phone"), (Tier::Standard, "phone")] {
        assert_eq!(threshold(tier, channel), policy.threshold, "the budget of others is theirs");
    }
    assert_eq!(floor.laws.broken, Vec::new());
}

#[test]
fn what_is_to_be_expected_rests_on_cases_and_says_how_many() {
    let (mut floor, mut dice) = (begun(), Dice::new(5));
    go_on(&mut floor, &mut dice, 1..=60);
    let (conversation, customer) = floor.open(200, Tier::Standard, false);
    let said = |mood| Said { text: "my refund".into(), intent: Some("refund".into()), mood, ..Said::default() };
    say(&mut floor, (conversation, customer), &said(0));
    let expected = |floor: &TestFloor| outlook(floor.floor(), floor.floor().conversation(conversation).unwrap());
    let calm = expected(&floor);
    let ended = floor.floor().learning.matters["refund"].ended;
    assert_eq!(calm.handling.unwrap().1, ended);
    assert!(ended >= 5 && calm.returns.unwrap().0 < Score::from_percent(50), "{calm:?}");
    let (settles, of) = calm.settles.unwrap();
    assert!(of >= 5 && (Score::ZERO..Score::ONE).contains(&settles), "no few cases make certain: {settles} of {of}");
    say(&mut floor, (conversation, customer), &said(-90));
    let upset = expected(&floor).escalates.unwrap();
    assert!(upset.0 > calm.escalates.unwrap().0 && !upset.1.is_empty(), "{upset:?}");
    let listed = likely(floor.floor(), floor.at).iter().any(|row| row.conversation == conversation);
    assert_eq!(listed, upset.0 >= Score::from_percent(20), "listed from a chance on that is worth a look: {upset:?}");
    let (once, somebody) = floor.open(202, Tier::Standard, false);
    let hello = Said { text: "resolve hello".into(), intent: Some("hello".into()), ..Said::default() };
    say(&mut floor, (once, somebody), &hello);
    assert_eq!(floor.floor().learning.matters["hello"].ended, 1);
    let (fresh, stranger) = floor.open(201, Tier::Standard, false);
    say(&mut floor, (fresh, stranger), &Said { text: "hello".into(), intent: Some("hello".into()), ..Said::default() });
    let unknown = outlook(floor.floor(), floor.floor().conversation(fresh).unwrap());
    assert_eq!(unknown.handling, None, "too few cases say nothing");
}

#[test]
fn customers_who_are_likely_to_come_back_are_listed_also_after_the_end() {
    let mut floor = begun();
    let said = |text: &str, intent: &str| Said { text: text.into(), intent: Some(intent.into()), ..Said::default() };
    let mut told = Vec::new();
    for number in 1..=6 {
        let (conversation, customer) = floor.open(number, Tier::Standard, false);
        say(&mut floor, (conversation, customer), &said("resolve my refund", "refund"));
        if number <= 4 {
            say(&mut floor, (conversation, customer), &said("resolve my refund", "refund"));
        }
        told.push(conversation);
        let (settled, other) = floor.open(100 + number, Tier::Standard, false);
        say(&mut floor, (settled, other), &said("resolve a lamp", "buy"));
        told.push(settled);
    }
    let sums = |matter: &str| floor.floor().learning.matters[matter];
    assert!(sums("refund").returned >= 4 && sums("buy").returned == 0, "{:?}", floor.floor().learning.matters);
    let (calm, somebody) = floor.open(50, Tier::Standard, false);
    say(&mut floor, (calm, somebody), &said("my refund", "refund"));
    let listed = likely(floor.floor(), floor.at);
    let row = |id: ConversationId| listed.iter().find(|row| row.conversation == id);
    let worth = Some(Score::from_percent(20));
    assert!(row(calm).is_some_and(|row| row.returns >= worth && row.reopens_until.is_none()), "{listed:?}");
    for pair in told.chunks(2) {
        let over = row(pair[0]).unwrap_or_else(|| panic!("{:?} of {listed:?}", pair[0]));
        assert!(over.returns >= worth && over.reopens_until.is_some_and(|until| until > floor.at), "{over:?}");
        assert!(row(pair[1]).is_none(), "nobody comes back about a lamp: {listed:?}");
    }
    assert!(listed.iter().rev().take(6).all(|row| row.reopens_until.is_some()), "what is live comes first");
    floor.wait(Millis::from_hours(24 * 60));
    let later = likely(floor.floor(), floor.at);
    assert!(told.iter().all(|id| later.iter().all(|row| row.conversation != *id)), "its window is over: {later:?}");
}
