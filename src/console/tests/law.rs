//! Law 15: an act hits what its author saw. Whatever arrives between a frame and a key, and in
//! whatever order rows stand by then, a command names what was painted.

use super::floor::{around, delta, detail, draw, id, items, live, need, row, rows, send};
use crate::console::keymap::Key;
use crate::console::model::Model;
use crate::console::model::painted::Painted;
use crate::console::update::{Effect, Message};
use crate::domain::baton::Holder;
use crate::domain::command::OperatorAct;
use crate::domain::escalation::Trigger;
use crate::domain::id::{ConversationId, Epoch, OfferId, Seq};
use crate::domain::incident::IncidentWish;
use crate::domain::score::Score;
use crate::domain::time::{Millis, Timestamp};
use crate::protocol::console::{Change, ConsoleCommand, ConsoleRequest};
use crate::protocol::row::{ConversationRow, NeedReason, Section, Waiting};

/// Rounds that `BATON_SOAK=1` plays; without it a tenth.
const SOAK: u64 = 100_000;
/// Conversations on the floor of this test.
const CONVERSATIONS: u64 = 24;

/// Numbers from a seed: the same round fails again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }
}

/// Anything that can happen to a row.
fn any_row(dice: &mut Dice, seq: u64) -> ConversationRow {
    let n = dice.roll(CONVERSATIONS);
    let mut row = row(n, &format!("Customer {n}"));
    row.seq = Seq(seq);
    row.epoch = Epoch(dice.roll(50));
    row.mood = Score(i32::try_from(dice.roll(20_000)).unwrap() - 10_000);
    row.waiting = Waiting::Customer(Timestamp(super::floor::NOW.0 - i64::try_from(dice.roll(100_000)).unwrap()));
    row.holder = match dice.roll(4) {
        0 => Holder::Agent("billing".parse().unwrap()),
        1 => Holder::Operator("ana".parse().unwrap()),
        2 => Holder::Operator("ben".parse().unwrap()),
        _ => Holder::Queue("general".parse().unwrap()),
    };
    let harm = i32::try_from(dice.roll(9_000)).unwrap();
    let why = match dice.roll(3) {
        0 => NeedReason::OfferedToYou { offer: OfferId(n), until: Timestamp(super::floor::NOW.0 + 9_000) },
        1 => super::floor::escalated(n, Trigger::AskedForHuman),
        _ => NeedReason::Failing,
    };
    row.section = match dice.roll(3) {
        0 => Section::NeedsYou,
        1 => Section::Yours,
        _ => Section::Live,
    };
    if row.section == Section::NeedsYou {
        row.need = Some(need(why, harm, 10, 30));
    }
    row
}

fn arrival(dice: &mut Dice, seq: u64) -> Change {
    match dice.roll(12) {
        0 => Change::Gone(id(dice.roll(CONVERSATIONS))),
        1 => {
            let mut detail = detail(dice.roll(CONVERSATIONS));
            detail.approvals.iter_mut().for_each(|card| card.subject.0 = [u8::try_from(dice.roll(250)).unwrap(); 16]);
            Change::Detail(Box::new(detail))
        }
        2 => Change::Items(id(dice.roll(CONVERSATIONS)), items()),
        _ => Change::Row(Box::new(any_row(dice, seq))),
    }
}

