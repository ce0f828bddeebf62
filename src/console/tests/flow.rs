//! What keys bring about, from the frame to the request and back.

use super::floor::{
    NOW, around, busy, console, delta, detail, draw, id, items, live, press, rows, send, shown, type_text, you,
};
use crate::console::model::pending::Fate;
use crate::console::model::{Link, Model, View};
use crate::console::update::{Effect, Message};
use crate::domain::baton::Holder;
use crate::domain::command::OperatorAct;
use crate::domain::conversation::{Phase, Priority};
use crate::domain::id::{ClientKey, Epoch, Seq};
use crate::domain::operator::Role;
use crate::domain::reply::ReplyChoice;
use crate::domain::text::{Clean, Foreign};
use crate::domain::undo::Undoable;
use crate::protocol::console::{Audience, Change, ConsoleCommand, ConsoleReply, ConsoleRequest, KeptDraft};
use crate::protocol::query::{Frame, Mark, Page, Query};
use crate::protocol::row::{ConversationRow, Section, UndoRow};
use crate::protocol::transcript::LeftDraft;

fn requests(effects: &[Effect]) -> impl Iterator<Item = &ConsoleRequest> {
    effects.iter().filter_map(|effect| if let Effect::Send(request) = effect { Some(&**request) } else { None })
}

fn commands(effects: &[Effect]) -> Vec<(ClientKey, OperatorAct)> {
    let acts = requests(effects).filter_map(|request| {
        let ConsoleRequest::Command { key, command: ConsoleCommand::Act(act), .. } = request else { return None };
        Some((key.clone(), act.clone()))
    });
    acts.collect()
}

fn asks(effects: &[Effect]) -> Vec<(ClientKey, Query)> {
    let asks = requests(effects).filter_map(|request| {
        let ConsoleRequest::Ask { key, query, .. } = request else { return None };
        Some((key.clone(), query.clone()))
    });
    asks.collect()
}

fn hear(model: &mut Model, reply: ConsoleReply) -> Vec<Effect> {
    let wall = model.wall.0 + 1;
    let effects = send(model, wall, Message::Reply(Box::new(reply)));
    draw(model);
    effects
}

/// Maya is ana's now.
fn taken(model: &mut Model) {
    let mut row = model.live.picture.rows[&id(1)].clone();
    row.holder = Holder::Operator("ana".parse().unwrap());
    row.epoch = Epoch(4);
    let until = crate::domain::time::Timestamp(NOW.0 + 10_000);
    row.undo = Some(UndoRow { what: Undoable::TakeOver, until });
    let wall = model.wall.0 + 1;
    send(model, wall, delta(vec![Change::Row(Box::new(row)), Change::Detail(Box::new(detail(1)))]));
    draw(model);
}

#[test]
fn take_over_reply_hand_back() {
    let mut model = busy(120, 40);
    let sent = commands(&press(&mut model, "T"));
    let [(key, OperatorAct::TakeOver { conversation, .. })] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!(*conversation, id(1));
    hear(&mut model, ConsoleReply::Accepted { key: key.clone(), seq: Seq(600) });
    taken(&mut model);
    assert!(shown(&model).contains("z undo: take over Maya Rodriguez 0:"), "{}", shown(&model));

    press(&mut model, "r");
    assert!(shown(&model).contains("REPLY to Maya Rodriguez"));
    type_text(&mut model, "I am Ana. Q and T are letters here.");
    let sent = commands(&press(&mut model, "Enter"));
    let [(key, OperatorAct::Reply { text, .. })] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!(text.raw(), "I am Ana. Q and T are letters here.");
    assert!(shown(&model).contains("sending"));
    hear(&mut model, ConsoleReply::Accepted { key: key.clone(), seq: Seq(601) });
    assert!(shown(&model).contains("stored"));
    assert!(!shown(&model).contains("z undo:"), "the customer has heard of it");

    press(&mut model, "Esc Esc H Tab");
    type_text(&mut model, "refund is promised");
    model.card.as_mut().unwrap().drawn = Some(crate::domain::time::Millis(0));
    let sent = commands(&press(&mut model, "Enter"));
    let [(_, OperatorAct::HandBack { to: None, note: Some(note), .. })] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!(note.raw(), "refund is promised");
}

