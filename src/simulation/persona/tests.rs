use super::*;
use crate::domain::id::TurnNo;
use crate::domain::time::Timestamp;
use crate::protocol::customer::{Message, Speaker};
use crate::simulation::scenario::Library;

fn support() -> Library {
    Library::of(&crate::config::preset("support").unwrap()).unwrap()
}

fn persona(scenario: &str) -> Persona {
    let library = support();
    let read: toml::Table = toml::from_str(scenario).unwrap();
    let scenario = Arc::new(read.try_into().unwrap());
    let mut persona = Persona::new(scenario, library.manners, 7, 0);
    assert_eq!(persona.next(), None, "nothing is done before the welcome");
    persona.hear(&welcome(), Millis(0));
    persona
}

fn speaker(kind: SpeakerKind) -> Speaker {
    Speaker { kind, name: "x".into() }
}

fn welcome() -> CustomerReply {
    let speaker = speaker(SpeakerKind::Ai);
    CustomerReply::Welcome { conversation: "c".into(), token: None, turn: TurnNo(0), speaker, resolved: false }
}

fn says(kind: SpeakerKind, text: &str) -> CustomerReply {
    let author = speaker(kind);
    let (sources, edits, repeats) = (vec![], None, None);
    CustomerReply::Message(Message {
        turn: TurnNo(1),
        at: Timestamp(0),
        author,
        text: text.into(),
        sources,
        files: vec![],
        edits,
        repeats,
        translated: false,
    })
}

/// Runs until the persona has sent something other than a typing sign, or is silent for good.
fn sent(persona: &mut Persona, at: &mut Millis) -> Vec<Deed> {
    while let Some(next) = persona.next() {
        *at = next;
        let deeds: Vec<_> = persona.act(*at).into_iter().filter(|deed| !matches!(deed, Deed::Typing(_))).collect();
        if !deeds.is_empty() {
            return deeds;
        }
    }
    Vec::new()
}

fn said(text: &str) -> Vec<Deed> {
    vec![Deed::Say(text.into())]
}

const CALM: &str = r#"
    name = "calm"
    about = "a test"
    agents = ["billing"]
    called = "Test"
    rating = 4
    lines = ["I was charged twice.", { say = "And who are you?", after = "human" }]
    [facts]
    order = "1182"
"#;

#[test]
fn a_customer_answers_waits_for_the_human_rates_and_leaves() {
    let (mut at, mut who) = (Millis(0), persona(CALM));
    assert_eq!(sent(&mut who, &mut at), said("I was charged twice."));
    who.hear(&says(SpeakerKind::Ai, "I am sorry. What is your order number?"), at);
    assert_eq!(sent(&mut who, &mut at), said("1182"));
    who.hear(&says(SpeakerKind::Ai, "I see."), at);
    let before = at;
    who.act(Millis(at.0 + 60_000));
    assert!(who.plan.is_empty(), "the next line is for a human");
    who.hear(&says(SpeakerKind::Human, "Ana here."), before);
    assert_eq!(sent(&mut who, &mut at), said("And who are you?"));
    who.hear(&says(SpeakerKind::Human, "Ana from support. Is there anything else?"), at);
    assert_eq!(sent(&mut who, &mut at).len(), 1);
    who.hear(&CustomerReply::Resolved {}, at);
    assert_eq!(sent(&mut who, &mut at), [Deed::Rate(4)]);
    assert_eq!(sent(&mut who, &mut at), [Deed::Leave]);
    assert!(who.is_gone() && who.next().is_none());
}

#[test]
fn whoever_comes_late_in_the_day_speaks_all_the_same() {
    let mut at = Millis::from_mins(600);
    let mut late = Persona::new(persona(CALM).scenario, support().manners, 7, 1);
    assert_eq!(late.next(), None);
    assert_eq!(late.act(at), [], "the page is open and the welcome on its way");
    late.hear(&welcome(), at);
    assert_eq!(sent(&mut late, &mut at), said("I was charged twice."));
    assert!(at > Millis::from_mins(600));
}

#[test]
fn what_comes_while_typing_is_read_first() {
    let (mut at, mut who) = (Millis(0), persona(CALM));
    sent(&mut who, &mut at);
    who.hear(&says(SpeakerKind::Ai, "One moment."), at);
    let read = who.next().unwrap();
    who.act(read);
    who.hear(&says(SpeakerKind::Ai, "What is your order number?"), read);
    assert_eq!(sent(&mut who, &mut at), said("1182"));
}

#[test]
fn a_burst_goes_on_whatever_is_answered_to_its_beginning() {
    let scenario = "name = 'b'\nabout = ''\nagents = []\ncalled = 'B'\nlines = [{ burst = ['one', 'two'] }]";
    let (mut at, mut who) = (Millis(0), persona(scenario));
    assert_eq!(sent(&mut who, &mut at), said("one"));
    who.hear(&says(SpeakerKind::Ai, "What is your order number?"), at);
    assert_eq!(sent(&mut who, &mut at), said("two"));
    who.hear(&says(SpeakerKind::Ai, "What is your order number?"), at);
    assert_eq!(sent(&mut who, &mut at), said("I do not have the order number with me."));
}

#[test]
fn patience_ends() {
    let scenario =
        "name = 'b'\nabout = ''\nagents = []\ncalled = 'B'\nlines = ['x']\npatience = 2\nfed-up = ['Human!']";
    let (mut at, mut who) = (Millis(0), persona(scenario));
    sent(&mut who, &mut at);
    let again = says(SpeakerKind::Ai, "Which of our products?");
    let mut words = Vec::new();
    for _ in 0..3 {
        who.hear(&again, at);
        words.extend(sent(&mut who, &mut at));
    }
    assert!(words.contains(&Deed::Say("Human!".into())), "{words:?}");
}

#[test]
fn the_silent_one_stays_until_patience_runs_out() {
    let scenario = "name = 'b'\nabout = ''\nagents = []\ncalled = 'B'\nlines = ['x']\nsilent = true";
    let (mut at, mut who) = (Millis(0), persona(scenario));
    sent(&mut who, &mut at);
    who.hear(&says(SpeakerKind::Ai, "What is your order number, please?"), at);
    let answered = at;
    assert_eq!(sent(&mut who, &mut at), said("I do not have the order number with me."));
    who.hear(&says(SpeakerKind::Ai, "All right."), at);
    assert_eq!(sent(&mut who, &mut at), [Deed::Leave]);
    assert!(at.0 >= answered.0 + STAY.0);
}
