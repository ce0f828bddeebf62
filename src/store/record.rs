//! How an envelope stands on disk.
//!
//! A record is one line of JSON, `{"v":1,"kind":…,"seq":…,"customer":…,"sealed":[…],"envelope":{…}}`,
//! and, apart from it, the sealed personal values of that envelope. In the line each value is
//! replaced by `null`, and `sealed` lists the byte offsets within the envelope where the values go
//! back in. So a record whose key is dead reads as erased without any further step, and nothing
//! that a customer can write is ever mistaken for a mark of ours.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::domain::envelope::Envelope;
use crate::domain::id::{ConversationId, CustomerId, FloorName, Seq};
use crate::privacy::seal::{self, DataKey, NONCE_BYTES, Place};
use crate::store::error::StoreError;

/// Version of the record's own shape, and of the shapes of today's events.
pub const RECORD_VERSION: u32 = 1;
/// Longest record: sixteen times the largest frame a customer may send, with room for its analysis.
pub const RECORD_BYTES_MAX: usize = 1 << 20;
/// How `Personal` begins in JSON. It can only occur as structure: inside a string every quote is
/// escaped, so `{"` never stands there.
const PERSONAL: &str = "{\"$personal\":";
/// How an erased value reads.
const NULL: &str = "null";

/// One envelope as the store sees it: its JSON, and the little that has to be known without
/// reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub seq: Seq,
    /// The kind of its event, a slug.
    pub kind: Cow<'static, str>,
    /// The conversation it belongs to, if any.
    pub conversation: Option<ConversationId>,
    /// Under whose key its personal text is sealed.
    pub customer: Option<CustomerId>,
    /// The envelope, with personal values as `{"$personal": value}`.
    pub json: String,
}

impl Entry {
    /// An envelope as the store writes it.
    pub fn of(envelope: &Envelope) -> Result<Self, StoreError> {
        let unwritable =
            |error: serde_json::Error| StoreError::Unwritable { seq: envelope.seq, what: error.to_string() };
        Ok(Self {
            seq: envelope.seq,
            kind: envelope.event.kind().into(),
            conversation: envelope.event.conversation(),
            customer: envelope.subject,
            json: serde_json::to_string(envelope).map_err(unwritable)?,
        })
    }

    /// The envelope that was written.
    pub fn envelope(&self) -> Result<Envelope, StoreError> {
        let damaged = |what: String| StoreError::Damaged { seq: self.seq, what };
        let envelope: Envelope =
            serde_json::from_str(&self.json).map_err(|error| damaged(format!("not an envelope: {error}")))?;
        if envelope.seq == self.seq {
            return Ok(envelope);
        }
        Err(damaged(format!("the envelope says that it is {}", envelope.seq)))
    }
}

/// The line of a record without its envelope, which follows as the last field.
#[derive(Serialize)]
struct Header<'a> {
    v: u32,
    kind: &'a str,
    seq: Seq,
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation: Option<ConversationId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<CustomerId>,
    #[serde(skip_serializing_if = "<[usize]>::is_empty")]
    sealed: &'a [usize],
}

/// The same, read.
#[derive(Deserialize)]
struct Line<'a> {
    v: u32,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    seq: Seq,
    #[serde(default)]
    conversation: Option<ConversationId>,
    #[serde(default)]
    customer: Option<CustomerId>,
    #[serde(default)]
    sealed: Vec<usize>,
    #[serde(borrow)]
    envelope: &'a RawValue,
}

/// A record as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The line of JSON.
    pub text: String,
    /// Nonce, sealed values and tag; empty if the envelope holds nothing personal, or if its
    /// customer's key was dead when it was written.
    pub sealed: Vec<u8>,
}

/// A JSON text parted into what may be read by all and what belongs to its customer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Parted {
    /// The text, with `null` where a personal value stood.
    pub(crate) open: String,
    /// Where in `open` the values go back in, ascending.
    pub(crate) places: Vec<usize>,
    /// The values as one JSON array.
    pub(crate) values: String,
}

/// Takes the personal values out of a JSON text. Values already erased stay as they are.
pub(crate) fn part(json: &str) -> Parted {
    let mut parted = Parted { open: String::with_capacity(json.len()), places: Vec::new(), values: String::new() };
    let mut rest = json;
    while let Some((before, after)) = rest.split_once(PERSONAL) {
        parted.open.push_str(before);
        parted.open.push_str(PERSONAL);
        let (value, tail) = after.split_at(value_length(after));
        if value != NULL {
            parted.places.push(parted.open.len());
            parted.values.push(if parted.values.is_empty() { '[' } else { ',' });
            parted.values.push_str(value);
        }
        parted.open.push_str(NULL);
        rest = tail;
    }
    parted.open.push_str(rest);
    if !parted.values.is_empty() {
        parted.values.push(']');
    }
    parted
}