#[test]
fn who_takes_over_writes_before_the_row_has_followed() {
    let mut model = busy(120, 40);
    let sent = commands(&press(&mut model, "T r"));
    assert!(shown(&model).contains("REPLY to Maya Rodriguez"), "{}", shown(&model));
    type_text(&mut model, "I am Ana.");
    hear(&mut model, ConsoleReply::Accepted { key: sent[0].0.clone(), seq: Seq(600) });
    assert_eq!(commands(&press(&mut model, "Enter")), Vec::new(), "the row still shows billing");
    assert!(shown(&model).contains("not sent: billing holds it still"), "{}", shown(&model));
    taken(&mut model);
    let sent = commands(&press(&mut model, "Enter"));
    assert!(matches!(&sent[..], [(_, OperatorAct::Reply { .. })]), "{sent:?}");
    assert_eq!(model.pending.len(), 1, "the takeover is settled: {:?}", model.pending);
}

#[test]
fn a_takeover_is_undone_while_nobody_has_heard_of_it() {
    let mut model = busy(120, 40);
    let sent = commands(&press(&mut model, "T"));
    hear(&mut model, ConsoleReply::Accepted { key: sent[0].0.clone(), seq: Seq(600) });
    taken(&mut model);
    let sent = commands(&press(&mut model, "z"));
    assert!(matches!(sent[..], [(_, OperatorAct::Undo { .. })]), "{sent:?}");
    // The customer was told meanwhile: the row says so.
    let told = ConversationRow { undo: None, ..model.live.picture.rows[&id(1)].clone() };
    send(&mut model, 500, delta(vec![Change::Row(Box::new(told))]));
    draw(&mut model);
    assert_eq!(commands(&press(&mut model, "z")), Vec::new());
}

/// The row of Maya with a change in it.
fn changed(model: &mut Model, change: impl FnOnce(&mut ConversationRow)) {
    let mut row = model.live.picture.rows[&id(1)].clone();
    change(&mut row);
    let wall = model.wall.0 + 1;
    send(model, wall, delta(vec![Change::Row(Box::new(row))]));
    draw(model);
}

/// Enter on a card that has stood there for long enough.
fn confirm(model: &mut Model) -> Vec<OperatorAct> {
    draw(model);
    let later = model.wall.0 + 1_000;
    send(model, later, Message::Tick);
    commands(&press(model, "Enter")).into_iter().map(|(_, act)| act).collect()
}

#[test]
fn priority_labels_and_sleep_are_set_on_cards_and_taken_back_with_one_key() {
    let mut model = busy(120, 40);
    press(&mut model, "P u");
    let sent = confirm(&mut model);
    assert!(matches!(sent[..], [OperatorAct::SetPriority { priority: Some(Priority::Urgent), .. }]), "{sent:?}");

    press(&mut model, "L");
    type_text(&mut model, "vip -refund");
    let sent = confirm(&mut model);
    let [OperatorAct::Label { add, remove, .. }] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!((add[0].as_str(), remove[0].as_str()), ("vip", "refund"));

    press(&mut model, "S o Tab");
    type_text(&mut model, "2h the bank answers");
    let sent = confirm(&mut model);
    let now = model.floor_now();
    let [OperatorAct::Snooze { until, reason: Some(reason), .. }] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!((until.since(now).secs(), reason.raw()), (7_200, "the bank answers"));

    press(&mut model, "S o Tab");
    type_text(&mut model, "later");
    assert_eq!(confirm(&mut model), Vec::new(), "no time was typed");
    assert!(shown(&model).contains("write a time first"), "{}", shown(&model));

    // The floor says what can be taken back, and how long.
    let until = crate::domain::time::Timestamp(NOW.0 + 30_000);
    model.undo = Some(id(1));
    changed(&mut model, |row| {
        row.undo = Some(UndoRow { what: Undoable::Snooze, until });
        row.phase = Phase::Snoozed { until: crate::domain::time::Timestamp(NOW.0 + 7_200_000) };
        row.section = Section::Snoozed;
    });
    model.sort_now();
    draw(&mut model);
    let screen = shown(&model);
    assert!(screen.contains("z undo: snooze Maya Rodriguez 0:") && screen.contains("SNOOZED 1"), "{screen}");
    assert!(screen.contains("S wake"), "{screen}");
    let sent = commands(&press(&mut model, "z"));
    assert!(matches!(sent[..], [(_, OperatorAct::Undo { .. })]), "{sent:?}");
    let sent = commands(&press(&mut model, "S"));
    assert!(matches!(sent[..], [(_, OperatorAct::Wake { .. })]), "{sent:?}");
}

