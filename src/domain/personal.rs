//! Personal data: readable while its customer's key lives, `Erased` afterwards.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value that belongs to a customer.
///
/// In a record it stands as `{"$personal": value}`; the store seals these spans under the
/// customer's key and a dead key reads as [`Personal::Erased`]. The fold moves it and never looks
/// into it: what is derived from a text is recorded beside the text.
#[derive(Clone, PartialEq, Eq)]
pub enum Personal<T> {
    /// The key lives: this is the value.
    Open(T),
    /// The key is gone, and so is the value.
    Erased,
}

impl<T> Personal<T> {
    /// The value, if it has not been erased. Not to be called by the fold.
    pub const fn reveal(&self) -> Option<&T> {
        match self {
            Self::Open(value) => Some(value),
            Self::Erased => None,
        }
    }

    /// Forgets the value.
    pub fn erase(&mut self) {
        *self = Self::Erased;
    }
}

impl<T> From<T> for Personal<T> {
    fn from(value: T) -> Self {
        Self::Open(value)
    }
}

/// Never shows the value: a debug print must not leak what an erasure has to reach.
impl<T> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open(_) => "Personal(..)",
            Self::Erased => "Erased",
        })
    }
}

/// How a personal value stands in a record.
#[derive(Serialize, Deserialize)]
struct Spelled<T> {
    #[serde(rename = "$personal")]
    personal: Option<T>,
}

impl<T: Serialize> Serialize for Personal<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Spelled { personal: self.reveal() }.serialize(to)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Personal<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let spelled = Spelled::<T>::deserialize(from)?;
        Ok(spelled.personal.map_or(Self::Erased, Self::Open))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_shows_where_the_personal_part_is() {
        let text: Personal<String> = "my card".to_owned().into();
        assert_eq!(serde_json::to_string(&text).unwrap(), r#"{"$personal":"my card"}"#);
        assert_eq!(serde_json::from_str::<Personal<String>>(r#"{"$personal":null}"#).unwrap(), Personal::Erased);
        assert_eq!(format!("{text:?}"), "Personal(..)");
    }
}
