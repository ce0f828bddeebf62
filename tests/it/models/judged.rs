//! A model that judges answers: what it says counts, what it does not say is told, and it never answers itself.

use baton::domain::event::GuardEvent;
use baton::domain::guard::{Finding, GuardAction, GuardReason, Hop};
use baton::domain::id::DraftId;
use baton::domain::supervision::DraftVerdict;

use super::*;

/// What judges and who is judged, at one address.
fn deploy_judged(home: &Path, wire: Wire, url: &str, more: &str, unjudged: &str) {
    deploy(home, &[("fast", wire, url)], more);
    let file = home.join("baton.toml");
    let house = fs::read_to_string(&file).unwrap();
    let (before, sentences) = house.split_once("[sentences]").unwrap();
    fs::write(&file, format!("{before}[judge]\nmodel = \"fast\"\n\n[sentences]{sentences}")).unwrap();
    let file = home.join("policy.toml");
    let policy = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{policy}\n[guard]\nunjudged = \"{unjudged}\"\n")).unwrap();
    let checked = baton(home).arg("check").output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

/// A judge that finds these.
fn verdict(wire: Wire, does: &[&str]) -> Vec<Part> {
    answer(wire, "", &[("give_verdict", json!({ "does": does }))])
}

fn is_judge(asked: &Asked) -> bool {
    asked.says("give_verdict")
}

fn caught(journal: &[Envelope]) -> Vec<(Vec<Finding>, GuardAction)> {
    let caught = |one: &Envelope| {
        let Event::Guard(GuardEvent::Caught { findings, then, .. }) = &one.event else { return None };
        Some((findings.clone(), *then))
    };
    journal.iter().filter_map(caught).collect()
}

const fn judged(reason: GuardReason) -> Finding {
    Finding { hop: Hop::Judged, reason }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_judge_finds_is_withheld_and_its_author_is_told() {
    for wire in [Wire::Openai, Wire::Anthropic] {
        let home = tempfile::tempdir().unwrap();
        let provider = Provider::start(move |asked: &Asked| match is_judge(asked) {
            true if asked.says("<answer>Every third phone") => verdict(wire, &["baseless", "rude"]),
            true => verdict(wire, &[]),
            false if asked.says("states what rests on nothing") => answer(wire, "Please restart it.", &[]),
            false => answer(wire, "Every third phone does that.", &[]),
        })
        .await;
        deploy_judged(home.path(), wire, &provider.url, "", "note");
        let mut server = Server::start(home.path());
        let (_, mut maya) = customer(&server.address).await;
        maya.say("m1", CRASH).await.unwrap();
        maya.until_read("restart it").await.unwrap();
        server.stop();
        assert_eq!(by_agents(&maya), ["Please restart it."], "{wire:?}");
        let asked = provider.asked();
        assert_eq!(asked.iter().map(is_judge).collect::<Vec<_>>(), [false, true, false, true]);
        // It reads what the agent was given, and is not taken for the agent.
        assert!(asked[1].says(CRASH) && !asked[1].says("technical specialist") && !asked[1].says("legal_advice"));
        let journal = journal(home.path());
        let found = vec![judged(GuardReason::Claim), judged(GuardReason::Rude)];
        assert_eq!(caught(&journal), [(found, GuardAction::Again)]);
        assert_eq!(calls(&journal).len(), 4, "each of its calls is on record");
        assert!(calls(&journal).iter().all(|call| call.end == ModelEnd::Answered && call.cost.is_some()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_judge_that_fails_lets_answers_go_out_or_wait_as_policy_says() {
    let wire = Wire::Openai;
    for (unjudged, action) in [("note", GuardAction::Note), ("approval", GuardAction::Approval)] {
        let home = tempfile::tempdir().unwrap();
        // Number 0 of no agreed form, 1 in trouble, 2 silent, 3 with a word nobody agreed on, 4 in words alone.
        let provider = Provider::start(move |asked: &Asked| {
            let number = (0..5).find(|number| asked.says(&format!("number {number}."))).unwrap();
            match (is_judge(asked), number) {
                (false, _) => answer(wire, &format!("Restart it {number}."), &[]),
                (true, 0) => answer(wire, "", &[("give_verdict", json!({ "does": "nothing" }))]),
                (true, 1) => status(500, "retry-after: 0\r\n"),
                (true, 2) => vec![Part::Silence],
                (true, 3) => verdict(wire, &["fine"]),
                (true, _) => answer(wire, "It is fine.", &[]),
            }
        })
        .await;
        deploy_judged(home.path(), wire, &provider.url, "attempts = 1\nfirst-ms = 1500", unjudged);
        let mut server = Server::start(home.path());
        let token = DataFolder::open(home.path()).unwrap().admin_token().unwrap();
        let desk = Desk::connect(&server.address, &token);
        let mut failures = Vec::new();
        for number in 0..5 {
            let (id, mut maya) = customer(&server.address).await;
            maya.say("m1", &format!("{CRASH}, number {number}.")).await.unwrap();
            if action == GuardAction::Approval {
                desk.until_needy(id).await;
                let draft = DraftId(number + 1);
                let send = OperatorAct::SettleDraft { draft, verdict: DraftVerdict::Send, reason: None };
                desk.act(format!("k{number}"), send).await.unwrap();
            }
            maya.until_read("Restart it").await.unwrap();
            failures.push(id);
        }
        server.stop();
        let journal = journal(home.path());
        let expected = [ModelFailure::NotAsAgreed, ModelFailure::Busy, ModelFailure::TimedOut].map(ModelEnd::Failed);
        for (number, id) in failures.into_iter().enumerate() {
            let slice: Vec<Envelope> =
                journal.iter().filter(|one| one.event.conversation() == Some(id)).cloned().collect();
            assert_eq!(caught(&slice), [(vec![judged(GuardReason::Unjudged)], action)], "{number}");
            let (_, end) = *ends(&slice).last().unwrap();
            assert_eq!(end, expected.get(number).copied().unwrap_or(expected[0]), "{number}");
        }
    }
}

/// Taken over while the judge reads: nothing reaches the customer, and what was spent is on record.
#[tokio::test(flavor = "multi_thread")]
async fn a_takeover_does_not_wait_for_the_judge() {
    let home = tempfile::tempdir().unwrap();
    let begun = Arc::new(Notify::new());
    let told = Arc::clone(&begun);
    let provider = Provider::start(move |asked: &Asked| {
        let words = || answer(Wire::Openai, "Please restart it.", &[]);
        if is_judge(asked) { vec![Part::Tell(Arc::clone(&told))] } else { words() }
    })
    .await;
    deploy_judged(home.path(), Wire::Openai, &provider.url, "first-ms = 30000", "note");
    let journal = taken_over(home.path(), &begun).await;
    let ends: Vec<ModelEnd> = calls(&journal).iter().map(|call| call.end).collect();
    assert_eq!(ends, [ModelEnd::Answered, ModelEnd::Cut]);
    let withheld = |one: &Envelope| matches!(&one.event, Event::Turn(TurnEvent::ReplyWithheld { .. }));
    assert!(journal.iter().any(withheld), "what was written is shown to people");
}
