//! Files at the console: a line each, opened when asked, one after the other, and only what is handed on.

use super::floor::{busy, delta, draw, id, items, press, send, shown};
use crate::console::model::Model;
use crate::console::update::{Effect, Message};
use crate::domain::file::{FileKind, Scan};
use crate::domain::id::{FileId, Seq};
use crate::domain::text::{Clean, Foreign};
use crate::protocol::console::Change;
use crate::protocol::file::FileRow;
use crate::protocol::transcript::ItemBody;

fn row(number: u8, name: &str, scan: Scan, open: bool) -> FileRow {
    let (file, name) = (FileId::from_random([number; 16]), Foreign::from(name).one_line());
    FileRow { file, name, kind: FileKind::Pdf, bytes: 85_600, scan, open }
}

/// Maya's second message came with these.
fn with(files: &[FileRow]) -> Model {
    let mut model = busy(200, 50);
    let mut item = items().into_iter().find(|item| item.seq == Seq(8)).unwrap();
    let ItemBody::Message { files: on_it, .. } = &mut item.body else { panic!("a message") };
    *on_it = files.to_vec();
    let wall = model.wall.0 + 1;
    send(&mut model, wall, delta(vec![Change::Items(id(1), vec![item])]));
    model.line = Some(Seq(8));
    draw(&mut model);
    model
}

fn opened(effects: &[Effect]) -> Vec<FileId> {
    let wanted = effects.iter().filter_map(|effect| {
        let Effect::OpenFile(wanted) = effect else { return None };
        assert_eq!(wanted.conversation, id(1));
        Some(wanted.file)
    });
    wanted.collect()
}

#[test]
fn a_file_is_a_line_and_is_opened_by_a_second_press_and_never_before() {
    let files = [
        row(1, "invoice.pdf", Scan::Clean, true),
        row(2, "virus.pdf", Scan::Refused, false),
        row(3, "photo.pdf", Scan::None, true),
    ];
    let mut model = with(&files);
    assert!(shown(&model).contains("▤ invoice.pdf · 84 KB · pdf · scanned clean"), "{}", shown(&model));
    assert!(shown(&model).contains("▤ virus.pdf · 84 KB · pdf · refused by the scan"), "{}", shown(&model));
    assert_eq!(opened(&press(&mut model, "o")), [], "the message opens first");
    assert!(shown(&model).contains("o opens"), "{}", shown(&model));
    assert_eq!(opened(&press(&mut model, "o")), [files[0].file]);
    assert_eq!(opened(&press(&mut model, "o")), [files[2].file], "what was refused is passed over");
    assert_eq!(opened(&press(&mut model, "o")), []);
    assert!(model.sheet.is_none(), "and then the sheet is taken away");
    let wall = model.wall.0 + 1;
    send(&mut model, wall, Message::Told(Err(Clean::fixed("not opened: it is gone"))));
    assert!(shown(&model).contains("not opened: it is gone"), "{}", shown(&model));
}

#[test]
fn what_is_not_handed_on_is_not_fetched_and_who_only_looks_reads_none() {
    let mut model = with(&[row(1, "invoice.pdf", Scan::Waits, false)]);
    assert!(shown(&model).contains("being scanned, not handed on"), "{}", shown(&model));
    assert_eq!(opened(&press(&mut model, "o o o")), []);
    assert!(shown(&model).contains("not handed on"), "{}", shown(&model));
    let mut model = with(&[row(1, "invoice.pdf", Scan::Clean, true)]);
    model.read_only = true;
    assert_eq!(opened(&press(&mut model, "o o")), []);
    assert!(shown(&model).contains("only looks"), "{}", shown(&model));
}
