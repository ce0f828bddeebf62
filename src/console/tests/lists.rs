//! Sheets of rows: rules in force, what was learnt and corrected, what is likely to need somebody.

use insta::assert_snapshot;

use super::floor::{NOW, acts, busy, draw, enter, id, press, send, shown, text, type_text, you};
use crate::console::model::Model;
use crate::console::model::sheet::SheetKind;
use crate::console::update::{Effect, Message};
use crate::domain::baton::Holder;
use crate::domain::command::OperatorAct;
use crate::domain::customer::Tier;
use crate::domain::escalation::Signal;
use crate::domain::id::{Handle, RuleId, Seq};
use crate::domain::learning::{Reach, RoutingRule};
use crate::domain::operator::Role;
use crate::domain::score::Score;
use crate::domain::supervision::Segment;
use crate::domain::time::{Millis, Timestamp};
use crate::protocol::console::{ConsoleReply, ConsoleRequest};
use crate::protocol::learning::{ExamplesToAdd, HeldBack, Learned, LikelyRow, Misread, Repeated, ThresholdMove, Worth};
use crate::protocol::query::{Page, Query};

/// What these effects ask the floor for.
fn asked(effects: &[Effect]) -> Vec<Query> {
    let asks = effects.iter().filter_map(|effect| {
        let Effect::Send(request) = effect else { return None };
        let ConsoleRequest::Ask { query, .. } = &**request else { return None };
        matches!(query, Query::Learned { .. } | Query::Likely {} | Query::Session { .. }).then(|| query.clone())
    });
    asks.collect()
}

fn command(model: &mut Model, line: &str) -> Vec<Effect> {
    press(model, ":");
    type_text(model, line);
    press(model, "Enter")
}

fn answered(model: &mut Model, page: Page) {
    let key = model.lists.asked.clone().expect("the floor was asked");
    let wall = model.wall.0 + 1;
    send(model, wall, Message::Reply(Box::new(ConsoleReply::Answer { key, page, next: None })));
    draw(model);
}

fn rule(n: u64, words: &[&str], segment: Option<Segment>) -> RoutingRule {
    RoutingRule {
        id: RuleId(n),
        intent: Some("refund".parse().unwrap()),
        words: words.iter().map(|word| word.parse().unwrap()).collect(),
        segment,
        agent: "returns".parse().unwrap(),
        author: "ana".parse().unwrap(),
        made: NOW,
        until: NOW + Millis::from_hours(24 * 7),
    }
}

fn page(rules: u64) -> Learned {
    let gold = Segment { tier: Some(Tier::Gold), channel: None };
    let mut all = vec![(rule(1, &["charged", "twice"], Some(gold)), 12, 2)];
    let web = Segment { tier: Some(Tier::Vip), channel: Some("web".parse().unwrap()) };
    all.extend((2..=rules).map(|n| (rule(n, &[], (n == 2).then(|| web.clone())), 0, 0)));
    all.truncate(rules as usize);
    let corrected = |intent: &str, was: &str, agent: &str, times| Repeated {
        intent: Some(intent.parse().unwrap()),
        was: Some(was.parse().unwrap()),
        agent: agent.parse().unwrap(),
        times,
        handles: vec![Handle(31), Handle(40)],
    };
    let misread = |intent: &str, takers: &[&str], times| Misread {
        was: Some("refund".parse().unwrap()),
        intent: intent.parse().unwrap(),
        takers: takers.iter().map(|name| name.parse().unwrap()).collect(),
        times,
        handles: vec![Handle(52)],
    };
    let examples = |agent: &str, intent: Option<&str>, texts: &[&str]| ExamplesToAdd {
        agent: agent.parse().unwrap(),
        intent: intent.map(|intent| intent.parse().unwrap()),
        texts: texts.iter().map(|words| text(words)).collect(),
    };
    let gold = || Segment { tier: Some(Tier::Gold), channel: None };
    Learned {
        since: Timestamp(NOW.0 - 9 * 3_600_000),
        mark: Seq(400),
        lessons: 14,
        came: Vec::new(),
        held_back: HeldBack {
            learnt: 80,
            judged: 20,
            before: 14,
            after: 16,
            reached: Score(6_000),
            before_worth: Worth::default(),
            after_worth: Worth::default(),
        },
        signals: vec![(Signal::Repetition, Score(300))],
        thresholds: vec![(gold(), Score(500))],
        moves: vec![ThresholdMove {
            at: NOW,
            segment: gold(),
            from: Score(0),
            to: Score(500),
            ended: 50,
            called: 9,
            needless: 6,
            missed: 0,
        }],
        repeated: vec![corrected("refund", "billing", "returns", 12), corrected("buy", "triage", "sales", 2)],
        misread: vec![misread("exchange", &["returns", "sales"], 3), misread("warranty", &[], 1)],
        examples: vec![
            examples("returns", None, &["you charged me \"twice\" for [order]", "where is my money"]),
            examples("returns", Some("exchange"), &["a bigger size please"]),
        ],
        rules: all,
        rated: Vec::new(),
    }
}

