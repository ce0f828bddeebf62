//! Images and files that customers send: what they are by their content, how large they may be, and how
//! far they are handed on.

use serde::{Deserialize, Serialize};

use super::id::{ContentHash, FileId, TurnNo};
use super::personal::Personal;
use super::text::Foreign;
use super::time::Millis;

/// Bytes of one file unless policy says otherwise: a photograph of a telephone, a scanned contract.
pub const FILE_BYTES: u32 = 10 * 1024 * 1024;
/// Bytes of one file at most, whatever policy says: it is held in memory to be typed, hashed and sealed.
pub const FILE_BYTES_MAX: u32 = 25 * 1024 * 1024;
/// Files of one message unless policy says otherwise: both sides of a card, and a few pages.
pub const PER_MESSAGE: u32 = 5;
/// Files of one message at most, whatever policy says: an event names each.
pub const PER_MESSAGE_MAX: u32 = 20;
/// Files of one conversation unless policy says otherwise.
pub const PER_CONVERSATION: u32 = 30;
/// Files of one conversation at most, whatever policy says: the floor keeps a line for each in memory.
pub const PER_CONVERSATION_MAX: u32 = 200;
/// Bytes that one customer may send on a day unless policy says otherwise: a dozen photographs.
pub const PER_DAY_BYTES: u64 = 100 * 1024 * 1024;
/// Bytes that all files together may take unless policy says otherwise; a full disk would stop the journal.
pub const DISK_BYTES: u64 = 4 * 1024 * 1024 * 1024;
/// Longest name of a file, in bytes: what file systems take.
pub const NAME_BYTES_MAX: usize = 255;
/// How long an answer waits for a scan: what takes longer is answered as not looked at yet.
pub const SCAN_PATIENCE: Millis = Millis::from_secs(20);
/// How long a file that was uploaded and never said is kept: longer than anybody writes at a message.
pub const ORPHAN_AFTER: Millis = Millis::from_mins(60);

/// What a file is, read off its first bytes and never off its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
    /// An image.
    Png,
    /// A photograph.
    Jpeg,
    /// An image, perhaps moving.
    Gif,
    /// An image.
    Webp,
    /// A photograph of some telephones.
    Heic,
    /// A document.
    Pdf,
    /// Plain text in UTF-8.
    Text,
    /// A drawing that may hold scripts.
    Svg,
    /// A page that may hold scripts.
    Html,
    /// An archive; documents of offices are archives too.
    Zip,
}

impl FileKind {
    /// What a house takes unless policy says otherwise: nothing of it can run.
    pub const USUAL: [Self; 6] = [Self::Png, Self::Jpeg, Self::Gif, Self::Webp, Self::Pdf, Self::Text];