#[test]
fn a_label_is_found_by_the_filter() {
    let mut model = busy(120, 40);
    changed(&mut model, |row| row.labels = vec!["vip-case".parse().unwrap()]);
    press(&mut model, "/");
    type_text(&mut model, "#vip-case");
    press(&mut model, "Enter");
    assert_eq!(model.order.all().collect::<Vec<_>>(), [id(1)]);
}

#[test]
fn a_refused_text_comes_back_and_says_why() {
    let mut model = busy(120, 40);
    press(&mut model, "W");
    assert!(shown(&model).contains("WHISPER to billing"));
    type_text(&mut model, "offer a voucher");
    let sent = commands(&press(&mut model, "Enter"));
    let refusal = crate::domain::refusal::Refusal::NotYours;
    let message = "not yours to ask".to_owned();
    hear(&mut model, ConsoleReply::Refused { key: sent[0].0.clone(), refusal, message });
    let screen = shown(&model);
    assert!(screen.contains("offer a voucher") && screen.contains("refused, not yours"), "{screen}");
}

#[test]
fn a_lost_line_leaves_acts_unknown_until_the_key_settles_them() {
    let mut model = busy(120, 40);
    press(&mut model, "W");
    type_text(&mut model, "calm down first");
    let sent = commands(&press(&mut model, "Enter"));
    let lost = Link::Lost { reason: "gone".into(), retry_at: crate::domain::time::Millis(9_000) };
    send(&mut model, 1_000, Message::Link(lost));
    draw(&mut model);
    assert_eq!(model.pending[0].fate, Fate::Unknown);
    assert!(shown(&model).contains("unknown, asking"));
    assert_eq!(commands(&press(&mut model, "Esc Esc T")), Vec::new(), "nothing is sent into the void");
    assert!(shown(&model).contains("no line to the floor"));
    hear(&mut model, ConsoleReply::Accepted { key: sent[0].0.clone(), seq: Seq(700) });
    assert!(matches!(model.pending[0].fate, Fate::Stored(Seq(700), _)));
}

#[test]
fn an_approval_above_the_amount_wants_it_typed() {
    let mut model = busy(120, 40);
    let mut open = detail(1);
    open.approvals[0].amount = Some(crate::domain::money::Money::eur(24_990));
    open.approvals[0].typed = true;
    send(&mut model, 150, delta(vec![Change::Detail(Box::new(open))]));
    press(&mut model, "A a");
    let wall = model.wall.0 + 400;
    send(&mut model, wall, Message::Tick);
    assert_eq!(commands(&press(&mut model, "Enter")), Vec::new());
    assert!(shown(&model).contains("type 249.90"));
    press(&mut model, "2 4 9 . 9 0");
    let sent = commands(&press(&mut model, "Enter"));
    assert!(matches!(sent[..], [(_, OperatorAct::Decide { approve: true, .. })]), "{sent:?}");
}

#[test]
fn the_marked_answer_of_a_card_is_the_one_that_does_nothing() {
    let mut model = busy(120, 40);
    press(&mut model, "A");
    let wall = model.wall.0 + 400;
    send(&mut model, wall, Message::Tick);
    let sent = commands(&press(&mut model, "Enter"));
    assert!(matches!(sent[..], [(_, OperatorAct::Decide { approve: false, .. })]), "{sent:?}");
}

