use super::*;

fn article(name: &str, title: &str, body: &str) -> Article {
    Article {
        name: name.parse().unwrap(),
        title: title.to_owned(),
        tags: Vec::new(),
        valid_from: None,
        valid_to: None,
        body: body.to_owned(),
    }
}

fn house() -> Vec<Article> {
    vec![
        article(
            "refund-time",
            "How long refunds take",
            "A refund reaches your card within five working days.\n\n## Bank transfer\n\nTransfers take up to ten days.",
        ),
        article(
            "reset-hub",
            "Resetting the hub",
            "Hold the button for ten seconds until the light blinks blue.\n\n# Afterwards\n\nPair your devices again.",
        ),
        article("hours", "Opening hours", "Our people answer from 8 to 20 on working days."),
        article(
            "error-codes",
            "Error codes",
            "E204 means that the hub has no network.\n\nE310: the camera lens is dirty.",
        ),
    ]
}

fn found(index: &Index, question: &str) -> Vec<Passage> {
    index.search(&question.into(), 3, Timestamp(0))
}

#[test]
fn a_question_finds_its_passage() {
    let index = Index::build(&house());
    for (question, name, paragraph) in [
        ("How long does a refund to my card take?", "refund-time", 1),
        ("when will the bank transfer arrive, how many days", "refund-time", 2),
        ("how can I reset my hub", "reset-hub", 1),
        ("my hub shows e204", "error-codes", 1),
        ("what are your opening hours?", "hours", 1),
    ] {
        let passages = found(&index, question);
        let best = &passages[0];
        assert_eq!((best.citation.article.as_str(), best.citation.paragraph), (name, paragraph), "{question}");
        assert!(best.score >= ANSWERABLE && best.score <= Score::ONE, "{question}: {}", best.score);
        assert!(passages.is_sorted_by(|a, b| a.score >= b.score));
    }
}

#[test]
fn what_the_house_does_not_know_is_not_answered() {
    let index = Index::build(&house());
    for question in ["can you recommend a restaurant in Lisbon", "who won the match", "", "how do I", "the the the"] {
        assert!(found(&index, question).iter().all(|p| p.score < ANSWERABLE), "{question}");
    }
    assert!(found(&Index::build(&[]), "refund").is_empty());
}

#[test]
fn words_of_the_question_are_marked() {
    let index = Index::build(&house());
    let best = found(&index, "is the light blinking after I held the button?").remove(0);
    let text = best.text.raw();
    let marked: Vec<&str> = best.highlights.iter().map(|s| &text[s.start as usize..s.end as usize]).collect();
    assert_eq!(marked, ["button", "light", "blinks"]);
    assert_eq!(index.cited(&best.citation).unwrap().text, best.text);
    let nowhere = Citation { article: "hours".parse().unwrap(), paragraph: 9 };
    assert_eq!(index.cited(&nowhere), None);
}

#[test]
fn articles_speak_only_while_they_are_valid() {
    let mut articles = house();
    articles[0].valid_from = Some(Timestamp(100));
    articles[0].valid_to = Some(Timestamp(200));
    let index = Index::build(&articles);
    let count = |at| index.search(&"refund".into(), 3, Timestamp(at)).len();
    assert_eq!((count(99), count(100), count(199), count(200)), (0, 2, 2, 0));
}

#[test]
fn one_article_does_not_fill_the_answer() {
    let body = "The refund is on its way.\n\n".repeat(10);
    let index = Index::build(&[article("a", "Refunds", &body), article("b", "Other", "A refund too.")]);
    let names: Vec<String> = found(&index, "refund").iter().map(|p| p.citation.article.to_string()).collect();
    assert_eq!(names.iter().filter(|name| *name == "a").count(), PER_ARTICLE_MAX);
    assert!(names.contains(&"b".to_owned()));
}

#[test]
fn tags_find_an_article_too() {
    let mut articles = house();
    articles[2].tags = vec!["support times".to_owned()];
    let index = Index::build(&articles);
    assert_eq!(found(&index, "support times")[0].citation.article.as_str(), "hours");
}

#[test]
fn articles_are_ranked_as_wholes() {
    let mut articles = house();
    articles[3].valid_to = Some(Timestamp(10));
    let index = Index::build(&articles);
    let names = |question: &str, at| -> Vec<String> {
        index.rank(&question.into(), Timestamp(at)).iter().map(|(name, _)| name.to_string()).collect()
    };
    assert_eq!(names("the hub has no network", 0), ["error-codes", "reset-hub"]);
    assert_eq!(names("the hub has no network", 10), ["reset-hub"], "what is not valid is not found");
    assert!(names("who won the match", 0).is_empty());
    // A story of many words still finds what it is about.
    let story =
        format!("{} so how long does the refund take?", "We went to Lisbon with my aunt and her dog. ".repeat(60));
    assert_eq!(names(&story, 0).first().map(String::as_str), Some("refund-time"));
}

#[test]
fn search_and_rank_agree_on_a_plain_question() {
    let index = Index::build(&house());
    for question in ["How long does a refund to my card take?", "how can I reset my hub", "my hub shows e204"] {
        let ranked = index.rank(&question.into(), Timestamp(0));
        assert_eq!(ranked[0].0, &found(&index, question)[0].citation.article, "{question}");
        assert!(ranked.iter().all(|(_, about)| about.is_finite() && *about <= 1.0));
    }
}