/// Puts the values back in; nothing if places and values do not fit the text.
pub(crate) fn join(open: &str, places: &[usize], values: &[u8]) -> Option<String> {
    let values: Vec<&RawValue> = serde_json::from_slice(values).ok()?;
    if values.len() != places.len() {
        return None;
    }
    let mut json = String::with_capacity(open.len() + 64);
    let mut from = 0;
    for (place, value) in places.iter().zip(values) {
        json.push_str(open.get(from..*place)?);
        json.push_str(value.get());
        from = place.checked_add(NULL.len())?;
        if open.get(*place..from)? != NULL {
            return None;
        }
    }
    json.push_str(open.get(from..)?);
    Some(json)
}

/// Length of the JSON value a text begins with. The text is JSON that serde has written, so only
/// strings and brackets have to be told apart.
fn value_length(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => {
                    in_string = false;
                    if depth == 0 {
                        return at + 1;
                    }
                }
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' | b',' if depth == 0 => return at,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    text.len()
}

/// Writes an envelope as a record. `key` is the key of the entry's customer, nothing if it is dead:
/// then the personal values are dropped here and now. Values of no customer are refused, since
/// nobody could ever erase them.
pub(crate) fn encode(
    entry: &Entry,
    floor: &FloorName,
    key: Option<&DataKey>,
    nonce: [u8; NONCE_BYTES],
) -> Result<Record, StoreError> {
    let mut parted = part(&entry.json);
    let mut sealed = Vec::new();
    if !parted.places.is_empty() {
        let Some(customer) = entry.customer else {
            return Err(StoreError::Unowned { seq: entry.seq, kind: entry.kind.to_string() });
        };
        match key {
            Some(key) => sealed = seal_values(key, nonce, entry, customer, floor, &parted.values)?,
            None => parted.places.clear(),
        }
    }
    let header = Header {
        v: RECORD_VERSION,
        kind: &entry.kind,
        seq: entry.seq,
        conversation: entry.conversation,
        customer: entry.customer,
        sealed: &parted.places,
    };
    let mut text = serde_json::to_string(&header).unwrap_or_default();
    text.pop();
    text.reserve(parted.open.len() + 13);
    text.push_str(",\"envelope\":");
    text.push_str(&parted.open);
    text.push('}');
    let bytes = text.len() + sealed.len();
    if bytes > RECORD_BYTES_MAX {
        return Err(StoreError::TooLong { seq: entry.seq, kind: entry.kind.to_string(), bytes });
    }
    Ok(Record { text, sealed })
}

fn seal_values(
    key: &DataKey,
    nonce: [u8; NONCE_BYTES],
    entry: &Entry,
    customer: CustomerId,
    floor: &FloorName,
    values: &str,
) -> Result<Vec<u8>, StoreError> {
    let place = Place { floor: floor.as_str(), seq: entry.seq, kind: &entry.kind, customer };
    seal::seal(key, nonce, place, values.as_bytes()).map_err(|_| StoreError::TooLong {
        seq: entry.seq,
        kind: entry.kind.to_string(),
        bytes: values.len(),
    })
}

/// Reads a record. `key_of` finds a customer's key; without one the personal values read as erased.
pub(crate) fn decode(
    text: &[u8],
    sealed: &[u8],
    floor: &FloorName,
    seq: Seq,
    key_of: impl FnOnce(CustomerId) -> Result<Option<DataKey>, StoreError>,
) -> Result<Entry, StoreError> {
    let damaged = |what: &str| StoreError::Damaged { seq, what: what.to_owned() };
    let line: Line<'_> = serde_json::from_slice(text).map_err(|error| damaged(&format!("not a record: {error}")))?;
    if line.seq != seq {
        return Err(damaged(&format!("the record says that it is {}", line.seq)));
    }
    let kind: Cow<'static, str> = Cow::Owned(line.kind.into_owned());
    let mut json = None;
    if let (false, Some(customer)) = (line.sealed.is_empty(), line.customer)
        && let Some(key) = key_of(customer)?
    {
        let place = Place { floor: floor.as_str(), seq, kind: &kind, customer };
        let values = seal::open(&key, place, sealed).map_err(|error| damaged(&error.to_string()))?;
        json =
            Some(join(line.envelope.get(), &line.sealed, &values).ok_or_else(|| damaged("sealed values do not fit"))?);
    }
    let entry = Entry {
        seq,
        kind,
        conversation: line.conversation,
        customer: line.customer,
        json: json.unwrap_or_else(|| line.envelope.get().to_owned()),
    };
    upcast(line.v, entry)
}

