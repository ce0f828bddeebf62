//! What settled a matter for one customer reaches who asks the same; what came of a customer's own matters
//! reaches nobody else; who is erased is in neither.

use super::*;
use crate::domain::command::OperatorAct;
use crate::domain::conversation::Disposition;
use crate::domain::event::TurnEvent;
use crate::domain::id::CustomerId;
use crate::domain::knowledge::Citation;
use crate::domain::reply::ReplyChoice;

const ASKED: &str = "Does the glockenspiel resonate underwater?";
const ANSWER: &str = "It does, as long as the frost guard of the glockenspiel stays closed underwater.";

/// A customer by a name that is found again.
fn known(handle: &Handle, name: &str) -> NewConversation {
    NewConversation { handle: Some(handle.keyed("handle:web", name)), ..newcomer(name) }
}

async fn act(handle: &Handle, what: OperatorAct) {
    static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    let nth = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    handle.command(&viewer(handle, false), key(&format!("p-{nth}")), None, ConsoleCommand::Act(what)).await.unwrap();
}

/// A person answers and settles it.
async fn settled(handle: &Handle, who: NewConversation, asked: &str, answer: &str) -> CustomerId {
    let id = handle.open(who).await.unwrap();
    handle.say(id, None, asked.into(), false).await.unwrap();
    act(handle, OperatorAct::TakeOver { conversation: id, reason: None }).await;
    act(handle, OperatorAct::Reply { conversation: id, text: answer.into(), untranslated: false }).await;
    let customer = handle.shared.replica.customer_of(id).unwrap();
    act(handle, OperatorAct::Resolve { conversation: id, disposition: Disposition::Solved }).await;
    customer
}

