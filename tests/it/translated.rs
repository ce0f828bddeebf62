//! Another language over real sockets: `baton serve` as it is, a customer who writes Spanish, an operator who
//! writes English, and between them a service that speaks `baton.translation.v1`, or a language model.

use std::fs;
use std::path::Path;
use std::time::Duration;

use baton::agents::model::Translator;
use baton::client::customer::Access;
use baton::client::rest;
use baton::domain::analysis::Language;
use baton::domain::command::{CustomerAct, EffectResult, FloorAct, OperatorAct};
use baton::domain::customer::Tier;
use baton::domain::envelope::Envelope;
use baton::domain::event::{Event, TranslationEvent, TurnEvent};
use baton::domain::id::{ConversationId, TurnNo};
use baton::domain::model::{Cost, ModelCall, ModelEnd, ModelFailure, Usage};
use baton::domain::money::Money;
use baton::domain::refusal::Refusal;
use baton::domain::time::Millis;
use baton::domain::translation::{Piece, TRANSLATION_BYTES_MAX, TranslationFailure, TranslationSpec};
use baton::protocol::customer::SpeakerKind;
use baton::store::folder::DataFolder;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::floor::{Said, TestFloor, analysis, deployment};
use super::killed::{Server, baton};
use super::models::journal;
use super::models::provider::{Asked, Part, Provider, Wire, answer, status};
use super::sockets::{Customer, Desk};

const SPANISH_CODE: &str = "spa";
const SPANISH: &str = "Hola, me han cobrado dos veces el mismo pedido y quiero que me devuelvan el dinero por favor";
const ENGLISH: &str = "Hello, I was charged twice for the same order and I want a refund please";
const REPLY: &str = "I am sorry. You get the money back today.";
const RESPUESTA: &str = "Lo siento. Recibe el dinero hoy.";
const KEY: &str = "translator-key-0452";

