//! What customers asked and no article answers, over the real sockets: counted once a message, shown without
//! what tells who asked, and gone with them.

use baton::protocol::customer::SpeakerKind;
use serde_json::Value;

use super::cli_acts::{Script, guest};
use super::killed::Server;
use super::sockets::Customer;

async fn ask(customer: &mut Customer, key: &str, text: &str) {
    let answers = |customer: &Customer| customer.read.iter().filter(|read| read.by == SpeakerKind::Ai).count();
    let before = answers(customer);
    customer.say(key, text).await.unwrap();
    while answers(customer) == before {
        customer.hear().await.unwrap();
    }
}

fn examples(page: &Value) -> Vec<String> {
    let rows = page["rows"].as_array().unwrap();
    let texts = rows.iter().flat_map(|row| row["examples"].as_array().unwrap());
    texts.map(|example| example["text"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_article_answers_is_listed() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(home.path());
    let script = Script { home: home.path() };
    script.expect(&["knowledge", "gaps"], 0, "nothing was asked that no article answers");
    let (mut one, mut other) = (guest(&server.address).await, guest(&server.address).await);
    ask(&mut one, "1", "My name is Maya, which glockenspiel is tuned for dolphins?").await;
    ask(&mut other, "1", "Which glockenspiel is tuned for whales?").await;
    ask(&mut other, "2", "Thank you").await;

    let page = script.json(&["knowledge", "gaps"]);
    assert_eq!(page["asked"], 2, "a message counts once, and thanks are no question: {page}");
    let mut texts = examples(&page);
    texts.sort();
    assert_eq!(
        texts,
        ["My name is …, which glockenspiel is tuned for dolphins?", "Which glockenspiel is tuned for whales?"]
    );
    script.expect(&["knowledge", "gaps"], 0, "Which glockenspiel is tuned for whales?");
    script.expect(&["knowledge", "gaps", "--since", "2100-01-01T00:00:00Z"], 0, "nothing was asked");
    script.expect(&["knowledge", "gaps", "--since", "yesterday"], 2, "2026-12-01T00:00:00Z");

    let (code, said) = script.run(&["customer", "erase", "c-2", "--yes"]);
    assert_eq!(code, Some(0), "{said}");
    let page = script.json(&["knowledge", "gaps"]);
    assert_eq!((examples(&page).len(), &page["asked"]), (1, &2.into()), "the count stays, the words are gone: {page}");
}
