//! Who may come in: tokens of operators and channels, kept as digests in the data folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::domain::id::{ChannelName, OperatorName};
use crate::privacy::token;
use crate::store::StoreError;
use crate::store::vault::Vault;

/// Tokens of one floor; more than it has people, channels and rotations.
const TOKENS_MAX: usize = 10_000;
/// Longest token that is looked at.
const TOKEN_TEXT_MAX: usize = 200;
/// Digests of the tokens that were given out.
const TOKENS_FILE: &str = "tokens.json";

/// Whose a token is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Bearer {
    /// The owner of the data folder.
    Local,
    /// A person of the roster.
    Operator(OperatorName),
    /// Another system that brings customers.
    Channel(ChannelName),
}

/// The tokens of a floor.
#[derive(Debug)]
pub(crate) struct Access {
    file: Option<PathBuf>,
    known: RwLock<Known>,
    local: String,
}

/// What was last read of the file, or written to it.
#[derive(Debug, Default)]
struct Known {
    bearers: BTreeMap<String, Bearer>,
    written: Option<SystemTime>,
}

impl Access {
    /// Reads the tokens of a data folder, or keeps all in memory. `local` is the token of the
    /// folder's owner; without a folder one is made up.
    pub(crate) fn open(folder: Option<(&Path, String)>) -> Result<Self, std::io::Error> {
        let file = folder.as_ref().map(|(folder, _)| folder.join(TOKENS_FILE));
        let local = folder.map_or_else(|| mint("local"), |(_, local)| Ok(local))?;
        let access = Self { file, known: RwLock::default(), local };
        access.refresh()?;
        Ok(access)
    }

    /// Reads the file again if somebody else has written it: tokens are also given out and taken
    /// back by commands beside a running floor.
    fn refresh(&self) -> Result<(), std::io::Error> {
        let written = self.file.as_deref().and_then(|path| std::fs::metadata(path).ok()?.modified().ok());
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if !known.bearers.is_empty() && known.written == written {
            return Ok(());
        }
        let mut bearers = match (&self.file, written) {
            (Some(path), Some(_)) => serde_json::from_slice(&std::fs::read(path)?)?,
            (None, _) => std::mem::take(&mut known.bearers),
            (Some(_), None) => BTreeMap::new(),
        };
        bearers.insert(token::digest(&self.local), Bearer::Local);
        *known = Known { bearers, written };
        Ok(())
    }

    /// The local admin's token.
    pub(crate) fn local(&self) -> &str {
        &self.local
    }

    /// Whose token this is.
    pub(crate) fn bearer(&self, given: &str) -> Option<Bearer> {
        if given.len() > TOKEN_TEXT_MAX {
            return None;
        }
        // A file that cannot be read now changes nothing for those who are known.
        let _ = self.refresh();
        let given = token::digest(given);
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        // Every digest is compared whole, so the time tells nothing about any of them.
        known
            .bearers
            .iter()
            .fold(None, |found, (digest, bearer)| if token::same(digest, &given) { Some(bearer) } else { found })
            .cloned()
    }

    /// Makes a token for somebody. It is shown once; only its digest is kept.
    pub(crate) fn grant(&self, bearer: Bearer) -> Result<String, std::io::Error> {
        let word = match bearer {
            Bearer::Local => "local",
            Bearer::Operator(_) => "operator",
            Bearer::Channel(_) => "channel",
        };
        let minted = mint(word)?;
        self.refresh()?;
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.bearers.len() >= TOKENS_MAX {
            return Err(std::io::Error::other(format!("{TOKENS_MAX} tokens are the limit; revoke some")));
        }
        known.bearers.insert(token::digest(&minted), bearer);
        self.keep(&mut known)?;
        Ok(minted)
    }

    /// Takes back every token of somebody; how many there were.
    pub(crate) fn revoke(&self, bearer: &Bearer) -> Result<usize, std::io::Error> {
        self.refresh()?;
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let before = known.bearers.len();
        known.bearers.retain(|_, other| other != bearer);
        self.keep(&mut known)?;
        Ok(before - known.bearers.len())
    }

    /// How many tokens somebody has.
    pub(crate) fn count(&self, bearer: &Bearer) -> usize {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.bearers.values().filter(|other| *other == bearer).count()
    }

    fn keep(&self, known: &mut Known) -> Result<(), std::io::Error> {
        let Some(path) = &self.file else { return Ok(()) };
        let kept: BTreeMap<_, _> = known.bearers.iter().filter(|(_, bearer)| **bearer != Bearer::Local).collect();
        let text = serde_json::to_vec(&kept)?;
        let fresh = path.with_extension("new");
        write_private(&fresh, &text)?;
        std::fs::rename(&fresh, path)?;
        known.written = std::fs::metadata(path)?.modified().ok();
        Ok(())
    }
}

/// The secret under which the site of a channel signs who its visitor is, in hexadecimal.
pub(crate) fn identity_secret(vault: &Vault, channel: &ChannelName) -> Result<String, StoreError> {
    Ok(token::hex(vault.secret(&format!("identity:{channel}"))?.expose()))
}

fn mint(word: &str) -> Result<String, std::io::Error> {
    let mut random = [0; token::TOKEN_BYTES];
    getrandom::fill(&mut random).map_err(|error| std::io::Error::other(error.to_string()))?;
    Ok(token::spell(word, &random))
}

/// Writes a file that only its owner may read.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), std::io::Error> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(folder: &Path) -> Result<Access, std::io::Error> {
        Access::open(Some((folder, "local-token".into())))
    }

    #[test]
    fn tokens_are_kept_as_digests_and_can_be_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let access = open(folder.path()).unwrap();
        let ana = Bearer::Operator("ana".parse().unwrap());
        let given = access.grant(ana.clone()).unwrap();
        let again = open(folder.path()).unwrap();
        assert_eq!(again.bearer(&given), Some(ana.clone()));
        assert_eq!(again.bearer(access.local()), Some(Bearer::Local));
        assert_eq!(again.bearer("operator_00"), None);
        let kept = std::fs::read_to_string(folder.path().join(TOKENS_FILE)).unwrap();
        assert!(!kept.contains(&token::digest("local-token")), "the folder's owner has a file of their own");
        assert!(!kept.contains(given.trim_start_matches("operator_")));
        assert_eq!(again.revoke(&ana).unwrap(), 1);
        assert_eq!(open(folder.path()).unwrap().bearer(&given), None);
    }
}
