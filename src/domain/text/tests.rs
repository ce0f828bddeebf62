use super::*;

fn cleaned(text: &str) -> String {
    Foreign::new(text).clean().as_str().to_owned()
}

#[test]
fn what_is_harmless_stays() {
    for text in [
        "Where is my order?\nIt was due on Monday.",
        "Grüße, Ελληνικά, Русский, עברית, العربية, हिन्दी, বাংলা, ไทย, 日本語, 한국어",
        "👩‍👩‍👧 👍🏽 🏳️‍🌈 ❤️ 🇩🇪 e\u{301} · … – €",
        "ﾊﾞ ﾊﾟ",
        "",
    ] {
        assert_eq!(cleaned(text), text);
    }
    assert_eq!(cleaned("a\tb\u{a0}c\u{3000}d\r\ne"), "a b c d\ne");
}

#[test]
fn every_class_is_taken_out_and_marked() {
    for (text, expected) in [
        ("a\0b\u{7}c\u{7f}d", "a·b·c·d"),
        ("a\u{80}b\u{85}c\u{9f}d", "a·b·c·"),
        ("a\rb", "a·b"),
        ("\u{1b}[31mred\u{1b}[0m", "·red·"),
        ("\u{9b}31mred", "·red"),
        ("a\u{1b}[31", "a·"),
        ("a\u{1b}[3\n1mb", "a·\n1mb"),
        ("a\u{1b}]0;title\u{7}b", "a·b"),
        ("a\u{1b}]8;;http://x\u{1b}\\link\u{1b}]8;;\u{1b}\\b", "a·link·b"),
        ("a\u{1b}]52;c;AAAA\u{9c}b", "a·b"),
        ("a\u{9d}0;title", "a·"),
        ("a\u{1b}Pq#0\u{1b}\\b\u{1b}Xs\u{1b}\\c\u{1b}^p\u{1b}\\d\u{1b}_a\u{1b}\\e", "a·b·c·d·e"),
        ("a\u{90}q\u{9c}b\u{98}s\u{9c}c\u{9e}p\u{9c}d\u{9f}a\u{9c}e", "a·b·c·d·e"),
        ("a\u{1b}cb\u{1b}(Bc\u{1b}", "a·b·c·"),
        ("a\u{1b}\u{1b}\u{1b}[Ab", "a·b"),
        ("a\u{61c}b\u{200e}c\u{200f}d", "a·b·c·d"),
        ("a\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}b\u{2066}\u{2067}\u{2068}\u{2069}c", "a·b·c"),
        ("a\u{200b}b\u{200c}c\u{200d}d", "a·b·c·d"),
        ("a\u{2060}\u{2064}b\u{feff}c\u{ad}d", "a·b·c·d"),
        ("a\u{e0001}\u{e0041}\u{e007f}b", "a·b"),
        ("a\u{2028}b\u{2029}c", "a·b·c"),
        ("❤\u{fe0f}\u{fe0f}\u{e0100}!", "❤\u{fe0f}·!"),
        ("a\u{e000}b\u{f8ff}c\u{100000}d", "a·b·c·d"),
        ("a\u{fdd0}b\u{ffff}c\u{10ffff}d", "a·b·c·d"),
        ("a\u{378}b\u{3164}c\u{fffb}d", "a·b·c·d"),
        ("\u{301}a\n\u{301}b", "·a\n·b"),
        ("👩\u{200d}\u{200d}👧", "👩·👧"),
    ] {
        assert_eq!(cleaned(text), expected, "{text:?}");
    }
}

#[test]
fn piles_of_marks_and_long_lines_are_cut() {
    let pile = cleaned(&format!("e{}x", "\u{301}".repeat(20_000)));
    assert_eq!(pile, format!("e{}·x", "\u{301}".repeat(clean::COMBINING_MAX)));
    assert_eq!(Foreign::new(&"é".repeat(50_000)).raw().len(), FOREIGN_BYTES_MAX);
    assert_eq!(Foreign::new(&format!("a{}", "é".repeat(50_000))).raw().len(), FOREIGN_BYTES_MAX - 1);
    assert_eq!(Foreign::try_new(&"x".repeat(100_000)), Err(TooLong { bytes: 100_000 }));
    let worst = cleaned(&"a\0".repeat(FOREIGN_BYTES_MAX / 2));
    assert!(worst.len() <= CLEAN_BYTES_MAX);
    let family = format!("{}👩", "👩\u{200d}".repeat(5_000));
    assert!(cleaned(&family).graphemes(true).all(|g| g.len() < 100));
}

#[test]
fn a_line_is_cut_by_cells_between_clusters() {
    let cut = |text: &str, cells| Foreign::new(text).clean().truncated(cells);
    assert_eq!(cut("billing", 7), "billing");
    assert_eq!(cut("billing", 6), "billi…");
    assert_eq!(cut("日本語", 5), "日本…");
    assert_eq!(cut("日本語", 4), "日…");
    assert_eq!(cut("e\u{301}e\u{301}e\u{301}", 2), "e\u{301}…");
    assert_eq!(cut("👩‍👩‍👧👩‍👩‍👧", 3), "👩‍👩‍👧…");
    assert_eq!(cut("ab", 1), "…");
    assert_eq!(cut("ab", 0), "");
    assert_eq!(Foreign::new("\na\n\nb\n").one_line(), "a b");
}

