//! Whole screens and single panes as text.

use insta::{assert_debug_snapshot, assert_snapshot};

use super::floor::{
    around, buffer, busy, console, delta, detail, draw, id, items, live, press, row, rows, send, shown, text, type_text,
};
use crate::console::model::{Link, Model};
use crate::console::pane::Screen;
use crate::console::pane::header::HeaderView;
use crate::console::pane::list::ListView;
use crate::console::pane::people::PeopleView;
use crate::console::pane::side::SideView;
use crate::console::pane::strip::{Strip, Strips};
use crate::console::pane::transcript::TranscriptView;
use crate::console::theme::{Depth, Theme};
use crate::console::update::{Effect, Message};
use crate::domain::time::Millis;
use crate::protocol::console::{Change, ConsoleReply, ConsoleRequest};
use crate::protocol::query::{Foreseen, Page, Query, WhatIf};
use crate::protocol::transcript::ItemBody;

#[test]
fn whole_screens() {
    for (columns, lines) in [(80, 24), (120, 40), (160, 45), (200, 60)] {
        assert_snapshot!(format!("floor_{columns}x{lines}"), shown(&busy(columns, lines)));
    }
    assert_snapshot!("floor_empty", shown(&live(120, 40, Vec::new())));
    assert_snapshot!("floor_unreached", shown(&console(80, 24)));
    assert_snapshot!("too_small", shown(&busy(40, 10)));
}

#[test]
fn one_pane_at_a_time() {
    let mut model = busy(80, 24);
    press(&mut model, "Enter");
    assert_snapshot!("narrow_transcript", shown(&model));
    press(&mut model, "l");
    assert_snapshot!("narrow_side", shown(&model));
    press(&mut model, "h h A");
    assert_snapshot!("narrow_card", shown(&model));
}

#[test]
fn above_the_panes() {
    for (name, keys) in [
        ("card_decide", "A"),
        ("card_move", "M"),
        ("card_close", "C"),
        ("card_presence", "@"),
        ("sheet_explain", "e"),
        ("sheet_drafts", "d"),
        ("sheet_help", "?"),
        ("sheet_acts", "."),
        ("sheet_whole", "l k k k o"),
        ("composer_whisper", "W"),
        ("transcript_marked", "l k k k k k"),
        ("zoom", "f"),
        ("side_people", "p"),
        ("view_agents", "3"),
    ] {
        let mut model = busy(120, 40);
        press(&mut model, keys);
        assert_snapshot!(name, shown(&model));
    }
}

/// The queue once the floor has said what would follow.
fn foretold(mut model: Model) -> Model {
    let mut asked = press(&mut model, "2");
    let wall = model.wall.0 + 600;
    asked.extend(send(&mut model, wall, Message::Tick));
    let key = asked.into_iter().find_map(|effect| {
        let Effect::Send(request) = effect else { return None };
        let ConsoleRequest::Ask { key, query: Query::WhatIf { .. }, .. } = *request else { return None };
        Some(key)
    });
    let Some(key) = key else { return model };
    let row = model.row().unwrap().clone();
    let one = |act: &str, about: &str, refused: bool, words: &str| Foreseen {
        act: act.into(),
        about: text(about),
        refused,
        words: text(words),
    };
    let acts = vec![
        one("decide", "approve refund 49.90 EUR", false, "the answer is yes; refund.create is done at once: 49.90 EUR"),
        one("decide", "reject refund 49.90 EUR", false, "the answer is no; refund.create is not done"),
        one(
            "take_over",
            "",
            false,
            "you hold it; billing stops; 1 draft is withheld; the customer hears of you with the first message, or \
             after 10 s; z undoes until then; what waits for a decision is not done",
        ),
        one("gate", "on", false, "every draft waits here for a person"),
        one("dismiss", "", true, "this escalation is settled"),
        one("move", "to ben", false, "ben holds it; billing stops"),
        one("resolve", "as solved", false, "the customer is told: How did we do, from 1 to 5?"),
    ];
    let page = Page::WhatIf(WhatIf { conversation: row.id, seq: row.seq, acts });
    let answer = ConsoleReply::Answer { key, page, next: None };
    send(&mut model, wall + 10, Message::Reply(Box::new(answer)));
    draw(&mut model);
    model
}