#[test]
fn a_paste_outside_an_editor_does_nothing_and_a_click_only_marks() {
    let mut model = busy(120, 40);
    let place = model.painted.hits.iter().find(|(_, hit)| *hit == id(3)).unwrap().0;
    assert_eq!(send(&mut model, 300, Message::Paste("TTTT\nCC".into())), Vec::new());
    assert!(model.card.is_none() && model.pending.is_empty());
    let effects = send(&mut model, 300, Message::Click(place.x + 5, place.y));
    assert_eq!((model.selected, commands(&effects)), (Some(id(3)), Vec::new()));
}

#[test]
fn drafts_go_to_the_server_and_come_back() {
    let mut model = busy(120, 40);
    press(&mut model, "W");
    type_text(&mut model, "half a thou");
    let wall = model.wall.0;
    let early = send(&mut model, wall + 100, Message::Tick);
    assert!(early.is_empty(), "{early:?}");
    let effects = send(&mut model, wall + 600, Message::Tick);
    let draft = |effect: &Effect| matches!(effect, Effect::Send(r) if matches!(&**r, ConsoleRequest::Draft { text, audience: Audience::Whisper, .. } if text.raw() == "half a thou"));
    assert!(effects.iter().any(draft), "{effects:?}");

    let mut next = console(120, 40);
    let mut changes = around();
    changes.extend(rows(3));
    let kept = KeptDraft { conversation: id(1), audience: Audience::Whisper, text: Foreign::new("half a thou") };
    let view = r#"{"view":"floor","selected":"00000000000000000000000001","sort":"wait","filter":""}"#;
    hear(
        &mut next,
        ConsoleReply::Welcome {
            you: you(Role::Admin),
            run: "r".into(),
            at: NOW,
            speed: 1_000,
            changes,
            seq: Some(Seq(1)),
            drafts: vec![kept],
            view: Some(view.into()),
        },
    );
    assert_eq!((next.selected, next.sort), (Some(id(1)), crate::console::model::order::Sort::Wait));
    assert!(shown(&next).contains("half a thou"));
}

#[test]
fn who_may_not_is_told_so() {
    let mut model = busy(120, 40);
    model.you.as_mut().unwrap().role = Role::Observer;
    assert_eq!(commands(&press(&mut model, "T")), Vec::new());
    assert!(shown(&model).contains("needs the role Responder"));
    model.you = Some(you(Role::Admin));
    model.read_only = true;
    assert_eq!(commands(&press(&mut model, "T")), Vec::new());
    assert!(!shown(&model).contains("T take over"), "hints show only what is allowed");
}

pub(super) fn session() -> Vec<Frame> {
    let row = |n: u64| {
        let mut row = super::floor::row(1, "Maya Rodriguez");
        row.turns = n;
        Change::Row(Box::new(row))
    };
    let marks = [
        None,
        Some(Mark::Message),
        Some(Mark::Decision),
        Some(Mark::Handoff),
        Some(Mark::Message),
        Some(Mark::Tool),
        Some(Mark::Message),
        None,
        Some(Mark::Escalation),
        Some(Mark::Tool),
    ];
    items()
        .into_iter()
        .zip(marks)
        .enumerate()
        .map(|(n, (item, mark))| Frame {
            seq: item.seq,
            at: item.at,
            mark,
            changes: vec![row(n as u64), Change::Items(id(1), vec![item])],
        })
        .collect()
}

#[test]
fn the_past_is_played_in_the_same_panes_and_cannot_be_acted_on() {
    let mut model = busy(120, 40);
    let asked = asks(&press(&mut model, "<"));
    let [(key, Query::Session { conversation })] = &asked[..] else { panic!("{asked:?}") };
    assert_eq!(*conversation, id(1).to_string());
    hear(&mut model, ConsoleReply::Answer { key: key.clone(), page: Page::Session(session()), next: None });
    let screen = shown(&model);
    assert!(screen.contains("THE PAST") && screen.contains("9 of 10"), "{screen}");
    assert!(!screen.contains("waits for a person"), "the last entry is not there yet");
    assert_eq!(commands(&press(&mut model, "T A C z")), Vec::new());
    press(&mut model, "g [ [");
    assert!(shown(&model).contains("I was charged twice"));
    press(&mut model, "n");
    assert_eq!(model.player.as_ref().unwrap().at(), 9, "the escalation");
    press(&mut model, "> >");
    assert!(model.player.is_none(), "beyond its end is now");
}