/// The conversation a command would change.
fn hits(command: &ConsoleCommand) -> Option<ConversationId> {
    let ConsoleCommand::Act(act) = command else { return None };
    match act {
        OperatorAct::TakeOver { conversation, .. }
        | OperatorAct::AskFor { conversation, .. }
        | OperatorAct::AnswerClaim { conversation, .. }
        | OperatorAct::Undo { conversation }
        | OperatorAct::Snooze { conversation, .. }
        | OperatorAct::Wake { conversation }
        | OperatorAct::SetPriority { conversation, .. }
        | OperatorAct::Label { conversation, .. }
        | OperatorAct::Watch { conversation, .. }
        | OperatorAct::HandBack { conversation, .. }
        | OperatorAct::Move { conversation, .. }
        | OperatorAct::Reply { conversation, .. }
        | OperatorAct::Barge { conversation }
        | OperatorAct::EndBarge { conversation }
        | OperatorAct::Whisper { conversation, .. }
        | OperatorAct::Note { conversation, .. }
        | OperatorAct::Promise { conversation, .. }
        | OperatorAct::WrapUp { conversation, .. }
        | OperatorAct::ExtendWrapUp { conversation }
        | OperatorAct::Resolve { conversation, .. }
        | OperatorAct::Reroute { conversation, .. }
        | OperatorAct::RateTurn { conversation, .. }
        | OperatorAct::CorrectIntent { conversation, .. }
        | OperatorAct::Close { conversation }
        | OperatorAct::Incident {
            wish: IncidentWish::Join { conversation, .. } | IncidentWish::Split { conversation },
        } => Some(*conversation),
        OperatorAct::TakeOffer { offer } | OperatorAct::PassOffer { offer } => Some(id(offer.0)),
        OperatorAct::Dismiss { escalation } => Some(id(escalation.0)),
        OperatorAct::Incident { .. }
        | OperatorAct::Decide { .. }
        | OperatorAct::SetPresence { .. }
        | OperatorAct::ClearPromise { .. }
        | OperatorAct::CarryPromise { .. }
        | OperatorAct::WaivePromise { .. }
        | OperatorAct::HandOver {}
        | OperatorAct::MakeRule { .. }
        | OperatorAct::EndRule { .. }
        | OperatorAct::RollBackLearning {}
        | OperatorAct::Block { .. }
        | OperatorAct::Unblock { .. }
        | OperatorAct::SignBrief { .. }
        | OperatorAct::Gate { .. }
        | OperatorAct::SettleDraft { .. }
        | OperatorAct::Hold { .. }
        | OperatorAct::Release { .. }
        | OperatorAct::SetLife { .. }
        | OperatorAct::Promote { .. } => None,
    }
}

/// What of the effects is aimed at anything but what was painted.
fn missed(effects: &[Effect], painted: &Painted) -> Vec<String> {
    let mut wrong = Vec::new();
    for effect in effects {
        let Effect::Send(request) = effect else { continue };
        let ConsoleRequest::Command { seen, command, .. } = &**request else { continue };
        let (Some(seen), Some(target)) = (seen, &painted.target) else {
            wrong.push(format!("{command:?} was sent without a target on the screen"));
            continue;
        };
        let same = (seen.conversation, seen.epoch, seen.seq) == (target.id, target.epoch, target.seq);
        if !same || hits(command).is_some_and(|hit| hit != target.id) {
            wrong.push(format!("{command:?} with {seen:?}, painted was {target:?}"));
        }
        if let ConsoleCommand::Act(OperatorAct::Decide { approval, .. }) = command {
            let card = painted.approval.as_ref();
            if card.is_none_or(|card| card.approval != *approval || Some(card.subject) != seen.subject) {
                wrong.push(format!("decided {approval:?} with {seen:?}, painted was {card:?}"));
            }
        }
    }
    wrong
}

/// A frame, arrivals, then a key. With `late` the frame that stands on the screen is forgotten and
/// the newest state taken for it: the planted fault.
fn round(model: &mut Model, dice: &mut Dice, n: u64, late: bool) -> (usize, Vec<String>) {
    let keys = ["T", "O", "X", "N", "A", "H", "W", "B", "j", "k", "n", "m", "g", "G", "C", "M", "Enter", "Esc", "Esc"];
    let wall = model.wall.0 + dice.roll(3_000);
    send(model, wall, Message::Tick);
    let painted = draw(model).painted;
    // A card is about what was painted when it was opened.
    let about = model.card.as_ref().and_then(|card| card.seen.clone());
    let mut wall = model.wall.0;
    for _ in 0..dice.roll(6) {
        wall += dice.roll(1_500);
        let changes = (0..=dice.roll(4)).map(|_| arrival(dice, 1_000 + n)).collect();
        send(model, wall, delta(changes));
    }
    if late {
        draw(model);
    }
    let key = keys[usize::try_from(dice.roll(keys.len() as u64)).unwrap()];
    let was_card = model.card.is_some();
    let effects = send(model, wall + dice.roll(600), Message::Key { key: key.parse::<Key>().unwrap(), fresh: true });
    let commands = effects.iter().filter(
        |effect| matches!(effect, Effect::Send(request) if matches!(&**request, ConsoleRequest::Command { .. })),
    );
    let commands = commands.count();
    // Acknowledged at once, so that acts do not pile up.
    model.pending.clear();
    if was_card && commands > 0 {
        // A confirmed card acts on what it was opened on, whatever is painted beside it now.
        let wrong = effects.iter().filter_map(|effect| {
            let Effect::Send(request) = effect else { return None };
            let ConsoleRequest::Command { seen, .. } = &**request else { return None };
            (*seen != about).then(|| format!("{request:?} from a card about {about:?}"))
        });
        return (commands, wrong.collect());
    }
    (commands, missed(&effects, &painted))
}