#[test]
fn queues() {
    for (columns, lines) in [(80, 24), (120, 40), (160, 45)] {
        assert_snapshot!(format!("queue_{columns}x{lines}"), shown(&foretold(busy(columns, lines))));
    }
    assert_snapshot!("queue_empty", shown(&foretold(live(120, 40, Vec::new()))));
    assert_snapshot!("queue_overfull", shown(&foretold(overfull())));
    assert_snapshot!("queue_wide_scripts", shown(&foretold(wide_scripts())));
    let mut model = foretold(busy(120, 40));
    press(&mut model, "W");
    assert_snapshot!("queue_writing", shown(&model));
}

#[test]
fn what_would_follow_is_asked_once_and_again_only_when_something_happened() {
    let mut model = foretold(busy(120, 40));
    let later = |wall: u64, model: &mut Model| {
        send(model, wall, Message::Tick)
            .iter()
            .filter(|effect| matches!(effect, Effect::Send(request) if matches!(**request, ConsoleRequest::Ask { .. })))
            .count()
    };
    assert_eq!(later(5_000, &mut model), 0, "nothing happened");
    let mut row = model.row().unwrap().clone();
    row.seq.0 += 1;
    send(&mut model, 5_100, delta(vec![Change::Row(Box::new(row))]));
    assert_eq!(model.foresight.page_of(id(1)).map(|page| page.seq.0), Some(101), "what stood there still stands");
    assert_eq!(later(5_200, &mut model), 0, "the question is on its way");
    press(&mut model, "1");
    assert_eq!(later(9_000, &mut model), 0, "nobody looks at it");
}

#[test]
fn colleagues_at_work() {
    use crate::protocol::console::Audience;
    use crate::protocol::row::WriterRow;
    for (columns, lines) in [(80, 24), (120, 40)] {
        let mut model = busy(columns, lines);
        let mut maya = model.row().unwrap().clone();
        maya.barge = Some("ben".parse().unwrap());
        maya.writers = vec![WriterRow { operator: "cleo".parse().unwrap(), to: Audience::Whisper }];
        maya.need.as_mut().unwrap().colleague = Some("ben".parse().unwrap());
        let mut sam = model.live.picture.rows[&id(100)].clone();
        sam.writers = vec![WriterRow { operator: "ben".parse().unwrap(), to: Audience::Reply }];
        let mut bo = model.live.picture.rows[&id(101)].clone();
        bo.watchers = vec!["cleo".parse().unwrap(), "ben".parse().unwrap()];
        let mut lena = model.live.picture.rows[&id(6)].clone();
        (lena.barge, lena.typing) = (Some("ben".parse().unwrap()), false);
        let mut side = detail(1);
        side.still_until = Some(crate::domain::time::Timestamp(super::floor::NOW.0 + 14_000));
        let rows = [maya, sam, bo, lena].map(|row| Change::Row(Box::new(row)));
        send(&mut model, 200, delta(rows.into_iter().chain([Change::Detail(Box::new(side))]).collect()));
        assert_snapshot!(format!("colleagues_{columns}x{lines}"), shown(&model));
    }
}

/// An answer that was composed anew under a whisper, and a draft that was.
#[test]
fn what_a_whisper_changed() {
    use crate::domain::time::Timestamp;
    use crate::protocol::transcript::{Span, SpanKind, Under};
    let span = |kind: SpanKind, words: &str| Span { kind, words: text(words) };
    let mut model = busy(120, 40);
    let mut items = items();
    for item in &mut items {
        if let ItemBody::Message { under, changed, sources, .. } = &mut item.body
            && !sources.is_empty()
        {
            let (seq, at) = (crate::domain::id::Seq(4), Timestamp(super::floor::NOW.0 - 130_000));
            *under = vec![Under { seq, at, by: "ana".parse().unwrap(), text: text("say the sum, and no sorry") }];
            *changed = vec![
                span(SpanKind::Gone, "I am so sorry for the trouble."),
                span(SpanKind::Kept, "I can see two charges"),
                span(SpanKind::New, "of 49.90"),
                span(SpanKind::Kept, "on 21 Nov. Let me check that for you, it takes a minute or two and then"),
                span(SpanKind::Gone, "perhaps"),
                span(SpanKind::Kept, "I am back"),
            ];
        }
    }
    send(&mut model, 200, delta(vec![Change::Items(id(1), items)]));
    assert_snapshot!("whispered", shown(&model));
    press(&mut model, "l k k k k k k o");
    assert_snapshot!("whispered_whole", shown(&model));
}