#[test]
fn a_step_back_shows_what_was_seen_going_forward() {
    let frames: Vec<Frame> = (0..30).flat_map(|_| session()).collect();
    let mut player = crate::console::model::player::Player::open(
        frames,
        crate::console::model::player::Origin::Replay,
        crate::domain::time::Millis::default(),
    )
    .unwrap();
    let mut scenes = Vec::new();
    for at in 1..=300 {
        player.seek(at);
        scenes.push(player.scene.clone());
    }
    for at in [299, 130, 129, 128, 64, 65, 1, 200, 63] {
        player.seek(at);
        assert_eq!(player.scene, scenes[at - 1], "at {at}");
    }
}

#[test]
fn silences_are_shortened_and_the_end_stops_the_player() {
    use crate::domain::time::Millis;
    let mut player = crate::console::model::player::Player::open(
        session(),
        crate::console::model::player::Origin::Replay,
        Millis(0),
    )
    .unwrap();
    let mut wall = 0;
    while player.playing {
        wall += 100;
        player.tick(Millis(wall));
        assert!(wall < 30_000, "three minutes with long silences take half a minute at most");
    }
    assert_eq!(player.at(), 10);
}

#[test]
fn history_is_searched_paged_and_played() {
    let mut model = busy(120, 40);
    let asked = asks(&press(&mut model, "5"));
    assert!(matches!(&asked[..], [(_, Query::History { words })] if words.is_empty()), "{asked:?}");
    hear(
        &mut model,
        ConsoleReply::Answer { key: asked[0].0.clone(), page: Page::History(history(30)), next: Some("p2".into()) },
    );
    assert!(shown(&model).contains("HISTORY 30+"), "{}", shown(&model));
    let asked = asks(&press(&mut model, "G"));
    hear(&mut model, ConsoleReply::Answer { key: asked[0].0.clone(), page: Page::History(history(5)), next: None });
    assert!(shown(&model).contains("HISTORY 35 "), "{}", shown(&model));
    press(&mut model, "/");
    type_text(&mut model, "money back");
    let asked = asks(&press(&mut model, "Enter"));
    assert!(matches!(&asked[..], [(_, Query::History { words })] if words.raw() == "money back"), "{asked:?}");
    hear(&mut model, ConsoleReply::Answer { key: asked[0].0.clone(), page: Page::History(history(1)), next: None });
    let asked = asks(&press(&mut model, "Enter"));
    hear(&mut model, ConsoleReply::Answer { key: asked[0].0.clone(), page: Page::Session(session()), next: None });
    assert!(shown(&model).contains("REPLAY"), "{}", shown(&model));
    press(&mut model, "Esc");
    assert_eq!((model.view, model.player.is_none()), (View::History, true));
}

pub(super) fn history(n: u64) -> Vec<crate::protocol::query::HistoryRow> {
    (0..n)
        .map(|n| crate::protocol::query::HistoryRow {
            id: id(n),
            handle: crate::domain::id::Handle(1_000 + n),
            customer: crate::domain::id::CustomerId::from_random([1; 16]),
            name: super::floor::text(["Maya Rodriguez", "李伟", "Tom K."][(n % 3) as usize]),
            channel: "web".parse().unwrap(),
            opened: super::floor::secs_ago(600 + n * 60),
            ended: (n % 4 != 0).then(|| super::floor::secs_ago(300)),
            intent: Some("refund".parse().unwrap()),
            disposition: (n % 4 != 0).then_some(crate::domain::conversation::Disposition::Solved),
            rating: (n % 2 == 0).then_some(4),
            holders: vec!["triage".into(), "billing".into(), "ana".into()],
            labels: Vec::new(),
            excerpt: (n % 5 == 0).then(|| "get my money back".into()),
        })
        .collect()
}

