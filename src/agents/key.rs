//! Keys of providers and of servers of tools: found in the environment, in a file or by a program that reads a
//! keyring, used in one header, shown nowhere.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

/// How long a program may take to hand a key over: a keyring that asks for its password has somebody before it.
const HANDED_OVER_WITHIN: Duration = Duration::from_secs(20);

/// How often is looked whether it has ended: nobody notices so little at a start.
const LOOKED_AFTER: Duration = Duration::from_millis(10);

/// Bytes read of what hands a key over: keys have a few hundred.
const KEY_BYTES_MAX: u64 = 16 * 1024;

/// A provider's key. It has no `Debug`, `Display` or `Serialize`.
pub struct Key(Zeroizing<String>);

/// Where a key is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyPlace {
    /// No key is wanted.
    Nowhere,
    /// In that environment variable.
    Env(String),
    /// In that file.
    File(String),
    /// In what that program prints, with its arguments: `secret-tool lookup …`, `security find-generic-password …`,
    /// `pass show …`.
    Program(Vec<String>),
}

impl KeyPlace {
    /// Where a key is looked for, as a deployment's `key-env`, `key-file` and `key-command` say.
    pub fn of(env: Option<&str>, file: Option<&str>, command: &[String]) -> Self {
        match (env, file, command) {
            (Some(name), ..) => Self::Env(name.to_owned()),
            (None, Some(path), _) => Self::File(path.to_owned()),
            (None, None, []) => Self::Nowhere,
            (None, None, command) => Self::Program(command.to_vec()),
        }
    }

    /// The place in words.
    pub fn words(&self) -> String {
        match self {
            Self::Nowhere => "wants no key".to_owned(),
            Self::Env(name) => format!("the variable {name}"),
            Self::File(path) => format!("the file {path}"),
            // Its arguments may name what nobody else need know.
            Self::Program(command) => format!("what {} prints", command.first().map_or("nothing", String::as_str)),
        }
    }

    /// The key that is there. Spaces and line ends around it are no part of it.
    ///
    /// # Errors
    /// That there is none, with the way out.
    pub fn find(&self) -> Result<Option<Key>, String> {
        let found = match self {
            Self::Nowhere => return Ok(None),
            Self::Env(name) => std::env::var(name).map_err(|_| format!("the variable {name} is not set; export it"))?,
            Self::File(path) => {
                std::fs::read_to_string(path).map_err(|error| format!("the file {path} cannot be read: {error}"))?
            }
            Self::Program(command) => printed(command)?,
        };
        let found = Zeroizing::new(found);
        let key = found.trim();
        if key.is_empty() || key.contains(|c: char| c.is_control() || !c.is_ascii()) {
            return Err(format!("{} holds no key: it is empty or not of one line", self.words()));
        }
        Ok(Some(Key(Zeroizing::new(key.to_owned()))))
    }
}

/// What a program prints. It has our environment, as a keyring needs it, and nothing to read; it is ended when it
/// takes too long.
fn printed(command: &[String]) -> Result<String, String> {
    let (program, arguments) = command.split_first().ok_or("no program is named; name one in `key-command`")?;
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("{program} cannot be started: {error}"))?;
    let printed = child.stdout.take();
    let (done, heard) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut text = String::new();
        let read = printed.map(|pipe| pipe.take(KEY_BYTES_MAX).read_to_string(&mut text));
        // Nobody listens any more when it took too long.
        let _late = done.send(read.and_then(Result::ok).map(|_| text));
    });
    let until = Instant::now() + HANDED_OVER_WITHIN;
    let text = heard.recv_timeout(HANDED_OVER_WITHIN);
    // It may go on though it has said all.
    let ended = text.is_ok() && ends_by(&mut child, until);
    if !ended {
        // It may have ended by itself in this moment.
        let _gone = child.kill();
    }
    let status = child.wait().map_err(|error| format!("{program} cannot be waited for: {error}"))?;
    match text.ok().filter(|_| ended) {
        None => Err(format!("{program} printed no key within {} s; unlock the keyring", HANDED_OVER_WITHIN.as_secs())),
        Some(Some(text)) if status.success() => Ok(text),
        Some(_) => Err(format!("{program} ended with {status} and no key; run it by hand to see why")),
    }
}

/// Whether a program ends by then.
fn ends_by(child: &mut Child, until: Instant) -> bool {
    while matches!(child.try_wait(), Ok(None)) {
        if Instant::now() >= until {
            return false;
        }
        std::thread::sleep(LOOKED_AFTER);
    }
    true
}

impl Key {
    /// The key, for the header that carries it and nothing else.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(script: &str) -> Result<Option<String>, String> {
        let command = ["sh", "-c", script].map(str::to_owned);
        Ok(KeyPlace::of(None, None, &command).find()?.map(|key| key.expose().to_owned()))
    }

    #[test]
    fn a_program_hands_a_key_over_or_says_why_not() {
        assert_eq!(told("printf ' sk-1\\n'"), Ok(Some("sk-1".to_owned())));
        assert!(told("printf sk-1; exit 3").unwrap_err().contains('3'), "what fails after printing hands nothing over");
        assert!(told("true").unwrap_err().contains("no key"));
        let missing = ["no-such-program-of-ours".to_owned()];
        assert!(KeyPlace::of(None, None, &missing).find().err().unwrap().contains("cannot be started"));
        let place = KeyPlace::of(None, None, &["sh".to_owned(), "secret-name".to_owned()]);
        assert!(!place.words().contains("secret-name"));
    }
}