    /// What bytes are; nothing when they are nothing that a house can take.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let starts = |magic: &[u8]| bytes.starts_with(magic);
        let at = |from: usize, magic: &[u8]| bytes.get(from..).is_some_and(|rest| rest.starts_with(magic));
        if starts(b"\x89PNG\r\n\x1a\n") {
            return Some(Self::Png);
        }
        if starts(b"\xff\xd8\xff") {
            return Some(Self::Jpeg);
        }
        if starts(b"GIF87a") || starts(b"GIF89a") {
            return Some(Self::Gif);
        }
        if starts(b"RIFF") && at(8, b"WEBP") {
            return Some(Self::Webp);
        }
        if at(4, b"ftyp") && [b"heic", b"heix", b"mif1", b"msf1"].iter().any(|brand| at(8, *brand)) {
            return Some(Self::Heic);
        }
        if starts(b"%PDF-") {
            return Some(Self::Pdf);
        }
        if starts(b"PK\x03\x04") || starts(b"PK\x05\x06") {
            return Some(Self::Zip);
        }
        Self::of_text(bytes)
    }

    /// Text that holds marks of a page or a drawing is one, wherever they stand: browsers look for them too.
    fn of_text(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        // A text has lines and tabs; what steers a terminal or a printer is no text.
        if text.is_empty() || text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}')) {
            return None;
        }
        // `#!` and the like say that something is to be run.
        if text.starts_with("#!") {
            return None;
        }
        let lower = text.to_ascii_lowercase();
        let holds = |marks: &[&str]| marks.iter().any(|mark| lower.contains(mark));
        if holds(&["<svg"]) {
            return Some(Self::Svg);
        }
        if holds(&["<!doctype html", "<html", "<head", "<body", "<script", "<iframe", "<object", "<embed"]) {
            return Some(Self::Html);
        }
        Some(Self::Text)
    }

    /// Its name, as people and files spell it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpeg",
            Self::Gif => "gif",
            Self::Webp => "webp",
            Self::Heic => "heic",
            Self::Pdf => "pdf",
            Self::Text => "text",
            Self::Svg => "svg",
            Self::Html => "html",
            Self::Zip => "zip",
        }
    }

    /// The media type it is handed out under. What could run is handed out as bytes.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Heic => "image/heic",
            Self::Pdf => "application/pdf",
            Self::Text => "text/plain; charset=utf-8",
            Self::Svg | Self::Html | Self::Zip => "application/octet-stream",
        }
    }

    /// The ending under which it is saved, whatever its name said.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Text => "txt",
            Self::Png | Self::Gif | Self::Webp | Self::Heic | Self::Pdf | Self::Svg | Self::Html | Self::Zip => {
                self.word()
            }
        }
    }

    /// Whether a program may be called to show it. What can hold scripts is saved and not opened.
    pub const fn may_be_opened(self) -> bool {
        match self {
            Self::Png | Self::Jpeg | Self::Gif | Self::Webp | Self::Heic | Self::Pdf | Self::Text => true,
            Self::Svg | Self::Html | Self::Zip => false,
        }
    }
}

impl std::str::FromStr for FileKind {
    type Err = String;
    fn from_str(word: &str) -> Result<Self, String> {
        let all = [
            Self::Png,
            Self::Jpeg,
            Self::Gif,
            Self::Webp,
            Self::Heic,
            Self::Pdf,
            Self::Text,
            Self::Svg,
            Self::Html,
            Self::Zip,
        ];
        all.into_iter().find(|kind| kind.word() == word).ok_or_else(|| format!("`{word}` is no kind of file"))
    }
}

/// What a customer calls a file, and what it holds: theirs, and gone with their key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileLabel {
    /// Its name, as it came.
    pub name: Foreign,
    /// The digest of its content.
    pub hash: ContentHash,
}

/// A file that belongs to a message. Its content lies beside the journal, sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentFile {
    /// Which.
    pub file: FileId,
    /// What it is.
    pub kind: FileKind,
    /// How many bytes it has.
    pub bytes: u32,
    /// Its name and content.
    pub label: Personal<FileLabel>,
}

/// How a file stands with the scanner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scan {
    /// It is being looked at.
    Waits,
    /// Nothing was found.
    Clean,
    /// Something was found.
    Refused,
    /// The scanner gave no answer, and why.
    Unknown(ScanFault),
    /// The house has no scanner.
    None,
}

/// Why a scanner gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScanFault {
    /// It took too long.
    TimedOut,
    /// It could not be started or reached.
    Absent,
    /// It broke off, or said nothing that can be read.
    Broke,
    /// The content could not be read.
    Unread,
}

impl Scan {
    /// In words, as it stands behind a file.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Waits => "being scanned",
            Self::Clean => "scanned clean",
            Self::Refused => "refused by the scan",
            Self::Unknown(ScanFault::TimedOut) => "scan took too long",
            Self::Unknown(ScanFault::Absent) => "scanner cannot be reached",
            Self::Unknown(ScanFault::Broke) => "scanner broke",
            Self::Unknown(ScanFault::Unread) => "could not be read for the scan",
            Self::None => "not scanned",
        }
    }
}

/// How far files are handed on to operators and agents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HandOn {
    /// Only what a scanner found nothing in.
    Clean,
    /// Whatever no scanner refused.
    Unrefused,
}

impl HandOn {
    /// Whether a file that stands so is handed on.
    pub const fn takes(self, scan: Scan) -> bool {
        match scan {
            Scan::Clean => true,
            Scan::Waits | Scan::Refused => false,
            Scan::Unknown(_) | Scan::None => matches!(self, Self::Unrefused),
        }
    }
}