/// What the floor answers to `:learn` and `:rules`.
fn learned(rules: u64) -> Page {
    Page::Learned(Box::new(page(rules)))
}

fn likely() -> Page {
    let row = |n: u64, name: &str| LikelyRow {
        conversation: id(n),
        handle: Handle(1_000 + n),
        name: text(name),
        holder: Holder::Agent("billing".parse().unwrap()),
        escalates: Some(Score(6_200)),
        mostly: Some(Signal::Displeasure),
        due: Some(NOW + Millis::from_secs(90)),
        returns: None,
        reopens_until: None,
        opportunity: None,
    };
    let over = LikelyRow {
        holder: Holder::Nobody,
        escalates: None,
        mostly: None,
        due: None,
        returns: Some(Score(3_100)),
        reopens_until: Some(NOW + Millis::from_hours(2)),
        ..row(900, "Wei 李伟")
    };
    Page::Likely(vec![row(102, "Hugo L."), LikelyRow { returns: Some(Score(2_500)), ..row(103, "Ève") }, over])
}

#[test]
fn a_rule_is_ended_from_the_sheet_that_lists_it() {
    let mut model = busy(120, 40);
    assert_eq!(asked(&command(&mut model, "rules")), [Query::Learned { since: None }]);
    answered(&mut model, learned(3));
    let seen = shown(&model);
    assert!(seen.contains("RULES IN FORCE 3") && seen.contains("r-1"), "{seen}");
    assert!(seen.contains("refund \"charged twice\", gold") && seen.contains(" > returns"), "{seen}");
    assert!(seen.contains("by ana") && seen.contains("12 hits · routing agrees 2 in a row of 5"), "{seen}");
    assert_eq!(acts(&press(&mut model, "j j Enter")), [], "a card asks first");
    assert!(shown(&model).contains("END RULE r-3"), "{}", shown(&model));
    assert_eq!(enter(&mut model), [OperatorAct::EndRule { rule: RuleId(3) }]);
    let key = model.pending.last().unwrap().key.clone();
    let wall = model.wall.0 + 1;
    let done = send(&mut model, wall, Message::Reply(Box::new(ConsoleReply::Accepted { key, seq: Seq(600) })));
    assert_eq!(asked(&done), [Query::Learned { since: None }], "the sheet is read anew");
    answered(&mut model, learned(2));
    assert_eq!(model.sheet.as_ref().map(|sheet| sheet.chosen), Some(1), "the mark stays within the rows");
}

#[test]
fn a_rule_is_ended_by_its_number_too() {
    let mut model = busy(120, 40);
    command(&mut model, "end-rule");
    assert!(shown(&model).contains(":end-rule r-3"), "{}", shown(&model));
    command(&mut model, "end-rule r-7");
    assert_eq!(enter(&mut model), [OperatorAct::EndRule { rule: RuleId(7) }]);
}

#[test]
fn a_correction_that_comes_again_becomes_a_rule_for_a_part_of_the_floor() {
    let mut model = busy(120, 40);
    assert_eq!(asked(&command(&mut model, "learn")), [Query::Learned { since: None }]);
    answered(&mut model, learned(1));
    assert!(shown(&model).contains("12 x billing > returns  refund"), "{}", shown(&model));
    press(&mut model, "Enter");
    assert!(shown(&model).contains("returns SHOULD HAVE HAD IT"), "{}", shown(&model));
    press(&mut model, "w Tab");
    type_text(&mut model, "charged TWICE");
    assert_eq!(enter(&mut model), [], "then for whom");
    assert!(shown(&model).contains("WHOSE CONVERSATIONS"), "{}", shown(&model));
    press(&mut model, "v");
    let until = NOW + Millis::from_hours(24 * 7);
    let made = enter(&mut model);
    let [OperatorAct::MakeRule { agent, intent: Some(intent), until: end, words, segment: Some(segment) }] = &made[..]
    else {
        panic!("{made:?}")
    };
    assert_eq!((agent.as_str(), intent.as_str(), words.len()), ("returns", "refund", 2));
    assert_eq!(*segment, Segment { tier: Some(Tier::Vip), channel: None });
    assert!((until.0 - 60_000..=until.0 + 60_000).contains(&end.0), "{end:?}");
}

