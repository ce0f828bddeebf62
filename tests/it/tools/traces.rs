//! What somebody who runs the house sees of a tool, a model and a pass afterwards: spans at a collector, and
//! lines in the log. Neither holds a word of the customer.

use std::collections::BTreeMap;

use super::*;

/// A key of a collector.
const COLLECTOR: &str = "collector-9914-never-shown";

/// Has traces go there.
fn traced(home: &Path, url: &str) {
    let file = home.join("baton.toml");
    let house = fs::read_to_string(&file).unwrap();
    let (before, sentences) = house.split_once("[sentences]").unwrap();
    fs::write(&file, format!("{before}[telemetry]\notlp = \"{url}\"\n\n[sentences]{sentences}")).unwrap();
}

/// A span as it came.
struct Told {
    name: String,
    id: String,
    parent: String,
    span: Value,
}

impl Told {
    /// The attribute of that name, as text.
    fn of(&self, key: &str) -> String {
        let list = self.span["attributes"].as_array().unwrap();
        let found = list.iter().find(|one| one["key"] == key).map(|one| &one["value"]);
        found
            .and_then(|value| value["stringValue"].as_str().or(value["intValue"].as_str()))
            .unwrap_or_default()
            .to_owned()
    }

    fn events(&self) -> Vec<&str> {
        self.span["events"].as_array().unwrap().iter().map(|event| event["name"].as_str().unwrap()).collect()
    }
}