fn play(rounds: u64, late: bool) -> (usize, Vec<String>) {
    let mut changes = around();
    changes.extend(rows(4));
    let mut model = live(120, 40, changes);
    let mut dice = Dice(7);
    let (mut acts, mut wrong) = (0, Vec::new());
    for n in 0..rounds {
        let (commands, faults) = round(&mut model, &mut dice, n, late);
        acts += commands;
        wrong.extend(faults);
    }
    (acts, wrong)
}

#[test]
fn acts_hit_only_what_was_painted() {
    let rounds = if std::env::var("BATON_SOAK").is_ok() { SOAK } else { SOAK / 10 };
    let (acts, wrong) = play(rounds, false);
    assert!(wrong.is_empty(), "{} acts of {acts} went astray: {:#?}", wrong.len(), wrong.first());
    assert!(acts as u64 > rounds / 20, "only {acts} acts in {rounds} rounds: the test does not act");
}

#[test]
fn the_law_test_sees_acts_that_go_astray() {
    let (acts, wrong) = play(SOAK / 100, true);
    assert!(acts > 0 && !wrong.is_empty(), "an act on what arrived since the frame was not noticed");
}

#[test]
fn a_list_stands_still_under_the_hands() {
    let mut changes = around();
    changes.extend(rows(20));
    let mut model = live(120, 40, changes);
    send(&mut model, 5_000, Message::Tick);
    draw(&mut model);
    send(&mut model, 5_100, Message::Key { key: "j".parse().unwrap(), fresh: true });
    let before: Vec<_> = model.order.all().collect();
    let mut dice = Dice(1);
    for at in [5_200, 5_600, 6_000, 6_099] {
        send(&mut model, at, delta((0..10).map(|_| arrival(&mut dice, at)).collect()));
        assert_eq!(model.order.all().collect::<Vec<_>>(), before, "re-ordered at {at}");
    }
    send(&mut model, 6_200, Message::Tick);
    assert_ne!(model.order.all().collect::<Vec<_>>(), before, "a second after the key it may move");
}

#[test]
fn the_mark_follows_the_conversation_not_the_row() {
    let mut changes = around();
    changes.extend(rows(20));
    let mut model = live(120, 40, changes);
    model.selected = Some(id(3));
    let mut tom = model.live.picture.rows[&id(3)].clone();
    tom.need.as_mut().unwrap().harm = Score(9_999);
    send(&mut model, 9_000, delta(vec![Change::Row(Box::new(tom))]));
    assert_eq!(model.order.at(0), Some(id(3)));
    assert_eq!(model.selected, Some(id(3)));
    send(&mut model, 12_000, delta(vec![Change::Gone(id(3))]));
    assert_eq!(model.selected, Some(id(3)), "no event moves the mark");
    draw(&mut model);
    assert!(model.painted.target.is_none(), "and nothing can be done to what has left");
}

#[test]
fn what_was_typed_at_a_screen_that_stood_still_does_not_act() {
    let mut model = super::floor::busy(120, 40);
    for key in ["T", "A", "C", "j", "Enter"] {
        let effects = send(&mut model, 200, Message::Key { key: key.parse().unwrap(), fresh: false });
        assert_eq!(effects, Vec::new(), "{key}");
    }
    assert!(model.card.is_none() && model.selected == Some(id(1)));
}

#[test]
fn enter_is_dead_when_a_card_has_just_been_drawn() {
    let mut model = super::floor::busy(120, 40);
    let enter = || Message::Key { key: "Enter".parse().unwrap(), fresh: true };
    send(&mut model, 1_000, Message::Key { key: "C".parse().unwrap(), fresh: true });
    assert_eq!(send(&mut model, 1_001, enter()), Vec::new(), "it was not drawn yet");
    draw(&mut model);
    assert_eq!(send(&mut model, 1_300, enter()), Vec::new(), "299 ms after it was drawn");
    let effects = send(&mut model, 1_301, enter());
    assert!(matches!(&effects[..], [Effect::Send(_), ..]), "{effects:?}");
    assert_eq!(model.wall, Millis(1_301));
}
