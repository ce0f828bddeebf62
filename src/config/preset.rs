//! Deployments to begin with, embedded in the binary.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::bundle::Bundle;
use super::problem::{Problem, Problems};

mod table;

/// A deployment inside the binary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preset {
    /// Its name.
    pub name: &'static str,
    /// What it is, in one sentence.
    pub about: &'static str,
    /// Its files: path below the folder, text.
    pub files: &'static [(&'static str, &'static str)],
}

/// All presets; the first is the default.
pub const PRESETS: [Preset; 7] = [
    Preset {
        name: "support",
        about: "a support desk of five specialists for a maker of smart-home devices, with a practice shop behind it",
        files: table::SUPPORT,
    },
    Preset {
        name: "starter",
        about: "triage, one specialist and you, for a bicycle workshop: three files make it yours",
        files: table::STARTER,
    },
    Preset {
        name: "ecommerce",
        about: "an online shop: products, orders, returns and refunds, technical help, and a concierge for its club",
        files: table::ECOMMERCE,
    },
    Preset {
        name: "saas",
        about: "a software service: diagnosis, how-to, billing and subscription, onboarding",
        files: table::SAAS,
    },
    Preset {
        name: "healthcare",
        about: "a practice: appointments, insurance, medical words, coordination; each reads only what it needs",
        files: table::HEALTHCARE,
    },
    Preset {
        name: "finance",
        about: "a bank: fraud, compliance, investments without advice, credit and limits",
        files: table::FINANCE,
    },
    Preset {
        name: "bare",
        about: "triage and escalation alone: what past dialogues, or your own hand, put specialists beside",
        files: table::BARE,
    },
];

/// The preset of that name, read and checked.
///
/// # Errors
/// That there is no such preset.
pub fn preset(name: &str) -> Result<Bundle, Problems> {
    let preset = find(name)?;
    Bundle::of(preset.files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())))
}

/// The files of the preset of that name, path and text.
///
/// # Errors
/// That there is no such preset.
pub fn preset_files(name: &str) -> Result<&'static [(&'static str, &'static str)], Problems> {
    find(name).map(|preset| preset.files)
}

fn find(name: &str) -> Result<&'static Preset, Problems> {
    let known = || PRESETS.iter().map(|preset| preset.name);
    PRESETS.iter().find(|preset| preset.name == name).ok_or_else(|| {
        let way_out = super::nearest::suggest(name, known());
        Problems::one(Problem::file("preset", format!("there is no preset `{}`", name.escape_debug()), way_out))
    })
}

/// Writes the preset's files into `dir`, which may exist but must hold none of them.
///
/// # Errors
/// That a file is there already, or cannot be written, or that there is no such preset.
pub fn write_preset(name: &str, dir: &Path) -> Result<usize, Problems> {
    write_files(find(name)?.files.iter().copied(), dir)
}

/// Writes files, by path and text, into `dir`, which may exist but must hold none of them.
///
/// # Errors
/// That a file is there already, or cannot be written.
pub fn write_files<'a>(files: impl Iterator<Item = (&'a str, &'a str)> + Clone, dir: &Path) -> Result<usize, Problems> {
    for (path, _) in files.clone() {
        let at = dir.join(path);
        if at.exists() {
            let way_out = "name an empty folder, or take the file out of the way; nothing was written";
            let shown = at.display().to_string();
            return Err(Problems::one(Problem::file(&shown, "there is such a file already", way_out)));
        }
    }
    let mut written = 0;
    for (path, text) in files {
        let at = dir.join(path);
        write(&at, text).map_err(|error| {
            let way_out = "name a folder that can be written to";
            Problems::one(Problem::file(&at.display().to_string(), format!("cannot be written: {error}"), way_out))
        })?;
        written += 1;
    }
    Ok(written)
}

/// Writes files over those of a deployment's folder, each whole or not at all.
///
/// # Errors
/// One cannot be written; those before it are.
pub fn replace_files<'a>(files: impl Iterator<Item = (&'a str, &'a str)>, dir: &Path) -> io::Result<()> {
    for (path, text) in files {
        let at = dir.join(path);
        if let Some(folder) = at.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut fresh = at.clone().into_os_string();
        fresh.push(".new");
        fs::write(&fresh, text)?;
        fs::rename(fresh, at)?;
    }
    Ok(())
}

fn write(at: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = at.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::File::create_new(at)?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_is_adopted_without_a_word_of_advice() {
        for one in PRESETS {
            let bundle = preset(one.name).unwrap_or_else(|problems| panic!("{problems}"));
            assert_eq!(bundle.advice.to_string(), "", "{}", one.name);
        }
        assert!(preset("suport").unwrap_err().to_string().contains("did you mean `support`?"));
    }

    #[test]
    fn a_written_preset_reads_as_the_embedded_one_and_is_never_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        write_preset("support", dir.path()).unwrap();
        assert_eq!(super::super::load(dir.path()), preset("support"));
        assert!(write_preset("support", dir.path()).unwrap_err().to_string().contains("already"));
    }
}