/// Everything an approval can have beside it.
#[test]
fn approvals_in_full() {
    use crate::domain::money::Money;
    use crate::domain::time::Timestamp;
    use crate::protocol::transcript::{PastPayment, ToolState};
    for (columns, lines) in [(80, 24), (120, 40), (160, 45)] {
        let mut model = busy(columns, lines);
        let mut open = detail(1);
        let card = &mut open.approvals[0];
        (card.amount, card.typed) = (Some(Money::eur(28_900)), true);
        let mut failed = card.evidence[0].clone();
        failed.state = ToolState::Failed;
        failed.line = text("failed after all attempts");
        card.evidence.push(failed);
        card.past = vec![PastPayment {
            at: Timestamp(super::floor::NOW.0 - 86_400_000 * 40),
            tool: "refund.create".parse().unwrap(),
            call: crate::domain::id::CallId(12),
            amount: Money::eur(1_990),
        }];
        card.policy.extend(
            ["you may allow it up to 500.00 EUR", "above 200.00 EUR two different people have to say yes"].map(text),
        );
        card.endorsed = Some("ben".parse().unwrap());
        card.draft = Some(text("I have sent 289.00 EUR back to your card ..4421; it takes three days."));
        send(&mut model, 150, delta(vec![Change::Detail(Box::new(open))]));
        press(&mut model, "A a");
        assert_snapshot!(format!("approval_{columns}x{lines}"), shown(&model));
        if columns == 120 {
            press(&mut model, "l 1 0 0");
            assert_snapshot!("approval_for_less", shown(&model));
        }
    }
}

#[test]
fn writing() {
    let mut model = busy(120, 40);
    press(&mut model, "W");
    type_text(
        &mut model,
        "offer 10 EUR voucher, she had this in August too 日本語 and a line that is long enough to break",
    );
    press(&mut model, "Ctrl-j");
    type_text(&mut model, "second line");
    assert_snapshot!("composer_long", shown(&model));
    let lost = Link::Lost { reason: "the server closed".into(), retry_at: Millis(4_000) };
    send(&mut model, 2_000, Message::Link(lost));
    assert_snapshot!("line_lost", shown(&model));
}

#[test]
fn history_and_replay() {
    let mut model = busy(120, 40);
    press(&mut model, "5");
    let key = model.history.asked.clone().unwrap().0;
    let page = Page::History(super::flow::history(30));
    send(&mut model, 200, Message::Reply(Box::new(ConsoleReply::Answer { key, page, next: None })));
    assert_snapshot!("history", shown(&model));
    let mut model = busy(120, 40);
    press(&mut model, "<");
    let key = model.asked.clone().unwrap().key;
    let page = Page::Session(super::flow::session());
    send(&mut model, 300, Message::Reply(Box::new(ConsoleReply::Answer { key, page, next: None })));
    press(&mut model, "< <");
    assert_snapshot!("scrubbed", shown(&model));
}

#[test]
fn what_no_article_answers() {
    for (name, columns, lines, gaps) in [
        ("knowledge_empty", 120, 40, Some(0)),
        ("knowledge_asking", 120, 40, None),
        ("knowledge", 120, 40, Some(3)),
        ("knowledge_80x24", 80, 24, Some(3)),
        ("knowledge_overfull", 80, 24, Some(30)),
    ] {
        let mut model = busy(columns, lines);
        press(&mut model, "6");
        let key = model.knowledge.asked.clone().unwrap();
        if let Some(gaps) = gaps {
            let page = Page::Gaps(Box::new(super::flow::gaps(gaps)));
            send(&mut model, 200, Message::Reply(Box::new(ConsoleReply::Answer { key, page, next: None })));
            press(&mut model, "j j j j j j j j j j j j j j j j");
        }
        assert_snapshot!(name, shown(&model));
    }
}

/// Lines of a pane as text.
pub(super) fn lines(strips: &[Strip], width: u16) -> String {
    let mut model = console(width, strips.len() as u16);
    model.size.columns = width;
    let area = ratatui::layout::Rect::new(0, 0, width, strips.len() as u16);
    let mut buf = ratatui::buffer::Buffer::empty(area);
    let theme = Theme::named("midnight", Depth::True).unwrap();
    ratatui::widgets::Widget::render(Strips(strips, &theme), area, &mut buf);
    let mut out = String::new();
    for y in 0..area.height {
        let mut x = 0;
        while x < width {
            let symbol = buf[(x, y)].symbol();
            out.push_str(symbol);
            x += unicode_width::UnicodeWidthStr::width(symbol).max(1) as u16;
        }
        out.push_str("│\n");
    }
    out
}

