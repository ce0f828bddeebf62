use std::sync::LazyLock;

use super::*;
use crate::config::{self, Bundle, Problems};

/// The support desk, its files beside these.
fn with(files: &[(&str, &str)]) -> Result<Bundle, Problems> {
    let preset = config::preset_files("support").unwrap().iter();
    let preset = preset.filter(|(path, _)| !path.starts_with("rehearsals/"));
    Bundle::of(preset.chain(files).map(|(path, text)| ((*path).to_owned(), (*text).to_owned())))
}

static SUPPORT: LazyLock<Stage> = LazyLock::new(|| Stage::of(&with(&[]).unwrap(), false).unwrap());

fn rehearsed(text: &str) -> Played {
    let file = toml::from_str(text).unwrap_or_else(|error| panic!("{error}"));
    play(&SUPPORT, &Rehearsal { name: "test".to_owned(), file }, None).unwrap()
}

/// The keys that were missed, by turn.
fn missed(played: &Played) -> Vec<(usize, &'static str)> {
    let turns = played.turns.iter().enumerate();
    let each = turns.flat_map(|(turn, played)| played.expected.iter().map(move |checked| (turn + 1, checked)));
    each.filter(|(_, checked)| checked.instead.is_some()).map(|(turn, checked)| (turn, checked.key)).collect()
}

const REFUND: &str = r#"
about = "a refund above the agent's limit"
customer = { person = "maya" }

[[turns]]
say = "I was charged twice for order 1182"
[turns.expect]
agent = "billing"
intent = "double-charge"
handoffs = ["billing"]
calls = [{ tool = "charges.list", with = { order = "1182" } }]
says = ["49.90 EUR"]
never-says = ["done"]
escalated = false
resolved = false

[[turns]]
say = "yes please"
[turns.expect]
calls = []
waits-for = "refunds.create"

[[turns]]
decide = "approve"
[turns.expect]
calls = [{ tool = "refunds.create", with = { amount = "49.90 EUR" } }]
says = [["refunded", "goes back"]]

[[turns]]
say = "no, that was all"
[turns.expect]
resolved = "solved"
"#;

#[test]
fn a_conversation_is_played_over_the_rules_with_the_shops_tools_and_a_persons_yes() {
    let played = rehearsed(REFUND);
    assert_eq!(missed(&played), [], "{:#?}", played.turns);
    assert_eq!(played.turns.len(), 4);
    assert!(!played.turns[0].happened.decisions.is_empty(), "the decision is there to be shown");
    let again = rehearsed(REFUND);
    let words = |played: &Played| played.turns.iter().flat_map(|turn| turn.happened.said.clone()).collect::<Vec<_>>();
    assert_eq!(words(&played), words(&again), "the same rehearsal says the same words");
}

#[test]
fn every_wrong_expectation_is_a_miss_that_says_what_happened_instead() {
    let wrong = r#"
about = "nothing of it is true"
customer = { person = "maya" }
[[turns]]
say = "I was charged twice for order 1182"
[turns.expect]
agent = "technical"
intent = "refund-status"
handoffs = []
calls = [{ tool = "charges.list", with = { order = "9999" } }]
says = ["a unicorn"]
never-says = ["49.90"]
escalated = true
resolved = "solved"
waits-for = "refunds.create"
cites = ["refunds"]
withheld = ["card"]
guard = ["injection"]
"#;
    let played = rehearsed(wrong);
    let keys: Vec<&str> = missed(&played).into_iter().map(|(_, key)| key).collect();
    let all = [
        "agent",
        "intent",
        "calls",
        "handoffs",
        "escalated",
        "resolved",
        "waits-for",
        "says",
        "never-says",
        "cites",
        "withheld",
        "guard",
    ];
    assert_eq!(keys, all);
    assert_eq!(played.turns[0].expected.len(), all.len(), "everything that was expected is told");
    let instead = |key: &str| played.turns[0].expected.iter().find(|c| c.key == key).unwrap().instead.clone().unwrap();
    assert_eq!(instead("agent"), "billing");
    assert!(instead("intent").starts_with("double-charge"), "{}", instead("intent"));
    assert_eq!(instead("calls"), "charges.list order=1182");
    assert!(!played.passed());
}

#[test]
fn what_the_rules_turn_down_is_a_miss_and_ends_it() {
    let played = rehearsed("about = \"x\"\n[[turns]]\ndecide = \"approve\"\n[[turns]]\nsay = \"hello\"\n");
    assert_eq!(missed(&played), [(1, "turn")]);
    assert_eq!(played.turns.len(), 1);
}