pub(super) fn gaps(n: u32) -> crate::protocol::knowledge::Gaps {
    use crate::protocol::knowledge::{GapExample, GapRow, Gaps};
    let words = [
        "do you ship to Iceland?",
        "冰岛可以送货吗？",
        "is there a student price for the annual plan, and how long does it last?",
    ];
    let rows = (0..n).map(|at| GapRow {
        intent: (at % 3 != 2).then(|| format!("shipping-{at}").parse().unwrap()),
        times: 2 * (n - at),
        last: super::floor::secs_ago(60 + u64::from(at) * 3_600),
        nearest: (at % 2 == 0).then(|| "delivery-times".parse().unwrap()),
        score: crate::domain::score::Score(2_100),
        examples: (0..=at % 3)
            .map(|which| GapExample {
                conversation: id(u64::from(at)),
                handle: crate::domain::id::Handle(1_000 + u64::from(at)),
                text: super::floor::text(words[which as usize]),
            })
            .collect(),
    });
    let rows: Vec<GapRow> = rows.collect();
    Gaps { since: crate::domain::time::Timestamp(0), asked: rows.iter().map(|row| row.times).sum(), rows }
}

#[test]
fn what_no_article_answers_is_asked_for_and_played() {
    let mut model = busy(120, 40);
    let asked = asks(&press(&mut model, "6"));
    assert!(matches!(&asked[..], [(_, Query::Gaps { since: None })]), "{asked:?}");
    let page = Page::Gaps(Box::new(gaps(3)));
    hear(&mut model, ConsoleReply::Answer { key: asked[0].0.clone(), page, next: None });
    press(&mut model, "j j j k");
    let asked = asks(&press(&mut model, "Enter"));
    let session = id(1).to_string();
    assert!(matches!(&asked[..], [(_, Query::Session { conversation })] if *conversation == session), "{asked:?}");
    hear(
        &mut model,
        ConsoleReply::Answer { key: asked[0].0.clone(), page: Page::Session(self::session()), next: None },
    );
    press(&mut model, "Esc");
    assert_eq!((model.view, model.player.is_none()), (View::Knowledge, true));
}

#[test]
fn the_palette_finds_and_runs() {
    let mut model = busy(120, 40);
    press(&mut model, "Ctrl-p");
    type_text(&mut model, "tom");
    press(&mut model, "Enter");
    assert_eq!(model.selected, Some(id(3)));
    press(&mut model, ":");
    type_text(&mut model, "theme daylight");
    press(&mut model, "Enter");
    assert_eq!(model.theme, "daylight");
    press(&mut model, ":");
    type_text(&mut model, "shutdown");
    press(&mut model, "Enter");
    assert!(shown(&model).contains("SHUT DOWN THE FLOOR"));
    press(&mut model, "Esc .");
    let screen = shown(&model);
    assert!(screen.contains("you do not hold it") && screen.contains("not offered to you"), "{screen}");
}

#[test]
fn a_filter_keeps_what_contains_its_words() {
    let mut model = live(120, 40, around().into_iter().chain(rows(48)).collect());
    press(&mut model, "/");
    type_text(&mut model, "MAYA vip");
    press(&mut model, "Enter");
    assert_eq!(model.order.all().collect::<Vec<_>>(), [id(1)]);
    press(&mut model, "Esc");
    assert_eq!(model.order.len(), 55);
    press(&mut model, "/");
    assert_eq!(model.order.len(), 1, "the words are still there");
}