/// A floor whose names and texts are wide, joined or long.
fn wide_scripts() -> Model {
    let names = ["日本語の名前はとても長い", "👩‍👩‍👧‍👦 family", "नमस्ते दुनिया", "Zoë́́́ é", "ไทย ภาษา", "한국어 이름"];
    let mut changes = around();
    changes.extend(names.iter().zip(1..).map(|(name, n)| Change::Row(Box::new(row(n, name)))));
    let mut model = live(120, 40, changes);
    model.selected = Some(id(1));
    send(&mut model, 100, Message::Tick);
    let mut items = items();
    for item in &mut items {
        if let ItemBody::Message { text: words, .. } = &mut item.body {
            *words = text("注文1182で二重に請求されました。これで二回目です！！ 返金してもらえますか 👩‍💻 नमस्ते");
        }
    }
    let mut side = detail(1);
    side.slots = vec![("order".parse().unwrap(), text("注文番号１１８２と、とても長い説明がここに続きます"))];
    send(&mut model, 100, delta(vec![Change::Items(id(1), items), Change::Detail(Box::new(side))]));
    draw(&mut model);
    model
}

/// Hundreds of everything.
fn overfull() -> Model {
    let mut changes = around();
    changes.extend(rows(900));
    for n in 0..60 {
        let mut need = row(2_000 + n, &format!("Needs {n}"));
        need.section = crate::protocol::row::Section::NeedsYou;
        need.need = Some(super::floor::need(crate::protocol::row::NeedReason::Failing, n as i32, n, 5));
        let mut yours = row(3_000 + n, &format!("Yours {n}"));
        yours.section = crate::protocol::row::Section::Yours;
        changes.extend([Change::Row(Box::new(need)), Change::Row(Box::new(yours))]);
    }
    let mut model = live(120, 40, changes);
    model.selected = Some(id(1));
    send(&mut model, 100, Message::Tick);
    let mut many = Vec::new();
    for n in 0..40 {
        for mut item in items() {
            item.seq.0 += n * 20;
            if let ItemBody::Message { text: words, .. } = &mut item.body {
                *words = text(&"a very long message that goes on and on ".repeat(60));
            }
            many.push(item);
        }
    }
    let mut side = detail(1);
    side.slots = (0..40).map(|n| (format!("slot-{n}").parse().unwrap(), text("value"))).collect();
    send(&mut model, 100, delta(vec![Change::Items(id(1), many), Change::Detail(Box::new(side))]));
    draw(&mut model);
    model
}

/// Each pane empty, typical, overfull, narrow and with wide scripts.
fn five(pane: impl Fn(&Model, u16) -> Vec<Strip>, width: u16, narrow: u16) -> String {
    let parts = vec![
        ("empty", live(120, 40, Vec::new()), width),
        ("typical", busy(120, 40), width),
        ("overfull", overfull(), width),
        ("narrow", busy(120, 40), narrow),
        ("wide scripts", wide_scripts(), width),
    ];
    let mut out = String::new();
    for (name, model, width) in &parts {
        out.extend([
            "== ",
            name,
            "
",
            &lines(&pane(model, *width), *width),
        ]);
    }
    out
}

#[test]
fn panes() {
    assert_snapshot!("pane_list", five(|model, width| ListView::of(model, width, 22).strips, 41, 30));
    assert_snapshot!("pane_transcript", five(|model, width| TranscriptView::of(model, width, 24).strips, 51, 40));
    assert_snapshot!("pane_side", five(|model, width| SideView::of(model, width, 24).strips, 26, 20));
    assert_snapshot!("pane_people", five(|model, width| PeopleView::of(model, width).strips, 41, 20));
    assert_snapshot!("pane_header", five(|model, _| HeaderView::from(model).strips.to_vec(), 120, 80));
}

#[test]
fn agents_and_people() {
    use crate::console::pane::agents::AgentsView;
    assert_snapshot!("pane_agents", five(|model, width| AgentsView::of(model, width, 16).strips, 120, 80));
    let mut model = busy(120, 40);
    press(&mut model, "3 j @ p 1 5");
    assert_snapshot!("card_state_of_another", shown(&model));
}

#[test]
fn looks() {
    let model = busy(60, 16);
    let buf = buffer(&Screen::of(&model), &model, Depth::Ansi16);
    assert_debug_snapshot!("styles_60x16", buf);
}