/// How the files of a message stand when it is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scanning {
    /// Whether a scanner looks at them.
    pub scan: Scan,
    /// Whether they are handed on to operators and agents already.
    pub open: bool,
}

/// A file as an agent is told of it: never its name, which is a stranger's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileGiven {
    /// Which.
    pub file: FileId,
    /// With which message.
    pub turn: TurnNo,
    /// What it is.
    pub kind: FileKind,
    /// How many bytes it has.
    pub bytes: u32,
    /// How it stands with the scanner.
    pub scan: Scan,
    /// Whether it is handed on.
    pub open: bool,
    /// Whether its message waits for this answer.
    pub now: bool,
}

/// A size in words: `84 KB`.
pub fn size(bytes: u32) -> String {
    const KB: u32 = 1024;
    const MB: u32 = KB * KB;
    if bytes < KB {
        return format!("{bytes} B");
    }
    if bytes < MB {
        return format!("{} KB", bytes.div_ceil(KB));
    }
    format!("{}.{} MB", bytes / MB, bytes % MB * 10 / MB)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_is_stands_in_its_bytes() {
        let is = |bytes: &[u8]| FileKind::of(bytes);
        assert_eq!(is(b"\x89PNG\r\n\x1a\n...."), Some(FileKind::Png));
        assert_eq!(is(b"\xff\xd8\xff\xe0JFIF"), Some(FileKind::Jpeg));
        assert_eq!(is(b"GIF89a"), Some(FileKind::Gif));
        assert_eq!(is(b"RIFF\x10\0\0\0WEBPVP8 "), Some(FileKind::Webp));
        assert_eq!(is(b"RIFF\x10\0\0\0WAVEfmt "), None);
        assert_eq!(is(b"\0\0\0\x18ftypheic\0\0"), Some(FileKind::Heic));
        assert_eq!(is(b"%PDF-1.7\n\xff"), Some(FileKind::Pdf));
        assert_eq!(is(b"PK\x03\x04...."), Some(FileKind::Zip));
        assert_eq!(is("Grüße,\nMaya\n".as_bytes()), Some(FileKind::Text));
        for run in [b"MZ\x90\0".as_slice(), b"\x7fELF\x02", b"#!/bin/sh\nrm -rf ~\n", b"\x1b[2Jhello", b"\xff\xfe", b""]
        {
            assert_eq!(is(run), None, "{run:?}");
        }
    }

    #[test]
    fn a_page_or_a_drawing_is_no_plain_text_wherever_it_begins() {
        let is = |text: &str| FileKind::of(text.as_bytes());
        assert_eq!(is("<?xml version='1.0'?>\n<!-- x --><SVG onload=alert(1)>"), Some(FileKind::Svg));
        assert_eq!(is("Dear all\n<scRipt>alert(1)</script>"), Some(FileKind::Html));
        assert_eq!(is("  <!DOCTYPE HTML><p>"), Some(FileKind::Html));
        assert_eq!(is("a < b and b > c"), Some(FileKind::Text));
        assert!(FileKind::USUAL.iter().all(|kind| kind.may_be_opened()));
        assert!(![FileKind::Svg, FileKind::Html].iter().any(|kind| kind.may_be_opened()));
    }

    #[test]
    fn unless_a_scanner_found_nothing_a_file_stays_where_it_is() {
        let unknown = Scan::Unknown(ScanFault::TimedOut);
        let of =
            |rule: HandOn| [Scan::Waits, Scan::Clean, Scan::Refused, unknown, Scan::None].map(|scan| rule.takes(scan));
        assert_eq!(of(HandOn::Clean), [false, true, false, false, false]);
        assert_eq!(of(HandOn::Unrefused), [false, true, false, true, true]);
    }

    #[test]
    fn sizes_are_told_as_people_tell_them() {
        assert_eq!([5, 1024, 85_600, 3_565_158].map(size), ["5 B", "1 KB", "84 KB", "3.3 MB"]);
    }
}