fn spans(collector: &Provider) -> Vec<Told> {
    let mut all = Vec::new();
    for asked in collector.asked() {
        assert!(asked.head.starts_with("POST /v1/traces "), "{}", asked.head);
        let resource = &asked.body["resourceSpans"][0];
        assert_eq!(resource["resource"]["attributes"][0]["value"]["stringValue"], "northwind");
        all.extend(resource["scopeSpans"][0]["spans"].as_array().unwrap().iter().map(|span| {
            let text = |key: &str| span[key].as_str().unwrap_or_default().to_owned();
            Told { name: text("name"), id: text("spanId"), parent: text("parentSpanId"), span: span.clone() }
        }));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_is_a_trace_by_the_names_of_the_conventions_and_without_a_word_of_the_customer() {
    let home = tempfile::tempdir().unwrap();
    let collector = Provider::start(|_: &Asked| ok(&json!({}))).await;
    let service = Provider::start(|asked: &Asked| match asked.number {
        1 => failing(503, ""),
        _ => ok(&json!({ "status": { "text": "marker-of-a-result" } })),
    })
    .await;
    let model = Provider::start(calling("crm__order", json!({ "order": "marker-of-an-order" }))).await;
    deploy(home.path(), &model.url, &["crm.order"], &crm(home.path(), &service.url));
    traced(home.path(), &collector.url);
    let mut server = Server::start(home.path());
    let (id, mut maya) = customer(&server.address).await;
    maya.say("m1", CRASH).await.unwrap();
    maya.until_read("marker-of-a-result").await.unwrap();
    server.stop();

    let spans = spans(&collector);
    let by_name: BTreeMap<&str, &Told> = spans.iter().map(|told| (told.name.as_str(), told)).collect();
    let named = |name: &str| *by_name.get(name).unwrap_or_else(|| panic!("{name} is not in {:?}", by_name.keys()));
    let (turn, agent) = (named("turn"), named("invoke_agent technical"));
    let (chat, tool) = (named("chat m"), named("execute_tool crm.order"));
    assert_eq!([&agent.parent, &chat.parent, &tool.parent], [&turn.id, &agent.id, &agent.id]);
    let trace = turn.span["traceId"].as_str().unwrap();
    assert!(spans.iter().all(|told| told.span["traceId"] == trace) && trace.len() == 32);
    for told in [agent, chat, tool] {
        let (operation, _) = told.name.split_once(' ').unwrap();
        assert_eq!(
            (told.of("gen_ai.operation.name").as_str(), told.of("gen_ai.conversation.id").as_str()),
            (operation, trace)
        );
        assert_eq!(told.of("gen_ai.agent.name"), "technical");
        let time = |key: &str| told.span[key].as_str().unwrap().parse::<u64>().unwrap();
        assert!(
            time("startTimeUnixNano") <= time("endTimeUnixNano")
                && time("startTimeUnixNano") > 1_700_000_000_000_000_000
        );
    }
    assert_eq!((chat.of("gen_ai.provider.name"), chat.of("gen_ai.request.model")), ("openai".into(), "m".into()));
    assert!(chat.of("gen_ai.usage.input_tokens").parse::<u64>().unwrap() > 0 && chat.span["kind"] == 3);
    assert!(chat.of("gen_ai.usage.output_tokens").parse::<u64>().unwrap() > 0);
    assert_eq!((tool.of("gen_ai.tool.name"), tool.of("error.type")), ("crm.order".into(), String::new()));
    assert_eq!(tool.events(), ["baton.attempt_failed", "baton.retried"]);
    assert!(
        turn.events().contains(&"baton.handoff.offered") && turn.events().contains(&"baton.passed"),
        "{:?}",
        turn.events()
    );
    // The service's own spans can hang below ours.
    let parent = header(&service.asked()[0], "traceparent");
    assert_eq!(parent, format!("00-{trace}-{}-01", tool.id));
    for asked in collector.asked() {
        for word in ["crashes", "marker-of-a-result", "marker-of-an-order", KEY, &id.to_string()] {
            assert!(!asked.says(word), "{word} went to the collector");
        }
    }
}

/// An agent of another service hangs its spans below ours; a provider is told nothing of the conversation, and
/// without traces nobody is.
#[tokio::test(flavor = "multi_thread")]
async fn a_remote_agent_is_told_the_span_it_is_part_of_and_a_provider_is_not() {
    for (wire, on) in [(Wire::Remote, true), (Wire::Socket, true), (Wire::Openai, true), (Wire::Socket, false)] {
        let home = tempfile::tempdir().unwrap();
        let collector = Provider::start(|_: &Asked| ok(&json!({}))).await;
        let agent = Provider::start(move |asked: &Asked| {
            if asked.says("call_1") {
                answer(wire, "I see no outage.", &[])
            } else {
                answer(wire, "", &[("status__get", json!({}))])
            }
        })
        .await;
        super::super::models::deploy(home.path(), &[("fast", wire, &wire.at(&agent.url))], "");
        if on {
            traced(home.path(), &collector.url);
        }
        let mut server = Server::start(home.path());
        let (_, mut maya) = customer(&server.address).await;
        maya.say("m1", CRASH).await.unwrap();
        maya.until_read("no outage").await.unwrap();
        server.stop();
        let told: Vec<String> = agent.asked().iter().map(|asked| header(asked, "traceparent")).collect();
        let spans = spans(&collector);
        let chats: Vec<&Told> = spans.iter().filter(|told| told.name.starts_with("chat ")).collect();
        assert_eq!((told.len(), chats.len()), (2, if on { 2 } else { 0 }), "{wire:?}");
        let parents: Vec<String> = chats
            .iter()
            .map(|chat| format!("00-{}-{}-01", chat.span["traceId"].as_str().unwrap(), chat.parent))
            .collect();
        assert_eq!(told, if on && wire != Wire::Openai { parents } else { vec![String::new(); 2] }, "{wire:?}");
        let attempt = spans.iter().find(|told| told.name.starts_with("invoke_agent "));
        assert!(chats.iter().all(|chat| chat.parent == attempt.unwrap().id), "{wire:?}");
    }
}

/// The collector is dead, or takes what it is sent and says nothing; the floor answers as ever, and says what
/// became of its spans.
#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_does_not_answer_costs_spans_and_nothing_else() {
    let home = tempfile::tempdir().unwrap();
    let collector = Provider::start(|_: &Asked| vec![Part::Silence]).await;
    let model = Provider::start(|_: &Asked| answer(Wire::Openai, "Have you tried this?", &[])).await;
    deploy(home.path(), &model.url, &[], "");
    traced(home.path(), &collector.url);
    let mut server = Server::start(home.path());
    for _ in 0..3 {
        let (_, mut maya) = customer(&server.address).await;
        maya.say("m1", CRASH).await.unwrap();
        maya.until_read("tried this").await.unwrap();
    }
    baton::client::install_crypto();
    let dropped = async {
        loop {
            let url = format!("{}/metrics", server.address);
            let text = reqwest::get(url).await.unwrap().text().await.unwrap();
            let line = text.lines().find_map(|line| line.strip_prefix("baton_spans_total{became=\"dropped\"} "));
            if line.unwrap().parse::<u64>().unwrap() > 0 {
                assert!(text.contains("baton_spans_total{became=\"sent\"} 0"), "{text}");
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(super::super::sockets::PATIENCE, dropped).await.expect("spans were never given up");
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_standard_variables_say_where_traces_go_and_nothing_goes_anywhere_without_them() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let collector = Provider::start(|_: &Asked| ok(&json!({}))).await;
    assert!(baton(home).args(["init", "."]).output().unwrap().status.success());
    Server::start(home).stop();
    assert!(collector.asked().is_empty());
    let var = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url.clone()),
        ("OTEL_EXPORTER_OTLP_HEADERS", format!("authorization=Bearer%20{COLLECTOR}")),
    ];
    let mut server = Server::start_with(home, &var);
    let (_, mut maya) = customer(&server.address).await;
    maya.say("m1", CRASH).await.unwrap();
    maya.until_read("7.4.1").await.unwrap();
    server.stop();
    assert_eq!(header(&collector.asked()[0], "authorization"), format!("Bearer {COLLECTOR}"));
    assert!(!found(home, COLLECTOR), "the collector's key stands in a file");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_in_the_log_about_a_tool_that_failed_names_its_conversation() {
    let home = tempfile::tempdir().unwrap();
    let service = Provider::start(|_: &Asked| failing(500, "marker-of-the-service")).await;
    let model = Provider::start(calling("crm__order", json!({ "order": "marker-of-an-order" }))).await;
    deploy(home.path(), &model.url, &["crm.order"], &crm(home.path(), &service.url));
    let mut server = Server::start(home.path());
    let (id, mut maya) = customer(&server.address).await;
    maya.say("m1", CRASH).await.unwrap();
    maya.until_read("nothing was done").await.unwrap();
    server.stop();
    let folder = baton::store::folder::DataFolder::open(home.path()).unwrap().log();
    let files = fs::read_dir(folder).unwrap().map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
    let log = files.collect::<String>();
    let told = log.lines().filter(|line| line.contains("a tool call") && line.contains("crm.order"));
    let told: Vec<&str> = told.collect();
    assert_eq!(told.len(), 3, "one line for each attempt: {log}");
    assert!(told.iter().all(|line| line.contains(&id.to_string()) && line.contains("it failed")), "{told:?}");
    for word in ["marker-of-an-order", "marker-of-the-service", "crashes"] {
        assert!(!log.contains(word), "{word} stands in the log");
    }
}
