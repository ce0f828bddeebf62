//! Another language at the console: both texts side by side, what waits for its translation, and what is sent as
//! it is.

use insta::assert_snapshot;

use super::floor::{acts, busy, delta, detail, draw, id, items, press, row, secs_ago, send, shown, type_text};
use super::screens::lines;
use crate::console::model::Model;
use crate::console::pane::transcript::TranscriptView;
use crate::domain::analysis::{Emotion, Language};
use crate::domain::baton::Holder;
use crate::domain::command::OperatorAct;
use crate::domain::conversation::Author;
use crate::domain::id::{OperatorName, Seq, TurnNo};
use crate::domain::model::ModelFailure;
use crate::domain::said::Stands;
use crate::domain::score::Score;
use crate::domain::text::{Clean, Foreign};
use crate::domain::translation::TranslationFailure;
use crate::protocol::console::{Audience, Change};
use crate::protocol::transcript::{HeldFate, InOther, Item, ItemBody};

fn text(words: &str) -> Clean {
    Foreign::from(words).clean()
}

fn spanish() -> Language {
    "spa".parse().unwrap()
}

fn ana() -> OperatorName {
    "ana".parse().unwrap()
}

fn message(seq: u64, author: Author, words: &str, other: InOther) -> Item {
    let mood = (author == Author::Customer).then_some(Score(-2_000));
    let body = ItemBody::Message {
        turn: TurnNo(seq),
        author,
        text: text(words),
        mood,
        moved: Vec::new(),
        emotion: Emotion::Neutral,
        intent: None,
        slots: Vec::new(),
        sources: Vec::new(),
        beside: false,
        under: Vec::new(),
        changed: Vec::new(),
        stands: Stands::Alone,
        files: Vec::new(),
        other: Some(other),
    };
    Item { seq: Seq(seq), at: secs_ago(30), body }
}

fn held(seq: u64, words: &str, fate: HeldFate) -> Item {
    let body = ItemBody::Held { operator: ana(), text: text(words), to: spanish(), fate };
    Item { seq: Seq(seq), at: secs_ago(20), body }
}

/// Maya writes Spanish and Japanese, ana writes English and holds it.
fn between_languages(columns: u16, lines: u16, more: Vec<Item>) -> Model {
    let mut model = busy(columns, lines);
    let said = |words: &str| InOther::Said(text(words));
    let mut told = vec![
        message(
            20,
            Author::Customer,
            "Hola, me han cobrado dos veces el mismo pedido y quiero que me devuelvan el dinero, por favor.",
            said("Hello, I was charged twice for the same order and I want my money back, please."),
        ),
        message(
            21,
            Author::Operator(ana()),
            "Lo siento. Recibe el dinero hoy.",
            said("I am sorry. You get the money back today."),
        ),
        message(
            22,
            Author::Customer,
            "二重に請求されました。返金してください。",
            said("I was charged twice. Please refund me."),
        ),
        message(
            23,
            Author::Customer,
            "¿Y la lámpara?",
            InOther::Missing(TranslationFailure::Model(ModelFailure::Busy)),
        ),
        message(24, Author::Customer, "¿Hola?", InOther::Waits),
    ];
    told.extend(more);
    let mut mine = row(1, "Maya R.");
    mine.holder = Holder::Operator(ana());
    let mut beside = detail(1);
    (beside.translates, beside.approvals) = (Some(spanish()), Vec::new());
    let changes = vec![
        Change::Row(Box::new(mine)),
        Change::Detail(Box::new(beside)),
        Change::Items(id(1), items()),
        Change::Items(id(1), told),
    ];
    let wall = model.wall.0 + 1;
    send(&mut model, wall, delta(changes));
    draw(&mut model);
    model
}

/// The transcript alone, in so many cells.
fn transcript(model: &Model, width: u16) -> String {
    lines(&TranscriptView::of(model, width, 34).strips, width)
}

#[test]
fn the_two_languages_stand_side_by_side_and_below_each_other_where_it_is_narrow() {
    let waits = vec![
        held(30, "It goes out in Spanish.", HeldFate::Translated),
        held(31, "It is on its way.", HeldFate::Waits),
        held(32, "Anything else?", HeldFate::Unsent(Some(TranslationFailure::TimedOut))),
    ];
    let model = between_languages(200, 60, waits);
    assert_snapshot!("translated_wide", transcript(&model, 100));
    assert_snapshot!("translated_narrow", transcript(&model, 60));
}

#[test]
fn opened_whole_a_message_shows_both() {
    let mut model = between_languages(120, 40, Vec::new());
    model.line = Some(Seq(20));
    draw(&mut model);
    press(&mut model, "o");
    let seen = shown(&model);
    assert!(seen.contains("Hola, me han cobrado") && seen.contains("= Hello, I was charged twice"), "{seen}");
}

#[test]
fn the_composer_says_into_which_language_it_goes_and_that_it_does_not() {
    let mut model = between_languages(120, 40, Vec::new());
    press(&mut model, "r");
    assert!(shown(&model).contains("customer sees in es, translated"), "{}", shown(&model));
    type_text(&mut model, "Good morning");
    let sent = acts(&press(&mut model, "Enter"));
    assert!(matches!(&sent[..], [OperatorAct::Reply { untranslated: false, .. }]), "{sent:?}");
    press(&mut model, "Esc :");
    type_text(&mut model, "untranslated");
    assert_eq!(acts(&press(&mut model, "Enter")), [], "nothing is sent by that");
    assert!(shown(&model).contains("customer sees as it is, NOT translated"), "{}", shown(&model));
    type_text(&mut model, "Buenos días");
    let sent = acts(&press(&mut model, "Enter"));
    let [OperatorAct::Reply { text, untranslated: true, .. }] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!(text.raw(), "Buenos días");
}

#[test]
fn a_reply_that_went_to_nobody_is_taken_up_and_sent_as_it_is() {
    let lost = vec![
        held(30, "The first.", HeldFate::Unsent(Some(TranslationFailure::Unreachable))),
        held(31, "The money is on its way.", HeldFate::Unsent(Some(TranslationFailure::Unreachable))),
        held(32, "This one waits.", HeldFate::Waits),
    ];
    let mut model = between_languages(120, 40, lost);
    press(&mut model, ":");
    type_text(&mut model, "untranslated");
    press(&mut model, "Enter");
    assert_eq!(model.drafts[&id(1)].audience, Audience::Reply);
    let sent = acts(&press(&mut model, "Enter"));
    let [OperatorAct::Reply { text, untranslated: true, .. }] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!(text.raw(), "The money is on its way.");
}

#[test]
fn where_nothing_is_translated_there_is_nothing_to_switch() {
    let mut model = between_languages(120, 40, Vec::new());
    let wall = model.wall.0 + 1;
    send(&mut model, wall, delta(vec![Change::Detail(Box::new(detail(1)))]));
    press(&mut model, ":");
    type_text(&mut model, "untranslated");
    press(&mut model, "Enter");
    assert!(shown(&model).contains("nothing is translated here"), "{}", shown(&model));
    assert!(model.drafts.is_empty());
}