#[test]
fn a_wire_cannot_smuggle() {
    let clean: Clean = serde_json::from_str(r#""a\u001b[31mb\u202e""#).unwrap();
    assert_eq!(clean, "a·b·");
    let worst = Foreign::new(&"a\0".repeat(FOREIGN_BYTES_MAX / 2)).clean();
    let back: Clean = serde_json::from_str(&serde_json::to_string(&worst).unwrap()).unwrap();
    assert_eq!(back, worst);
    let long = serde_json::to_string(&"x".repeat(100_000)).unwrap();
    assert_eq!(serde_json::from_str::<Foreign>(&long).unwrap().raw().len(), FOREIGN_BYTES_MAX);
    assert_eq!(format!("{:?}", Foreign::new("secret")), "Foreign(6 bytes)");
}

#[test]
fn encoders_spell_what_hides() {
    let text = Foreign::new("=<b>\"\\\u{202e}\u{1b}[m\u{200b}\u{e0041}\n'&");
    assert_eq!(text.to_html(), "=&lt;b&gt;&quot;\\·\n&#39;&amp;");
    assert_eq!(text.to_csv(), "\"'=<b>\"\"\\\\\\u{202e}\\u{1b}[m\\u{200b}\\u{e0041}\\n'&\"");
    assert_eq!(text.to_json(), "\"=<b>\\\"\\\\\\u202e\\u001b[m\\u200b\\udb40\\udc41\\n'&\"");
    assert_eq!(serde_json::from_str::<String>(&text.to_json()).unwrap(), text.raw());
}

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }

    fn text(&mut self) -> String {
        const PARTS: &[&str] = &[
            "\u{1b}",
            "[",
            "]",
            "P",
            "\\",
            "\u{7}",
            "\u{9c}",
            "\u{9b}",
            "\u{9d}",
            "31m",
            ";",
            "a",
            "B",
            " ",
            "\n",
            "\r",
            "\t",
            "\u{200d}",
            "\u{200b}",
            "\u{202e}",
            "\u{2069}",
            "\u{fe0f}",
            "\u{e0100}",
            "\u{301}",
            "\u{20e3}",
            "👩",
            "👧",
            "🇩",
            "🏽",
            "日",
            "é",
            "\u{1160}",
            "ᄀ",
            "ᅡ",
            "ᆨ",
            "\u{e0041}",
            "\u{e000}",
            "\u{ffff}",
            "·",
            "…",
            "c",
            "?1049h",
            "2J",
            "\u{18}",
            "(",
            "0",
            "ﾞ",
            "\u{9be}",
        ];
        let parts = self.roll(60);
        (0..parts)
            .map(|_| match self.roll(4) {
                0 => char::from_u32(self.roll(0x11_0000) as u32).unwrap_or('x').to_string(),
                1 => char::from_u32(self.roll(0x300) as u32).unwrap_or('x').to_string(),
                _ => PARTS[self.roll(PARTS.len())].to_owned(),
            })
            .collect()
    }
}

/// The rule in other words than the cleaner's: nothing here may come out of it.
fn forbidden(c: char) -> bool {
    let code = c as u32;
    (c.is_control() && c != '\n')
        || matches!(code, 0x61c | 0x200b | 0x200c | 0x200e | 0x200f | 0x202a..=0x202e | 0x2060..=0x2069 | 0xfeff)
        || matches!(code, 0x2028 | 0x2029 | 0xe000..=0xf8ff | 0xf0000.. | 0xe0000..=0xe00ff | 0xe01f0..=0xe0fff)
        || matches!(code, 0xfdd0..=0xfdef)
        || code & 0xfffe == 0xfffe
}

#[test]
fn no_text_gets_anything_else_through() {
    let mut dice = Dice(0x5eed);
    for round in 0..20_000 {
        let text = dice.text();
        let clean = cleaned(&text);
        assert!(!clean.chars().any(forbidden), "round {round}: {text:?} became {clean:?}");
        assert_eq!(cleaned(&clean), clean, "round {round}: {text:?} is not cleaned at once");
    }
}

#[test]
fn a_terminal_shows_the_characters_and_does_nothing_else() {
    let mut dice = Dice(7);
    for round in 0..2_000 {
        let text = dice.text();
        let line = Foreign::new(&text).one_line();
        let mut terminal = vt100::Parser::new(5.try_into().unwrap(), 400.try_into().unwrap(), 0);
        terminal.process(b"above\x1b[3;1H");
        terminal.process(line.as_str().as_bytes());
        let screen = terminal.screen();
        assert_eq!(screen.cursor_position().0, 2, "round {round}: {text:?} moved off its line");
        let rows: Vec<String> = screen.rows(0, 400).collect();
        assert_eq!([&*rows[0], &*rows[1], &*rows[3], &*rows[4]], ["above", "", "", ""], "round {round}: {text:?}");
        assert!(rows[2].chars().all(|c| line.as_str().contains(c)), "round {round}: {text:?} showed {:?}", rows[2]);
        let first = line.as_str().trim_end().chars().next();
        assert_eq!(
            first.filter(|c| *c != ' '),
            rows[2].chars().next().filter(|c| *c != ' '),
            "round {round}: {text:?}"
        );
        assert!(!screen.alternate_screen() && !screen.hide_cursor() && !screen.application_cursor());
        assert!(
            (0..400)
                .all(|x| screen.cell(2, x).is_none_or(|cell| cell.fgcolor() == vt100::Color::Default && !cell.bold()))
        );
    }
}
