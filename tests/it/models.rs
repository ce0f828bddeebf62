//! Agents of language models, from the customer's socket to a provider's and back: `baton serve` as it is,
//! and a provider on loopback that behaves well, badly, slowly or not at all.

mod judged;
mod patience;
pub(crate) mod provider;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use baton::client::customer::Access;
use baton::client::{Address, rest};
use baton::domain::command::OperatorAct;
use baton::domain::envelope::Envelope;
use baton::domain::event::{ConsultEvent, Event, ModelEvent, ToolEvent, TurnEvent};
use baton::domain::id::{ConversationId, Seq};
use baton::domain::model::{BudgetOf, ModelCall, ModelEnd, ModelFailure};
use baton::domain::panel::{Criterion, Ruling};
use baton::protocol::customer::SpeakerKind;
use baton::store::folder::DataFolder;
use baton::store::journal::sqlite::{Options, SqliteJournal};
use baton::store::vault::Vault;
use serde_json::json;
use tokio::sync::Notify;

use super::killed::{Server, baton};
use super::sockets::{Customer, Desk};
use provider::{Asked, BINARY, CLOSE, PING, Part, Provider, TEXT, Wire, answer, framed, status, stream};

/// A key that must stand nowhere but in the header of a question.
const KEY: &str = "sk-loopback-0451-never-shown";

