//! Keys of providers and of servers of tools: found in the environment or in a file, used in one header, shown nowhere.

use zeroize::Zeroizing;

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
}

impl KeyPlace {
    /// Where a key is looked for, as a deployment's `key-env` and `key-file` say.
    pub fn of(env: Option<&str>, file: Option<&str>) -> Self {
        match (env, file) {
            (Some(name), _) => Self::Env(name.to_owned()),
            (None, Some(path)) => Self::File(path.to_owned()),
            (None, None) => Self::Nowhere,
        }
    }

    /// The place in words.
    pub fn words(&self) -> String {
        match self {
            Self::Nowhere => "wants no key".to_owned(),
            Self::Env(name) => format!("the variable {name}"),
            Self::File(path) => format!("the file {path}"),
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
        };
        let found = Zeroizing::new(found);
        let key = found.trim();
        if key.is_empty() || key.contains(|c: char| c.is_control() || !c.is_ascii()) {
            return Err(format!("{} holds no key: it is empty or not of one line", self.words()));
        }
        Ok(Some(Key(Zeroizing::new(key.to_owned()))))
    }
}

impl Key {
    /// The key, for the header that carries it and nothing else.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}