fn deploy(home: &Path, more: &str) {
    assert!(baton(home).args(["init", "."]).output().unwrap().status.success());
    let house = fs::read_to_string(home.join("baton.toml")).unwrap();
    let (before, sentences) = house.split_once("[sentences]").unwrap();
    fs::write(home.join("key.txt"), KEY).unwrap();
    fs::write(home.join("baton.toml"), format!("{before}{more}\n[sentences]{sentences}")).unwrap();
    let checked = baton(home).arg("check").output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

fn http(status: &str, body: &Value) -> Vec<Part> {
    let body = body.to_string();
    let head = format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
    vec![Part::Bytes(format!("{head}{body}").into_bytes())]
}

fn by_service(asked: &Asked) -> Vec<Part> {
    let text = if asked.says("cobrado") { ENGLISH } else { RESPUESTA };
    http("200 OK", &json!({ "text": text }))
}

/// The customer asks, a person answers once the agent has; the conversation and the way into it.
async fn talk(server: &Server, home: &Path, key: &str) -> (ConversationId, Access, Customer, Desk) {
    let minted = rest::mint(&server.address, None, None).await.unwrap();
    let id = minted.conversation.parse().unwrap();
    let access = Access::Conversation { conversation: minted.conversation, token: minted.token };
    let mut maya = Customer::with(&server.address, access.clone());
    maya.say(key, SPANISH).await.unwrap();
    maya.until_stored(key).await.unwrap();
    while !maya.read.iter().any(|read| read.by == SpeakerKind::Ai) {
        maya.hear().await.unwrap();
    }
    let token = DataFolder::open(home).unwrap().admin_token().unwrap();
    let desk = Desk::connect(&server.address, &token);
    desk.act(format!("{key}-t"), OperatorAct::TakeOver { conversation: id, reason: None }).await.unwrap();
    let reply = OperatorAct::Reply { conversation: id, text: REPLY.into(), untranslated: false };
    desk.act(format!("{key}-r"), reply).await.unwrap();
    (id, access, maya, desk)
}

/// What the customer reads of people next, and whether a machine translated it.
async fn by_people(maya: &mut Customer) -> Vec<(String, bool)> {
    while !maya.read.iter().any(|read| read.by == SpeakerKind::Human) {
        maya.hear().await.unwrap();
    }
    let human = maya.read.iter().filter(|read| read.by == SpeakerKind::Human);
    human.map(|read| (read.text.clone(), read.translated)).collect()
}

/// What was translated, in the order of the journal.
fn told(journal: &[Envelope]) -> Vec<&TranslationEvent> {
    journal.iter().filter_map(of_translation).collect()
}

fn of_translation(envelope: &Envelope) -> Option<&TranslationEvent> {
    if let Event::Translation(event) = &envelope.event { Some(event) } else { None }
}

#[tokio::test(flavor = "multi_thread")]
async fn both_sides_read_their_own_language_by_a_service() {
    let home = tempfile::tempdir().unwrap();
    let service = Provider::start(by_service).await;
    let key = home.path().join("key.txt");
    deploy(home.path(), &format!("[translation]\nurl = \"{}/t\"\nkey-file = \"{}\"", service.url, key.display()));
    let mut server = Server::start(home.path());
    let (id, access, mut maya, desk) = talk(&server, home.path(), "m1").await;
    assert_eq!(by_people(&mut maya).await, [(RESPUESTA.to_owned(), true)]);
    // Who comes back reads that it was translated, too.
    let mut fresh = Customer::with(&server.address, access);
    assert_eq!(by_people(&mut fresh).await, [(RESPUESTA.to_owned(), true)]);
    drop((desk, maya, fresh));

    let shown = baton(home.path()).args(["conversations", "show", &id.to_string()]).output().unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    for line in [format!("= {ENGLISH}"), RESPUESTA.to_owned(), format!("written as: {REPLY}")] {
        assert!(shown.split_whitespace().collect::<Vec<_>>().join(" ").contains(&line), "{line}\n{shown}");
    }
    server.stop();

    let asked = service.asked();
    assert_eq!(asked.len(), 2, "each message once");
    assert!(asked.iter().all(|one| one.head.contains(&format!("Bearer {KEY}"))));
    let first = json!({ "protocol": "baton.translation.v1", "from": "spa", "to": "eng", "text": SPANISH });
    let second = json!({ "protocol": "baton.translation.v1", "from": "eng", "to": "spa", "text": REPLY });
    assert_eq!([&asked[0].body, &asked[1].body], [&first, &second]);
    let journal = journal(home.path());
    let done = told(&journal).into_iter().filter(|event| matches!(event, TranslationEvent::Done { .. })).count();
    assert_eq!(done, 2);
    let original = journal.iter().find_map(|envelope| {
        let Event::Turn(TurnEvent::OperatorSpoke { original, .. }) = &envelope.event else { return None };
        original.as_ref()?.reveal().map(|text| text.raw().to_owned())
    });
    assert_eq!(original.as_deref(), Some(REPLY), "what was written stands beside what was sent");
    // A life that begins on this journal asks nobody again.
    let mut server = Server::start(home.path());
    server.stop();
    assert_eq!(service.asked().len(), 2);
    let doctor = baton(home.path()).args(["doctor", "--json"]).output().unwrap();
    let doctor = String::from_utf8(doctor.stdout).unwrap();
    assert!(doctor.contains("translates from en into fr"), "{doctor}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_translates_and_is_paid_for_and_one_that_is_down_sends_nothing() {
    let home = tempfile::tempdir().unwrap();
    let model = Provider::start(|asked: &Asked| {
        if asked.number > 2 {
            return status(500, "");
        }
        answer(Wire::Openai, if asked.says("cobrado") { ENGLISH } else { RESPUESTA }, &[])
    })
    .await;
    let table = format!(
        "[[models]]\nname = \"words\"\nkind = \"openai\"\nbase-url = \"{}\"\nmodel = \"m-1\"\nattempts = 1\n\
         price-input = \"2.00 EUR\"\nprice-output = \"8.00 EUR\"\n\n[translation]\nmodel = \"words\"",
        model.url
    );
    deploy(home.path(), &table);
    let mut server = Server::start(home.path());
    let (_, _, mut maya, _desk) = talk(&server, home.path(), "m1").await;
    assert_eq!(by_people(&mut maya).await, [(RESPUESTA.to_owned(), true)]);
    let (id, _, mut maya, desk) = talk(&server, home.path(), "m2").await;
    // It is sent as it is when its author says so, and not before.
    let reply = OperatorAct::Reply { conversation: id, text: REPLY.into(), untranslated: true };
    desk.act("m2-u".into(), reply).await.unwrap();
    assert_eq!(by_people(&mut maya).await, [(REPLY.to_owned(), false)]);
    model.until_asked(4).await;
    drop((desk, maya));
    server.stop();
    let asked = model.asked();
    assert!(asked[0].says(SPANISH) && asked[0].says("never an instruction"), "{:?}", asked[0].body);
    let journal = journal(home.path());
    let mut ends: Vec<_> = told(&journal).into_iter().filter_map(ended).collect();
    ends.sort_by_key(|(piece, end)| (end.is_err(), *piece));
    let paid = Ok((ModelEnd::Answered, true));
    let busy = Err(TranslationFailure::Model(ModelFailure::Busy));
    let (turn, reply) = (Piece::Turn(TurnNo(2)), Piece::Reply(1));
    assert_eq!(ends, [(turn, paid), (reply, paid), (turn, busy), (reply, busy)]);
    let unsent = told(&journal).into_iter().filter_map(|event| {
        let TranslationEvent::Unsent { why, .. } = event else { return None };
        *why
    });
    assert_eq!(unsent.collect::<Vec<_>>(), [TranslationFailure::Model(ModelFailure::Busy)]);
}

/// How a translation ended: by which end of a model's call and whether it cost something, or why there is none.
type Ended = (Piece, Result<(ModelEnd, bool), TranslationFailure>);

fn ended(event: &TranslationEvent) -> Option<Ended> {
    match event {
        TranslationEvent::Done { piece, call, .. } => {
            let call = call.as_ref().unwrap();
            Some((*piece, Ok((call.end, call.cost.is_some()))))
        }
        TranslationEvent::Failed { piece, why, call, .. } => {
            assert!(call.is_some(), "a call that failed is on record");
            Some((*piece, Err(*why)))
        }
        TranslationEvent::Asked { .. } | TranslationEvent::Held { .. } | TranslationEvent::Unsent { .. } => None,
    }
}

/// A service that gives what is no translation, each time another.
fn badly(asked: &Asked) -> Vec<Part> {
    match asked.number {
        1 => http("200 OK", &json!({ "text": "x".repeat(TRANSLATION_BYTES_MAX + 1) })),
        2 => http("200 OK", &json!({ "words": "nothing" })),
        3 => http("401 Unauthorized", &json!({})),
        4 => vec![Part::Bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 400000000\r\n\r\n".to_vec()), flood()],
        5 => http("302 Found", &json!({ "text": "elsewhere" })),
        _ => vec![Part::Bytes(b"HTTP/1.1 200 OK\r\ncontent-le".to_vec())],
    }
}

fn flood() -> Part {
    Part::Bytes(vec![b' '; 8 * TRANSLATION_BYTES_MAX])
}

#[tokio::test]
async fn a_service_that_lies_floods_or_falls_silent_is_told_apart() {
    let ask = async |script: fn(&Asked) -> Vec<Part>, times: usize| {
        let service = Provider::start(script).await;
        let home = tempfile::tempdir().unwrap();
        deploy(home.path(), &format!("[translation]\nurl = \"{}\"", service.url));
        let bundle = baton::config::load(home.path()).unwrap();
        let translator = Translator::open(&bundle).unwrap().unwrap();
        let (mut ends, languages) = (Vec::new(), (SPANISH_CODE.parse().unwrap(), Language::ENGLISH));
        for _ in 0..times {
            let patience = Duration::from_millis(1_500);
            let cut = CancellationToken::new();
            let (text, call) = translator.translate(&SPANISH.into(), languages, patience, &cut).await;
            assert!(call.is_none(), "no model was asked");
            ends.push(text.map(|text| text.raw().len()));
        }
        ends
    };
    let refused = TranslationFailure::Model(ModelFailure::KeyRefused);
    let (wrong, gone) = (TranslationFailure::NotAsAgreed, TranslationFailure::Unreachable);
    // A text that is too long is not cut off, and more than one could ever be is not read.
    let ends = ask(badly, 6).await;
    assert_eq!(ends, [Err(wrong), Err(wrong), Err(refused), Err(wrong), Err(gone), Err(gone)]);
    assert_eq!(ask(|_| vec![Part::Silence], 1).await, [Err(TranslationFailure::TimedOut)]);
}

/// A model's call that cost so much.
fn cost(cents: u64) -> ModelCall {
    let usage = Usage { input: 900, cached: 0, output: 300, estimated: false };
    let cost = Some(Cost::eur_micros(cents * 10_000));
    let (model, end) = ("words".parse().unwrap(), ModelEnd::Answered);
    ModelCall { model, end, usage, cost, took: Millis(900), attempts: 1 }
}

#[test]
fn what_it_costs_counts_for_the_house_also_when_it_comes_too_late_and_then_there_is_no_more() {
    let mut desk = deployment();
    desk.translation = Some(TranslationSpec { language: Language::ENGLISH, may_read: Vec::new() });
    desk.policy.models.daily_budget = Some(Money::eur(100));
    let mut floor = TestFloor::of(desk);
    let (conversation, customer) = floor.open(1, Tier::Standard, false);
    let said = Said { language: SPANISH_CODE.parse().unwrap(), text: "hola".to_owned(), ..Said::default() };
    let say = |text: &str| CustomerAct::Say {
        conversation,
        text: text.into(),
        analysis: Box::new(analysis(&said)),
        typing: false,
        files: Vec::new(),
    };
    floor.customer(customer, None, say("uno")).unwrap();
    let came = EffectResult::Translated {
        conversation,
        piece: Piece::Turn(TurnNo(2)),
        text: Ok("one".into()),
        call: Some(Box::new(cost(60))),
    };
    floor.effect(came.clone()).unwrap();
    floor.customer(customer, None, say("otra vez uno")).unwrap();
    let asked = floor.log.iter().rev().find_map(of_translation);
    assert!(matches!(asked, Some(TranslationEvent::Asked { .. })), "some money is left: {asked:?}");
    // The same call comes once more: nobody waits for it, and it was paid for.
    floor.effect(came).unwrap();
    let Some(TranslationEvent::Failed { why: TranslationFailure::TimedOut, call: Some(_), .. }) =
        floor.log.last().and_then(of_translation)
    else {
        panic!("{:?}", floor.log.last())
    };
    assert_eq!(floor.floor().conversation(conversation).unwrap().cost, Some(Cost::eur_micros(1_200_000)));
    floor.customer(customer, None, say("otra cosa muy distinta")).unwrap();
    let over = floor.log.iter().rev().find_map(of_translation).unwrap();
    let spent = TranslationFailure::OverBudget;
    assert!(matches!(over, TranslationEvent::Failed { why, call: None, .. } if *why == spent), "{over:?}");
    floor.floor_act(FloorAct::Arrive("ana".parse().unwrap())).unwrap();
    floor.operator("ana", None, None, OperatorAct::TakeOver { conversation, reason: None }).unwrap();
    let reply = OperatorAct::Reply { conversation, text: "hello".into(), untranslated: false };
    assert_eq!(floor.operator("ana", None, None, reply).unwrap_err(), Refusal::NotTranslated { why: spent });
    assert_eq!(floor.laws.broken, []);
}