#[test]
fn examples_of_a_correction_go_to_the_clipboard_as_lines_of_the_file() {
    let mut model = busy(120, 40);
    command(&mut model, "learn");
    answered(&mut model, learned(1));
    assert!(shown(&model).contains("no intent of returns is the one"), "{}", shown(&model));
    press(&mut model, "Enter e");
    model.card.as_mut().unwrap().drawn = Some(Millis(0));
    model.wall = Millis(model.wall.0 + 1_000);
    let copied = press(&mut model, "Enter").into_iter().find_map(|effect| {
        let Effect::Copy(text) = effect else { return None };
        Some(text.to_string())
    });
    let lines = "# agents/returns.toml, the intent they fit\n  \"you charged me \\\"twice\\\" for [order]\",\n  \"where is my money\",";
    assert_eq!(copied.as_deref(), Some(lines));
}

#[test]
fn where_nobody_or_several_take_a_matter_it_is_said() {
    let mut model = busy(120, 40);
    command(&mut model, "learn");
    answered(&mut model, learned(1));
    press(&mut model, "j j");
    assert!(shown(&model).contains("2 agents take exchange"), "{}", shown(&model));
    press(&mut model, "j");
    assert!(shown(&model).contains("No agent takes warranty"), "{}", shown(&model));
}

#[test]
fn who_is_likely_to_need_somebody_is_one_key_away() {
    let mut model = busy(120, 40);
    assert_eq!(asked(&command(&mut model, "likely")), [Query::Likely {}]);
    answered(&mut model, likely());
    let seen = shown(&model);
    assert!(seen.contains("human .62 · due 1 m") && seen.contains("mood is low"), "{seen}");
    assert!(seen.contains("back .31") && seen.contains("can come back until"), "{seen}");
    press(&mut model, "j Enter");
    assert_eq!((model.selected, model.sheet.is_none()), (Some(id(103)), true));
    command(&mut model, "likely");
    answered(&mut model, likely());
    let session = Query::Session { conversation: id(900).to_string() };
    assert_eq!(asked(&press(&mut model, "G Enter")), [session], "what is over is played");
}

#[test]
fn lists_of_learning_are_for_supervisors() {
    let mut model = busy(120, 40);
    model.you = Some(you(Role::Responder));
    for line in ["rules", "learn", "end-rule r-1"] {
        assert_eq!(asked(&command(&mut model, line)), []);
        assert!(shown(&model).contains("this needs the role Supervisor"), "{line}: {}", shown(&model));
    }
    assert_eq!(asked(&command(&mut model, "likely")), [Query::Likely {}]);
    // The floor has the last word.
    let wall = model.wall.0 + 1;
    let (key, page) = (model.lists.asked.clone().unwrap(), Page::Nothing("not now".into()));
    send(&mut model, wall, Message::Reply(Box::new(ConsoleReply::Answer { key, page, next: None })));
    assert!(model.sheet.is_none() && shown(&model).contains("not now"), "{}", shown(&model));
}

#[test]
fn a_rule_of_one_chat_can_be_for_one_channel() {
    let mut model = busy(120, 40);
    press(&mut model, "R");
    enter(&mut model);
    press(&mut model, "d");
    assert_eq!(enter(&mut model), []);
    press(&mut model, "k");
    let made = enter(&mut model);
    let [OperatorAct::Reroute { reach: Reach::Rule { segment: Some(segment), .. }, .. }] = &made[..] else {
        panic!("{made:?}")
    };
    assert_eq!(*segment, Segment { tier: None, channel: Some("web".parse().unwrap()) });
}

#[test]
fn every_list_at_every_size() {
    for (columns, lines) in [(80, 24), (120, 40)] {
        for (name, line, page) in [
            ("rules", "rules", learned(3)),
            ("rules_empty", "rules", learned(0)),
            ("rules_overfull", "rules", learned(60)),
            ("learn", "learn", learned(1)),
            ("likely", "likely", likely()),
            ("likely_empty", "likely", Page::Likely(Vec::new())),
        ] {
            let mut model = busy(columns, lines);
            command(&mut model, line);
            answered(&mut model, page);
            if name == "rules_overfull" {
                press(&mut model, "G k");
            }
            assert_snapshot!(format!("{name}_{columns}x{lines}"), shown(&model));
        }
    }
    let mut model = busy(120, 40);
    command(&mut model, "learn");
    assert_snapshot!("learn_asking", shown(&model));
    answered(&mut model, learned(1));
    press(&mut model, "Enter");
    assert_snapshot!("card_correction", shown(&model));
    enter(&mut model);
    assert_snapshot!("card_whose", shown(&model));
}

#[test]
fn a_sheet_lies_over_every_view() {
    for view in ["1", "2", "3", "5", "6"] {
        let mut model = busy(120, 40);
        press(&mut model, view);
        press(&mut model, "?");
        assert!(matches!(model.sheet.as_ref().map(|sheet| &sheet.kind), Some(SheetKind::Help)));
        assert!(shown(&model).contains("Lower case looks"), "view {view}: {}", shown(&model));
    }
}