/// What stands beside a conversation, once it is as wanted.
async fn beside(handle: &Handle, id: ConversationId, wanted: impl Fn(&[ReplyChoice]) -> bool) -> Vec<ReplyChoice> {
    let viewer = viewer(handle, false);
    let ask = || handle.ask(&viewer, Query::Past { conversation: id }, None);
    let looked = timeout(PATIENCE, async {
        loop {
            let (page, _) = ask().await;
            let Page::Past(_, page) = page else { panic!("{page:?}") };
            if wanted(&page) {
                return page;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    looked.await.expect("the past never became as wanted")
}

fn places(page: &[ReplyChoice]) -> Vec<String> {
    page.iter().filter_map(|choice| choice.citation.as_ref()).map(Citation::words).collect()
}

/// What an agent answers somebody new, and what it rests on.
async fn answered(handle: &Handle, who: NewConversation, question: &str) -> (String, Vec<Citation>) {
    let mut seen = handle.observe();
    let id = handle.open(who).await.unwrap();
    handle.say(id, None, question.into(), false).await.unwrap();
    loop {
        for envelope in next(&mut seen).await.iter() {
            if let Event::Turn(TurnEvent::AgentActed { conversation, spoken: Some(spoken), .. }) = &envelope.event
                && *conversation == id
            {
                return (spoken.text.reveal().unwrap().raw().to_owned(), spoken.citations.clone());
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_answered_answers_others_until_its_customer_is_erased() {
    let folder = tempfile::tempdir().unwrap();
    let (handle, service) = Service::start(options(Some(folder.path()))).unwrap();
    let (before, _) = answered(&handle, newcomer("Noor"), ASKED).await;
    assert!(!before.contains("frost guard"), "{before}");
    let maya = settled(&handle, known(&handle, "maya"), ASKED, ANSWER).await;
    let other = handle.open(newcomer("Tom")).await.unwrap();
    handle.say(other, None, "and the glockenspiel, would it resonate underwater".into(), false).await.unwrap();
    let page = beside(&handle, other, |page| !page.is_empty()).await;
    assert_eq!((places(&page), page[0].text.as_str()), (vec!["solution c-2".to_owned()], ANSWER));
    let (text, cited) = answered(&handle, newcomer("Olu"), ASKED).await;
    assert!(text.contains(ANSWER), "{text}");
    assert_eq!(cited.iter().map(Citation::words).collect::<Vec<_>>(), ["solution c-2"]);
    service.stop().await.unwrap();

    // It is read off the index again, and gone with its customer.
    let (handle, service) = Service::start(options(Some(folder.path()))).unwrap();
    beside(&handle, other, |page| places(page) == ["solution c-2"]).await;
    let admin = Viewer { role: Role::Admin, ..viewer(&handle, false) };
    handle.command(&admin, key("e-1"), None, ConsoleCommand::Erase(maya)).await.unwrap();
    beside(&handle, other, <[_]>::is_empty).await;
    let (text, cited) = answered(&handle, newcomer("Ida"), ASKED).await;
    assert!(!text.contains("frost guard") && cited.is_empty(), "{text}");
    service.stop().await.unwrap();
    let (handle, service) = Service::start(options(Some(folder.path()))).unwrap();
    let (text, _) = answered(&handle, newcomer("Ida"), ASKED).await;
    assert!(!text.contains("frost guard"), "{text}");
    service.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_of_a_matter_is_shown_in_the_same_customers_next_one_alone() {
    let (handle, service) = Service::start(options(None)).unwrap();
    let promised = "Your parcel 4711 went to the depot in Kiel, Maya; it comes on Friday.";
    settled(&handle, known(&handle, "maya"), "Where is my parcel 4711?", promised).await;
    let back = handle.open(known(&handle, "maya")).await.unwrap();
    handle.say(back, None, "my parcel is still not here".into(), false).await.unwrap();
    let page = beside(&handle, back, |page| !page.is_empty()).await;
    assert_eq!((places(&page), page[0].text.as_str()), (vec!["earlier c-1".to_owned()], promised));
    let stranger = handle.open(known(&handle, "tom")).await.unwrap();
    handle.say(stranger, None, "my parcel is still not here".into(), false).await.unwrap();
    let page = beside(&handle, stranger, |page| !page.is_empty()).await;
    assert_eq!(places(&page), ["solution c-1"]);
    let shown = page[0].text.as_str();
    assert_eq!(shown, "Your parcel 0000 went to the depot in …, …; it comes on Friday.");
    service.stop().await.unwrap();
}

/// Training an edition takes a second in which its rules must not hold yet; if it is turned down they never do.
#[tokio::test(flavor = "multi_thread")]
async fn an_edition_that_was_not_put_in_force_says_nothing_of_who_may_use_the_past() {
    let folder = tempfile::tempdir().unwrap();
    let (handle, service) = Service::start(options(Some(folder.path()))).unwrap();
    settled(&handle, known(&handle, "maya"), ASKED, ANSWER).await;
    let other = handle.open(newcomer("Tom")).await.unwrap();
    handle.say(other, None, ASKED.into(), false).await.unwrap();
    beside(&handle, other, |page| !page.is_empty()).await;
    let files = preset("support").unwrap().sources;
    let text = |path: &str, text: &str| match path {
        "policy.toml" => format!("{text}\n[data]\npast = \"nobody\"\n"),
        _ => text.to_owned(),
    };
    let files = files.iter().map(|file| (file.path.to_string(), text(&file.path, &file.text)));
    let strict = Bundle::of(files).unwrap();
    let name = crate::runtime::library::Library::of(folder.path()).keep(&strict.deployment(), &strict).unwrap();
    let admin = Viewer { role: Role::Admin, ..viewer(&handle, false) };
    let adopt = |under: &'static str| handle.command(&admin, key(under), None, ConsoleCommand::Adopt(name));
    // The key was used for something else: the command is turned down after the edition was made ready.
    act(&handle, OperatorAct::TakeOver { conversation: other, reason: None }).await;
    let reply =
        ConsoleCommand::Act(OperatorAct::Reply { conversation: other, text: "one moment".into(), untranslated: false });
    handle.command(&admin, key("used"), None, reply).await.unwrap();
    let refused = adopt("used").await;
    assert!(matches!(refused, Err(Rejected::Refused(Refusal::KeyReused))), "{refused:?}");
    let page = handle.ask(&admin, Query::Past { conversation: other }, None).await.0;
    assert!(matches!(&page, Page::Past(_, found) if !found.is_empty()), "{page:?}");
    adopt("fresh").await.unwrap();
    beside(&handle, other, <[_]>::is_empty).await;
    service.stop().await.unwrap();
}