/// A deployment whose technical specialist is of these models, the first of them at that address.
pub(crate) fn deploy(home: &Path, models: &[(&str, Wire, &str)], more: &str) {
    assert!(baton(home).args(["init", "."]).output().unwrap().status.success());
    let key = home.join("key.txt");
    fs::write(&key, format!("{KEY}\n")).unwrap();
    let mut house = fs::read_to_string(home.join("baton.toml")).unwrap();
    let (before, sentences) = house.split_once("[sentences]").unwrap();
    let table = |(name, wire, url): &(&str, Wire, &str)| {
        let (kind, key) = (wire.kind(), key.display());
        format!(
            "[[models]]\nname = \"{name}\"\nkind = \"{kind}\"\nbase-url = \"{url}\"\nmodel = \"m-1\"\nkey-file = \"{key}\"\n\
             price-input = \"2.00 EUR\"\nprice-output = \"8.00 EUR\"\n{more}\n"
        )
    };
    let tables = models.iter().map(table).collect::<Vec<_>>().join("\n");
    house = format!("{before}{tables}\n[sentences]{sentences}");
    fs::write(home.join("baton.toml"), house).unwrap();
    let file = home.join("agents/technical.toml");
    let agent = fs::read_to_string(&file).unwrap();
    let names: Vec<String> = models.iter().map(|(name, ..)| format!("\"{name}\"")).collect();
    fs::write(&file, format!("models = [{}]\n{agent}", names.join(", "))).unwrap();
    let checked = baton(home).arg("check").output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

/// Something for the technical specialist.
pub(crate) const CRASH: &str = "the app crashes every time I open it";

pub(crate) async fn customer(address: &Address) -> (ConversationId, Customer) {
    let minted = rest::mint(address, None, None).await.unwrap();
    let id = minted.conversation.parse().unwrap();
    let access = Access::Conversation { conversation: minted.conversation, token: minted.token };
    (id, Customer::with(address, access))
}

/// What agents said to this customer.
fn by_agents(customer: &Customer) -> Vec<&str> {
    customer.read.iter().filter(|read| read.by == SpeakerKind::Ai).map(|read| read.text.as_str()).collect()
}

pub(crate) fn journal(home: &Path) -> Vec<Envelope> {
    let folder = DataFolder::open(home).unwrap();
    let floor = SqliteJournal::floor_at(&folder.journal()).unwrap().unwrap();
    let vault = Vault::open(&folder.vault()).unwrap();
    let mut journal = SqliteJournal::open_to_read(&folder.journal(), floor, vault, &Options::default()).unwrap();
    let mut all = Vec::new();
    journal.replay(Seq(0), &mut |envelope| all.push(envelope)).unwrap();
    all
}

fn calls(journal: &[Envelope]) -> Vec<ModelCall> {
    let call = |envelope: &Envelope| {
        let Event::Model(ModelEvent::Called { call, .. }) = &envelope.event else { return None };
        Some(call.clone())
    };
    journal.iter().filter_map(call).collect()
}

fn ends(journal: &[Envelope]) -> Vec<(String, ModelEnd)> {
    calls(journal).into_iter().map(|call| (call.model.to_string(), call.end)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wire_calls_a_tool_and_answers_with_what_it_gave() {
    for wire in Wire::ALL {
        let home = tempfile::tempdir().unwrap();
        let provider = Provider::start(move |asked: &Asked| {
            if asked.says("call_1") {
                answer(wire, "I see no outage. Please install the newest version.", &[])
            } else {
                answer(wire, "Let me look.", &[("status__get", json!({})), ("devices__get", json!({}))])
            }
        })
        .await;
        deploy(home.path(), &[("fast", wire, &wire.at(&provider.url))], "");
        let mut server = Server::start(home.path());
        let (_, mut maya) = customer(&server.address).await;
        maya.say("m1", CRASH).await.unwrap();
        maya.until_read("newest version").await.unwrap();
        assert_eq!(by_agents(&maya)[..2], ["Let me look.", "I see no outage. Please install the newest version."]);
        server.stop();

        let asked = provider.asked();
        assert_eq!(asked.len(), 2, "{wire:?}");
        assert!(asked.iter().all(|one| one.head.contains(KEY)), "the key goes with each question");
        let path = match wire {
            Wire::Openai => "/chat/completions",
            Wire::Anthropic => "/v1/messages",
            Wire::Remote | Wire::Socket => "/",
        };
        assert_eq!(asked[0].path, path);
        assert!(asked[0].says(CRASH) && asked[0].says("transfer_to_billing") && asked[0].says("technical specialist"));
        let journal = journal(home.path());
        let answered = ("fast".to_owned(), ModelEnd::Answered);
        assert_eq!(ends(&journal), [answered.clone(), answered]);
        let costs: Vec<u64> = calls(&journal).iter().filter_map(|call| Some(call.cost?.micros)).collect();
        assert_eq!(costs, [1_000, 1_000], "400 read at 2, 25 written at 8 a million");
        // Both calls of the one answer, and what both gave in the one question after it.
        let tools = journal.iter().filter_map(|one| {
            let Event::Tool(ToolEvent::Called { tool, .. } | ToolEvent::Refused { tool, .. }) = &one.event else {
                return None;
            };
            Some(tool.as_str())
        });
        assert_eq!(tools.collect::<Vec<_>>(), ["status.get", "devices.get"], "{wire:?}");
        assert!(asked[1].says("call_2") && !asked[1].says("call_3"), "{}", asked[1].body);
        assert!(!found(home.path(), KEY), "the key stands in a file");
    }
}

/// Whether a file of the data folder holds this, the key's own file aside.
pub(crate) fn found(folder: &Path, words: &str) -> bool {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).any(|path| {
        if path.is_dir() {
            return found(&path, words);
        }
        let bytes = fs::read(&path).unwrap();
        path.file_name().unwrap() != "key.txt" && bytes.windows(words.len()).any(|window| window == words.as_bytes())
    })
}

/// What a provider does wrong.
#[derive(Debug, Clone, Copy)]
enum Fault {
    Silent,
    Status(u16),
    Nonsense,
    HalfStream,
    FallsSilent,
    ErrorWithin,
    Megabytes,
    NoEnd,
    NotTheWire,
    UnknownFunction,
    Empty,
    /// What only a socket can do wrong: a frame that is no text, signs of life and nothing else, a farewell.
    NoText,
    OnlyAlive,
    Farewell,
}

impl Fault {
    /// Whether it can happen there. A socket says no at its handshake, before there is a question: another test.
    fn happens(self, wire: Wire) -> bool {
        match self {
            Self::Status(_) => wire != Wire::Socket,
            Self::NoText | Self::OnlyAlive | Self::Farewell => wire == Wire::Socket,
            Self::Silent
            | Self::Nonsense
            | Self::HalfStream
            | Self::FallsSilent
            | Self::ErrorWithin
            | Self::Megabytes
            | Self::NoEnd
            | Self::NotTheWire
            | Self::UnknownFunction
            | Self::Empty => true,
        }
    }
}

fn goes_wrong(wire: Wire, fault: Fault) -> Vec<Part> {
    let good = wire.events("I have already refunded everything.", &[]);
    match fault {
        Fault::Silent => vec![Part::Silence],
        Fault::Status(code) => status(code, "retry-after: 0\r\n"),
        Fault::Nonsense if wire == Wire::Socket => vec![Part::Bytes(framed(TEXT, b"<html>"))],
        Fault::Nonsense => {
            vec![Part::Bytes(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n<html>".to_vec())]
        }
        Fault::HalfStream => vec![Part::Bytes(wire.stream(&good[..good.len() / 2]))],
        Fault::FallsSilent => vec![Part::Bytes(wire.stream(&good[..good.len() / 2])), Part::Silence],
        Fault::ErrorWithin => {
            let error = match wire {
                Wire::Openai => json!({ "error": { "message": "overloaded" } }),
                Wire::Anthropic => json!({ "type": "error", "error": { "type": "overloaded_error" } }),
                Wire::Remote | Wire::Socket => json!({ "error": "overloaded" }),
            };
            vec![Part::Bytes(wire.stream(&[good[0].clone(), good[1].clone(), error]))]
        }
        Fault::Megabytes if wire == Wire::Socket => {
            vec![Part::Bytes(framed(TEXT, &[b'x'; 1_600_000])), Part::Silence]
        }
        Fault::Megabytes => {
            let mut bytes = stream(&[]);
            bytes.extend(std::iter::repeat_n(b"data: x\n".as_slice(), 200_000).flatten());
            vec![Part::Bytes(bytes), Part::Silence]
        }
        Fault::NoEnd => {
            let (begins, piece) = wire.endless(&"on and on ".repeat(1_000));
            vec![Part::Bytes(wire.stream(&begins)), Part::Again(wire.more(&piece), Duration::ZERO)]
        }
        Fault::NotTheWire => vec![Part::Bytes(b"<html>This is no server of yours.</html>\r\n\r\n".to_vec())],
        Fault::NoText => vec![Part::Bytes(framed(BINARY, b"{\"delta\":\"Done.\"}")), Part::Silence],
        Fault::OnlyAlive => vec![Part::Again(PING.to_vec(), Duration::ZERO)],
        Fault::Farewell => {
            vec![Part::Bytes([wire.stream(&good[..good.len() / 2]), CLOSE.to_vec()].concat()), Part::Silence]
        }
        Fault::UnknownFunction => answer(wire, "", &[("shell__run", json!({ "command": "rm -rf /" }))]),
        Fault::Empty => answer(wire, "  ", &[]),
    }
}

/// How the first model's calls have to end.
fn expected(wire: Wire, fault: Fault) -> ModelFailure {
    match fault {
        Fault::Silent | Fault::FallsSilent | Fault::OnlyAlive | Fault::Status(504) => ModelFailure::TimedOut,
        Fault::Status(401) => ModelFailure::KeyRefused,
        Fault::Status(404) => ModelFailure::Rejected,
        Fault::Status(_) | Fault::ErrorWithin => ModelFailure::Busy,
        Fault::HalfStream | Fault::Farewell => ModelFailure::BrokeOff,
        Fault::NotTheWire if wire != Wire::Socket => ModelFailure::BrokeOff,
        Fault::Nonsense
        | Fault::Megabytes
        | Fault::NoEnd
        | Fault::NotTheWire
        | Fault::NoText
        | Fault::UnknownFunction => ModelFailure::NotAsAgreed,
        Fault::Empty => ModelFailure::Empty,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_goes_wrong_the_next_model_answers_and_nothing_half_is_said() {
    let faults = [
        Fault::Silent,
        Fault::Status(401),
        Fault::Status(404),
        Fault::Status(429),
        Fault::Status(500),
        // Between those for which a model rests stand those for which it does not.
        Fault::Nonsense,
        Fault::Status(504),
        Fault::HalfStream,
        Fault::Megabytes,
        Fault::FallsSilent,
        Fault::ErrorWithin,
        Fault::UnknownFunction,
        Fault::Empty,
        Fault::NotTheWire,
        Fault::NoEnd,
        Fault::OnlyAlive,
        Fault::Farewell,
        Fault::NoText,
    ];
    for wire in Wire::ALL {
        let faults: Vec<Fault> = faults.into_iter().filter(|fault| fault.happens(wire)).collect();
        let script = faults.clone();
        let home = tempfile::tempdir().unwrap();
        // Which fault a conversation meets stands in the customer's words.
        let bad = Provider::start(move |asked: &Asked| {
            let met = (0..script.len()).find(|index| asked.says(&format!("number {index}.")));
            goes_wrong(wire, script[met.unwrap()])
        })
        .await;
        let good = Provider::start(move |_: &Asked| answer(wire, "Please restart it once.", &[])).await;
        deploy(
            home.path(),
            &[("big", wire, &wire.at(&bad.url)), ("small", wire, &wire.at(&good.url))],
            "attempts = 1\nfirst-ms = 1500\nidle-ms = 700",
        );
        let mut server = Server::start(home.path());
        let mut met = Vec::new();
        for (index, fault) in faults.iter().enumerate() {
            let (id, mut maya) = customer(&server.address).await;
            maya.say("m1", &format!("{CRASH}, number {index}.")).await.unwrap();
            maya.until_read("restart it once").await.unwrap();
            assert_eq!(by_agents(&maya), ["Please restart it once."], "{wire:?} {fault:?}");
            met.push((id, fault));
        }
        server.stop();
        let journal = journal(home.path());
        for (id, fault) in met {
            let slice: Vec<Envelope> =
                journal.iter().filter(|one| one.event.conversation() == Some(id)).cloned().collect();
            let ends = ends(&slice);
            let [.., (first, failed), (second, answered)] = ends.as_slice() else { panic!("{fault:?}: {ends:?}") };
            assert_eq!((first.as_str(), second.as_str(), *answered), ("big", "small", ModelEnd::Answered));
            assert_eq!(*failed, ModelEnd::Failed(expected(wire, *fault)), "{wire:?} {fault:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_provider_is_asked_again_and_without_any_the_flows_answer() {
    let home = tempfile::tempdir().unwrap();
    let provider = Provider::start(|asked: &Asked| match asked.number {
        1 => status(429, "retry-after: 0\r\n"),
        2 => answer(Wire::Openai, "Second try.", &[]),
        _ => status(400, ""),
    })
    .await;
    deploy(home.path(), &[("fast", Wire::Openai, &provider.url)], "attempts = 3");
    let mut server = Server::start(home.path());
    let (_, mut maya) = customer(&server.address).await;
    maya.say("m1", CRASH).await.unwrap();
    maya.until_read("Second try.").await.unwrap();
    let (_, mut tom) = customer(&server.address).await;
    tom.say("t1", CRASH).await.unwrap();
    while by_agents(&tom).is_empty() {
        tom.hear().await.unwrap();
    }
    server.stop();
    let journal = journal(home.path());
    let calls = calls(&journal);
    assert_eq!(
        calls.iter().map(|call| (call.end, call.attempts)).collect::<Vec<_>>(),
        [(ModelEnd::Answered, 2), (ModelEnd::Failed(ModelFailure::Rejected), 1),]
    );
    // The flow's own words are no model's, and the customer was told of no trouble.
    let flowed = journal
        .iter()
        .any(|one| matches!(&one.event, Event::Turn(TurnEvent::AgentActed { flow, .. }) if flow.current.is_some()));
    assert!(flowed, "the playbook took over");
}

/// A conversation that is taken over once the provider says that it got as far as it should: nobody but the person
/// has answered, and nobody else does.
async fn taken_over(home: &Path, begun: &Notify) -> Vec<Envelope> {
    let mut server = Server::start(home);
    let (conversation, mut maya) = customer(&server.address).await;
    maya.say("m1", CRASH).await.unwrap();
    begun.notified().await;
    let token = DataFolder::open(home).unwrap().admin_token().unwrap();
    let desk = Desk::connect(&server.address, &token);
    desk.act("k1".into(), OperatorAct::TakeOver { conversation, reason: None }).await.unwrap();
    let reply = OperatorAct::Reply { conversation, text: "Ana here.".into(), untranslated: false };
    desk.act("k2".into(), reply).await.unwrap();
    maya.until_read("Ana here.").await.unwrap();
    // The takeover hangs up, not the end of the floor.
    let hung_up = tokio::time::timeout(Duration::from_secs(60), begun.notified()).await;
    assert!(hung_up.is_ok(), "the model goes on");
    server.stop();
    assert!(by_agents(&maya).is_empty(), "{:?}", by_agents(&maya));
    let journal = journal(home);
    let spoke = |one: &Envelope| matches!(&one.event, Event::Turn(TurnEvent::AgentActed { spoken: Some(_), .. }));
    assert!(!journal.iter().any(spoke), "what nobody waits for went out");
    journal
}

/// Takes over while the provider has sent that much of an answer; the one call that was made.
async fn cut_after(wire: Wire, sent: usize) -> ModelCall {
    let home = tempfile::tempdir().unwrap();
    let begun = Arc::new(Notify::new());
    let told = Arc::clone(&begun);
    let provider = Provider::start(move |_: &Asked| {
        let events = wire.events("I am about to tell you a secret that takes long.", &[]);
        let bytes = if sent == 0 { Vec::new() } else { wire.stream(&events[..sent]) };
        vec![Part::Bytes(bytes), Part::Tell(Arc::clone(&told))]
    })
    .await;
    deploy(home.path(), &[("fast", wire, &wire.at(&provider.url))], "first-ms = 30000\nidle-ms = 30000");
    let calls = calls(&taken_over(home.path(), &begun).await);
    assert_eq!(calls.len(), 1);
    calls.into_iter().next().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_takeover_cuts_the_stream_and_what_it_cost_is_recorded() {
    // In the middle of the words, and before the first of them: what was asked is paid for.
    let cases = [Wire::Openai, Wire::Anthropic, Wire::Socket].map(|wire| [(wire, 5, true), (wire, 0, false)]);
    for (wire, sent, written) in cases.into_iter().flatten() {
        let call = cut_after(wire, sent).await;
        assert_eq!(call.end, ModelEnd::Cut, "{wire:?}");
        assert!(call.usage.estimated && call.usage.input > 100, "{call:?}");
        assert_eq!(call.usage.output > 0, written, "{call:?}");
        assert!(call.cost.unwrap().micros > 0);
    }
}

/// Lets the technical specialist ask billing and sales together, who are of the same model.
fn ask_together(home: &Path) {
    let file = |name: &str| home.join(format!("agents/{name}.toml"));
    for name in ["billing", "sales"] {
        let agent = fs::read_to_string(file(name)).unwrap();
        fs::write(file(name), format!("models = [\"fast\"]\n{agent}")).unwrap();
    }
    let technical = fs::read_to_string(file("technical")).unwrap();
    fs::write(file("technical"), technical.replace("[\"billing\"]", "[\"billing\", \"sales\"]")).unwrap();
    let policy = fs::read_to_string(home.join("policy.toml")).unwrap();
    fs::write(home.join("policy.toml"), format!("{policy}\n[[conflict.ranks]]\norder = [\"billing\"]\n")).unwrap();
    assert!(baton(home).arg("check").output().unwrap().status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn specialists_of_models_are_asked_together_and_the_holder_alone_speaks() {
    for wire in Wire::ALL {
        let home = tempfile::tempdir().unwrap();
        let provider = Provider::start(move |asked: &Asked| {
            if asked.says("give_opinion") {
                let billing = asked.says("You are the billing");
                let position = if billing { "no" } else { "yes" };
                let said = if billing { "The guarantee has run out." } else { "It would please them." };
                let opinion =
                    json!({ "position": position, "answer": said, "confidence": if billing { 40 } else { 99 } });
                return answer(wire, "", &[("give_opinion", opinion)]);
            }
            if asked.says("You asked specialists together") {
                return answer(wire, "Then it stays as it is.", &[]);
            }
            let question = "May it be exchanged?";
            let asks = json!({ "question": question, "specialists": ["billing", "sales"], "positions": ["yes", "no"] });
            answer(wire, "", &[("ask_together", asks)])
        })
        .await;
        deploy(home.path(), &[("fast", wire, &wire.at(&provider.url))], "");
        ask_together(home.path());
        let mut server = Server::start(home.path());
        let (_, mut maya) = customer(&server.address).await;
        maya.say("m1", CRASH).await.unwrap();
        maya.until_read("stays as it is").await.unwrap();
        assert_eq!(by_agents(&maya), ["Then it stays as it is."], "{wire:?}");
        server.stop();

        let asked = provider.asked();
        assert_eq!(asked.len(), 4, "{wire:?}");
        for one in asked.iter().filter(|one| one.says("give_opinion")) {
            assert!(one.says("May it be exchanged?") && !one.says("transfer_to_") && !one.says(CRASH), "{}", one.body);
        }
        let told = asked.last().unwrap();
        assert!(told.says("what counts is no, as billing says") && told.says("It would please them."), "{}", told.body);
        let journal = journal(home.path());
        let settled = journal.iter().find_map(|one| {
            let Event::Consult(ConsultEvent::Settled { decision, .. }) = &one.event else { return None };
            Some(decision)
        });
        let settled = settled.expect("a panel was settled");
        assert_eq!(settled.ruling, Ruling::Rule(Criterion::Rank), "{settled:?}");
        assert_eq!(settled.lost, ["sales".parse().unwrap()]);
        let mut paid: Vec<String> = journal
            .iter()
            .filter_map(|one| {
                let Event::Model(ModelEvent::Called { agent, .. }) = &one.event else { return None };
                Some(agent.to_string())
            })
            .collect();
        paid.sort();
        assert_eq!(paid, ["billing", "sales", "technical", "technical"]);
        let costs = journal.iter().filter_map(|one| {
            let Event::Consult(ConsultEvent::Answered { cost, .. }) = &one.event else { return None };
            cost.map(|cost| cost.micros)
        });
        assert_eq!(costs.collect::<Vec<_>>(), [1_000, 1_000]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_money_is_spent_the_flows_answer() {
    let home = tempfile::tempdir().unwrap();
    let provider = Provider::start(|_: &Asked| answer(Wire::Openai, "A model's words.", &[])).await;
    deploy(home.path(), &[("fast", Wire::Openai, &provider.url)], "");
    let file = home.path().join("agents/technical.toml");
    let agent = fs::read_to_string(&file).unwrap();
    // Ten calls of 1,000 millionths each make a cent.
    fs::write(&file, format!("model-budget = \"0.01 EUR\"\n{agent}")).unwrap();
    let mut server = Server::start(home.path());
    for number in 1..=12 {
        let (_, mut maya) = customer(&server.address).await;
        maya.say("m1", CRASH).await.unwrap();
        while by_agents(&maya).is_empty() {
            maya.hear().await.unwrap();
        }
        assert_eq!(by_agents(&maya) == ["A model's words."], number <= 10, "customer {number}");
    }
    server.stop();
    assert_eq!(provider.asked().len(), 10);
    let journal = journal(home.path());
    let spent: Vec<_> = journal
        .iter()
        .filter_map(|one| {
            let Event::Model(ModelEvent::Called { spent, .. }) = &one.event else { return None };
            Some(*spent)
        })
        .collect();
    assert_eq!(spent[9], Some(BudgetOf::Agent));
    assert!(spent[..9].iter().all(Option::is_none));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_model_is_said_and_its_key_is_not() {
    let home = tempfile::tempdir().unwrap();
    let here = home.path();
    let provider = Provider::start(|asked: &Asked| {
        if !asked.head.contains(KEY) {
            status(401, "")
        } else if asked.says("no-such-model") {
            status(404, "")
        } else if asked.says("silent-about-functions") {
            answer(Wire::Openai, "The number is 7.", &[])
        } else {
            answer(Wire::Openai, "", &[("tell_number", json!({ "number": 7 }))])
        }
    })
    .await;
    deploy(here, &[("fast", Wire::Openai, &provider.url)], "");
    let run = |args: &[&str]| {
        let out = baton(here).args(args).env("WRONG_KEY", "sk-wrong").output().unwrap();
        let text = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
        assert!(!text.contains(KEY) && !text.contains("sk-wrong"), "{args:?} shows a key: {text}");
        (out.status.code(), text)
    };
    let (code, text) = run(&["models", "test"]);
    assert!(code == Some(0) && text.contains("answers as agreed") && text.contains("key.txt"), "{text}");
    let url = provider.url.as_str();
    let key = here.join("key.txt");
    let key = key.to_str().unwrap();
    for (name, model, flag, place, says) in [
        ("wrong", "m-1", "--key-env", "WRONG_KEY", "does not take the key"),
        ("unset", "m-1", "--key-env", "NO_SUCH_VARIABLE", "NO_SUCH_VARIABLE is not set"),
        ("unknown", "no-such-model", "--key-file", key, "is its name right?"),
        ("dumb", "silent-about-functions", "--key-file", key, "does not call the function"),
    ] {
        let added = run(&["models", "add", name, "--kind", "openai", "--base-url", url, "--model", model, flag, place]);
        assert_eq!(added.0, Some(0), "{}", added.1);
        let (code, text) = run(&["models", "test", name]);
        assert!(code == Some(1) && text.contains(says), "{name}: {text}");
    }
    let (code, text) = run(&["doctor"]);
    assert!(code == Some(1) && text.contains("ILL   model       wrong: does not take the key"), "{text}");
    let (_, listed) = run(&["models", "list", "--json"]);
    let rows: serde_json::Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(rows.as_array().unwrap().len(), 5);
    assert_eq!(rows[0]["agents"], json!(["technical"]));
    let (code, text) = run(&["models", "add", "fast", "--kind", "openai", "--base-url", url, "--model", "m"]);
    assert!(code == Some(1) && text.contains("stands twice"), "{text}");
    let socket = ["models", "add", "talk", "--kind", "openai", "--base-url", "ws://127.0.0.1:1", "--model", "m"];
    let (code, text) = run(&socket);
    assert!(code == Some(1) && text.contains("is no address of a server"), "{text}");
    let (code, text) = run(&["models", "test", "nobody"]);
    assert!(code == Some(1) && text.contains("no model `nobody`"), "{text}");
}
