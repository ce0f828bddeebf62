//! Files that an operator opens: into a private folder that goes with the console, and from there to the
//! system's own program for them.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::client::files::Source;
use crate::console::update::Wanted;
use crate::domain::text::Clean;

/// Characters of a name that is saved: what a list of files shows.
const NAME_CHARS_MAX: usize = 60;
/// The variable that names another program to open files with.
const OPENER: &str = "BATON_OPENER";

/// Where the files of one console lie; they go with it.
#[derive(Debug)]
pub(super) struct Shelf(PathBuf);

impl Shelf {
    /// A folder that nobody else can read; made when the first file comes.
    pub(super) fn new(stem: &str) -> Self {
        Self(std::env::temp_dir().join(format!("baton-{}-{stem}", std::process::id())))
    }

    pub(super) fn folder(&self) -> PathBuf {
        self.0.clone()
    }
}

impl Drop for Shelf {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Fetches a file, saves it and has it opened; what came of it, in words.
pub(super) async fn open(source: Source, wanted: Wanted, folder: PathBuf) -> Result<Clean, Clean> {
    let told = |error: &dyn std::fmt::Display| Clean::shown(&format_args!("not opened: {error}"));
    let content = source.fetch(wanted.conversation, wanted.file).await.map_err(|error| told(&error))?;
    let path = saved(&folder, &wanted, &content).map_err(|error| told(&error))?;
    if !wanted.kind.may_be_opened() {
        return Ok(Clean::shown(&format_args!(
            "saved as {}; {} is not opened from here",
            path.display(),
            wanted.kind.word()
        )));
    }
    shown(&path).map_err(|error| told(&error))?;
    Ok(Clean::shown(&format_args!("opened {}", path.display())))
}

/// Writes a file that only its owner can read. Another of the same name stays.
fn saved(folder: &Path, wanted: &Wanted, content: &[u8]) -> io::Result<PathBuf> {
    // Each file in a folder of its own, so that names never meet.
    let folder = folder.join(wanted.file.to_string());
    DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
    let path = folder.join(named(wanted));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
    file.write_all(content)?;
    Ok(path)
}

/// The customer's name for it in letters, digits and a few marks, with the ending of what it is.
fn named(wanted: &Wanted) -> String {
    let name = wanted.name.as_str();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let kept = stem.chars().map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_' | ' ') { c } else { '_' });
    let kept: String = kept.take(NAME_CHARS_MAX).collect();
    let kept = kept.trim().trim_start_matches('-');
    format!("{}.{}", if kept.is_empty() { "file" } else { kept }, wanted.kind.ending())
}

/// Has the system show a file. What its program says belongs on no screen of ours.
fn shown(path: &Path) -> io::Result<()> {
    let usual = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let program = std::env::var_os(OPENER).unwrap_or_else(|| usual.into());
    let mut command = Command::new(&program);
    command.arg(path).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut running = command.spawn().map_err(|error| {
        let what = format!("saved as {}, but {} does not start: {error}", path.display(), program.to_string_lossy());
        io::Error::new(error.kind(), what)
    })?;
    // Somebody has to hear of its end.
    std::thread::spawn(move || running.wait());
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::domain::file::FileKind;
    use crate::domain::id::{ConversationId, FileId};
    use crate::domain::text::Foreign;

    fn wanted(name: &str, kind: FileKind) -> Wanted {
        let name = Foreign::from(name).one_line();
        Wanted { conversation: ConversationId::default(), file: FileId::from_random([7; 16]), name, kind }
    }

    #[test]
    fn a_file_is_saved_privately_under_a_name_that_leads_nowhere() {
        let named = |name: &str, kind| named(&wanted(name, kind));
        assert_eq!(named("Rechnung März.pdf", FileKind::Pdf), "Rechnung März.pdf");
        assert_eq!(named("../../.bashrc", FileKind::Text), "______.txt");
        assert_eq!(named("-rf.exe", FileKind::Png), "rf.png");
        assert_eq!(named("a;rm -rf ~\u{202e}fdp.html", FileKind::Html).find(['/', ';', '~', '\u{202e}']), None);
        let outer = tempfile::tempdir().unwrap();
        let shelf = Shelf(outer.path().join("shelf"));
        let path = saved(&shelf.folder(), &wanted("a.pdf", FileKind::Pdf), b"%PDF").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap()), mode(&shelf.0)), (0o600, 0o700, 0o700));
        let left = shelf.folder();
        drop(shelf);
        assert!(!left.exists(), "it goes with the console");
    }
}