/// Turns a record of an earlier version into today's shape, so that the domain knows only today's.
/// No earlier version exists yet.
fn upcast(version: u32, entry: Entry) -> Result<Entry, StoreError> {
    match version {
        RECORD_VERSION => Ok(entry),
        version => Err(StoreError::TooNew { seq: entry.seq, version }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn floor() -> FloorName {
        "shop".parse().unwrap()
    }

    fn entry(json: &str) -> Entry {
        Entry {
            seq: Seq(3),
            kind: "customer_said".into(),
            conversation: Some(ConversationId::from_random([4; 16])),
            customer: Some(CustomerId::from_random([5; 16])),
            json: json.to_owned(),
        }
    }

    #[test]
    fn personal_values_are_cut_out_whole_and_put_back() {
        let nasty = r#"{"a":{"$personal":"br}ace \" {\"$personal\":1} ]"},"b":[{"$personal":{"x":[1,"}"],"y":{"$personal":2}}},{"$personal":null}],"c":{"$personal":-1.5e3},"d":{"$personal":[]},"e":{"$personal":7,"more":true},"f":"{\"$personal\":8}"}"#;
        let parted = part(nasty);
        assert_eq!(
            parted.open,
            r#"{"a":{"$personal":null},"b":[{"$personal":null},{"$personal":null}],"c":{"$personal":null},"d":{"$personal":null},"e":{"$personal":null,"more":true},"f":"{\"$personal\":8}"}"#
        );
        assert_eq!(parted.places.len(), 5);
        assert_eq!(join(&parted.open, &parted.places, parted.values.as_bytes()).unwrap(), nasty);
        assert_eq!(join(&parted.open, &[1, 2, 3, 4, 5], parted.values.as_bytes()), None);
        assert_eq!(join(&parted.open, &parted.places, b"[1]"), None);
        let plain = part(r#"{"n":1}"#);
        assert!(plain.places.is_empty() && plain.values.is_empty());
    }

    #[test]
    fn a_record_reads_back_and_without_its_key_reads_erased() {
        let key = DataKey::from_bytes([9; 32]);
        let entry = entry(r#"{"seq":3,"event":{"text":{"$personal":"marker ü"}}}"#);
        let record = encode(&entry, &floor(), Some(&key), [1; 24]).unwrap();
        assert!(!record.text.contains("marker"));
        assert!(record.text.starts_with(r#"{"v":1,"kind":"customer_said","seq":3,"#), "{}", record.text);
        let read = |key: Option<&DataKey>| {
            decode(record.text.as_bytes(), &record.sealed, &floor(), Seq(3), |_| Ok(key.cloned()))
        };
        assert_eq!(read(Some(&key)).unwrap(), entry);
        assert_eq!(read(None).unwrap().json, r#"{"seq":3,"event":{"text":{"$personal":null}}}"#);
        assert!(matches!(read(Some(&DataKey::from_bytes([8; 32]))), Err(StoreError::Damaged { seq: Seq(3), .. })));
        let other = decode(record.text.as_bytes(), &record.sealed, &floor(), Seq(4), |_| Ok(None));
        assert!(matches!(other, Err(StoreError::Damaged { seq: Seq(4), .. })));
    }

    #[test]
    fn what_is_written_after_the_key_died_is_erased_at_birth() {
        let record = encode(&entry(r#"{"t":{"$personal":"late"}}"#), &floor(), None, [1; 24]).unwrap();
        assert!(record.sealed.is_empty() && !record.text.contains("late"));
        let read =
            decode(record.text.as_bytes(), b"", &floor(), Seq(3), |_| Ok(Some(DataKey::from_bytes([1; 32])))).unwrap();
        assert_eq!(read.json, r#"{"t":{"$personal":null}}"#);
    }

    #[test]
    fn personal_text_of_nobody_and_endless_text_are_refused() {
        let nobody = Entry { customer: None, ..entry(r#"{"t":{"$personal":"x"}}"#) };
        assert!(matches!(encode(&nobody, &floor(), None, [1; 24]), Err(StoreError::Unowned { .. })));
        let erased = Entry { customer: None, ..entry(r#"{"t":{"$personal":null}}"#) };
        assert!(encode(&erased, &floor(), None, [1; 24]).is_ok());
        let long = entry(&format!("\"{}\"", "x".repeat(RECORD_BYTES_MAX)));
        assert!(matches!(encode(&long, &floor(), None, [1; 24]), Err(StoreError::TooLong { .. })));
    }

    #[test]
    fn a_record_of_a_newer_baton_is_named_as_such() {
        let newer = br#"{"v":2,"kind":"x","seq":3,"envelope":{}}"#;
        assert!(matches!(
            decode(newer, b"", &floor(), Seq(3), |_| Ok(None)),
            Err(StoreError::TooNew { version: 2, .. })
        ));
    }
}