#[test]
fn an_answer_begins_with_the_houses_words_and_open_gaps_are_not_sent() {
    let mut model = busy(120, 40);
    taken(&mut model);
    press(&mut model, "r");
    let asked = asks(&press(&mut model, "/"));
    let [(key, Query::Replies { conversation })] = &asked[..] else { panic!("{asked:?}") };
    assert_eq!(*conversation, id(1));
    let choice = |name: &str, text: &str, open: &[&str]| ReplyChoice {
        name: Clean::shown(&name),
        about: Clean::fixed("words of the house"),
        text: Clean::shown(&text),
        open: open.iter().map(|gap| (*gap).to_owned()).collect(),
        citation: None,
    };
    let choices = vec![
        choice("hello", "Hello Maya, this is Ana.", &[]),
        choice("refund-sent", "The refund for order {order} is on its way.", &["order"]),
    ];
    let page = Page::Replies(id(1), choices);
    hear(&mut model, ConsoleReply::Answer { key: key.clone(), page, next: None });
    assert!(shown(&model).contains("Hello Maya, this is Ana."), "{}", shown(&model));
    type_text(&mut model, "ref");
    assert!(!shown(&model).contains("Hello Maya"), "{}", shown(&model));
    assert!(commands(&press(&mut model, "Enter")).is_empty(), "choosing sends nothing");
    assert!(shown(&model).contains("order {order} is on"), "{}", shown(&model));
    assert!(commands(&press(&mut model, "Enter")).is_empty(), "a gap is open");
    assert!(shown(&model).contains("fill in {order} first"), "{}", shown(&model));
    press(&mut model, "Ctrl-u");
    type_text(&mut model, "All done.");
    let sent = commands(&press(&mut model, "Enter"));
    assert!(matches!(&sent[..], [(_, OperatorAct::Reply { text, .. })] if text.raw() == "All done."), "{sent:?}");
}

#[test]
fn what_a_colleague_left_unsent_is_taken_up_by_hand_and_never_sent_by_itself() {
    let mut model = busy(120, 40);
    taken(&mut model);
    let mut open = detail(1);
    open.left = Some(LeftDraft { by: "ben".parse().unwrap(), text: "the router may be".into() });
    let wall = model.wall.0 + 1;
    send(&mut model, wall, delta(vec![Change::Detail(Box::new(open))]));
    draw(&mut model);
    assert!(shown(&model).contains("left by ben, unsent"), "{}", shown(&model));
    press(&mut model, "r");
    assert!(shown(&model).contains("left by ben, unsent"), "{}", shown(&model));
    assert!(commands(&press(&mut model, "Enter")).is_empty(), "it is not the viewer's text yet");
    let asked = asks(&press(&mut model, "/"));
    let [(key, Query::Replies { .. })] = &asked[..] else { panic!("{asked:?}") };
    let page = Page::Replies(id(1), Vec::new());
    hear(&mut model, ConsoleReply::Answer { key: key.clone(), page, next: None });
    assert!(commands(&press(&mut model, "Enter")).is_empty(), "choosing sends nothing");
    type_text(&mut model, " off");
    let sent = commands(&press(&mut model, "Enter"));
    let [(_, OperatorAct::Reply { text, .. })] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!(text.raw(), "the router may be off");
}

#[test]
fn all_ai_is_stopped_only_by_its_word_and_released_by_a_card() {
    let mut model = busy(120, 40);
    press(&mut model, ":");
    type_text(&mut model, "hold");
    press(&mut model, "Enter");
    assert!(shown(&model).contains("HOLD"), "{}", shown(&model));
    press(&mut model, "Up Up Up Up Up Up Up Up Up Up");
    while !model.card.as_ref().unwrap().choice().unwrap().label.as_str().contains("all AI") {
        press(&mut model, "Down");
    }
    let wall = model.wall.0 + 400;
    send(&mut model, wall, Message::Tick);
    assert_eq!(commands(&press(&mut model, "Enter")), [], "the word is missing");
    type_text(&mut model, "stop");
    let sent = commands(&press(&mut model, "Enter"));
    let [(_, OperatorAct::Hold { target, then: None, reason: None })] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!(*target, crate::domain::supervision::HoldTarget::AllAi);
    press(&mut model, ":");
    type_text(&mut model, "release");
    press(&mut model, "Enter");
    assert!(shown(&model).contains("nothing is held"), "{}", shown(&model));
}