#[test]
fn who_comes_counts_and_what_is_known_of_them_is_not_asked() {
    let asks = |customer: &str| {
        let said = "[[turns]]\nsay = \"I was charged twice\"\n[turns.expect]\ncalls = [\"charges.list\"]\n";
        rehearsed(&format!("about = \"x\"\ncustomer = {customer}\n{said}"))
    };
    assert_eq!(missed(&asks("{ person = \"maya\" }")), []);
    let anonymous = asks("{}");
    assert_eq!(missed(&anonymous), [(1, "calls")], "nobody's charges are shown to somebody unknown");
    let known = "{ person = \"hanna\", facts = { order = \"1182\" } }";
    let told = rehearsed(&format!(
        "about = \"x\"\ncustomer = {known}\n[[turns]]\nsay = \"I want to return my order\"\n[turns.expect]\n\
         calls = [{{ tool = \"orders.get\", with = {{ order = \"1182\" }} }}]\n"
    ));
    assert_eq!(missed(&told), [], "{:#?}", told.turns);
}

#[test]
fn a_tool_gives_what_the_rehearsal_says_and_is_not_called() {
    let given = |tool: &str| {
        rehearsed(&format!(
            "about = \"x\"\ncustomer = {{ person = \"maya\" }}\n[tools.\"orders.get\"]\n{tool}\n\
             [[turns]]\nsay = \"where is my order 1182?\"\n[turns.expect]\nsays = [\"on the moon\"]\n"
        ))
    };
    let worked = given(
        "gives = { number = \"1182\", items = \"a lamp\", state = \"shipped\", where = \"is on the moon\", late = \"no\" }",
    );
    assert_eq!(missed(&worked), [], "{:#?}", worked.turns);
    let declined = given("declines = \"it is on the moon\"");
    assert_eq!(missed(&declined), [], "{:#?}", declined.turns);
    assert_eq!(missed(&given("fails = true")), [(1, "says")]);
}

#[test]
fn time_passes_between_turns() {
    let played = rehearsed(
        "about = \"x\"\n[[turns]]\nsay = \"hello\"\n[[turns]]\nafter-minutes = 45\n[turns.expect]\nresolved = true\n",
    );
    assert_eq!(missed(&played), [], "after half an hour of silence it ends: {:#?}", played.turns);
}

#[test]
fn what_is_wrong_with_a_rehearsal_is_told_with_its_place_and_the_way_out() {
    let told = |text: &str| with(&[("rehearsals/r.toml", text)]).unwrap_err().to_string();
    let turn = |expect: &str| told(&format!("about = \"x\"\n[[turns]]\nsay = \"hi\"\n[turns.expect]\n{expect}\n"));
    let cases = [
        (turn("agent = \"biling\""), "r.toml:5:9: error: there is no agent `biling`; did you mean `billing`?"),
        (turn("handoffs = [\"biling\"]"), "r.toml:5:13: error: there is no agent `biling`"),
        (turn("intent = \"refnd-status\""), "no agent has the intent `refnd-status`; did you mean `refund-status`?"),
        (
            turn("calls = [\"orders.gat\"]"),
            "r.toml:5:10: error: there is no tool `orders.gat`; did you mean `orders.get`?",
        ),
        (turn("waits-for = \"refund.create\""), "there is no tool `refund.create`"),
        (turn("cites = [\"refnds\"]"), "there is no article `refnds`"),
        (turn("agnt = \"billing\""), "r.toml:5:1: error: unknown key `agnt`; did you mean `agent`?"),
        (turn("escalated = \"loudly\""), "r.toml:5:13: error: `true`, `false`, or one of the words for it"),
        (told("about = \"x\"\nturns = []\n"), "nothing happens in it"),
        (told("about = \"x\"\n[[turns]]\n"), "nothing happens in this turn"),
        (told("about = \"x\"\n[[turns]]\nsay = \"a\"\ndecide = \"reject\"\n"), "`say` and `decide` in one turn"),
        (told("about = \"x\"\n[[turns]]\nsay = \" \"\n"), "the customer says nothing"),
        (
            told("about = \"x\"\ncustomer = { person = \"mya\" }\n[[turns]]\nsay = \"a\"\n"),
            "r.toml:2:23: error: nobody in shop.toml has the handle `mya`; did you mean `maya`?",
        ),
        (
            told("about = \"x\"\ncustomer = { facts = { ordr = \"1\" } }\n[[turns]]\nsay = \"a\"\n"),
            "no flow asks for `ordr`; did you mean `order`?",
        ),
        (
            told("about = \"x\"\n[tools.\"orders.get\"]\nfails = true\ndeclines = \"no\"\n[[turns]]\nsay = \"a\"\n"),
            "a tool gives, declines or fails",
        ),
    ];
    for (report, expected) in cases {
        assert!(report.contains(expected), "expected: {expected}\nreported: {report}");
    }
}

#[test]
fn every_preset_goes_as_its_rehearsals_say() {
    for preset in config::PRESETS {
        let bundle = config::preset(preset.name).unwrap();
        assert!(!bundle.rehearsals.is_empty() || preset.name == "bare", "{} has no rehearsals", preset.name);
        let stage = Stage::of(&bundle, false).unwrap();
        for rehearsal in &bundle.rehearsals {
            let played = play(&stage, rehearsal, None).unwrap();
            let told: Vec<_> = played.turns.iter().map(|turn| (&turn.said, &turn.expected, &turn.happened)).collect();
            assert!(played.passed(), "{}/{}: {told:#?}", preset.name, rehearsal.name);
        }
    }
}
