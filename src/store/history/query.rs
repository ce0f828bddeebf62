//! What can be asked of the past.

use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Row, params_from_iter};

use crate::domain::baton::Holder;
use crate::domain::conversation::Disposition;
use crate::domain::id::{ChannelName, ConversationId, CustomerId, Digest, Handle, IntentName, Label, Seq};
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::store::error::StoreError;
use crate::store::history::History;
use crate::store::history::fold::{disposition_of, disposition_word, holder_word};

/// Most rows of one answer; more than a screen, less than a frame of the wire.
pub const PAGE_ROWS_MAX: usize = 500;
/// Most words of a search: each is looked up, and nobody types more.
const SEARCH_WORDS_MAX: usize = 12;
/// Words of a text shown around a hit.
const SNIPPET_WORDS: i64 = 16;

/// Which conversations to list; what is not set does not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Opened at or after.
    pub since: Option<Timestamp>,
    /// Opened before.
    pub until: Option<Timestamp>,
    /// By this channel.
    pub channel: Option<ChannelName>,
    /// Of this customer.
    pub customer: Option<CustomerId>,
    /// Held at any time by this one.
    pub holder: Option<Holder>,
    /// Begun with this intent.
    pub intent: Option<IntentName>,
    /// Ended like this.
    pub disposition: Option<Disposition>,
    /// Rated this or worse.
    pub rating_max: Option<u8>,
    /// Whether a human was called for.
    pub escalated: Option<bool>,
    /// Whether it is over for good.
    pub closed: Option<bool>,
    /// With this label.
    pub label: Option<Label>,
    /// With all these words in its texts; the last may be the beginning of one.
    pub words: Option<String>,
}

/// One conversation of the past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Which.
    pub conversation: ConversationId,
    /// Its short name.
    pub handle: Handle,
    /// Whose.
    pub customer: CustomerId,
    /// By which channel.
    pub channel: ChannelName,
    /// The customer's name, unless unknown or erased.
    pub name: Option<Foreign>,
    /// The envelope that opened it.
    pub opened_by: Seq,
    /// When it was opened.
    pub opened: Timestamp,
    /// When something was last said.
    pub last: Timestamp,
    /// When it was settled.
    pub resolved: Option<Timestamp>,
    /// When it was over for good.
    pub closed: Option<Timestamp>,
    /// What the customer wanted first.
    pub intent: Option<IntentName>,
    /// How it ended.
    pub disposition: Option<Disposition>,
    /// One to five.
    pub rating: Option<u8>,
    /// Messages the customer wrote or saw.
    pub turns: u32,
    /// Whether a human was called for.
    pub escalated: bool,
    /// Whether it went on after it had been settled.
    pub reopened: bool,
    /// Who held the baton, in the order in which they first did: `agent:billing`, `operator:ana`, `queue:refunds`.
    pub holders: Vec<String>,
    /// Marks that people put on it.
    pub labels: Vec<Label>,
}

/// A page of conversations, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// The conversations.
    pub rows: Vec<Summary>,
    /// Where the next page begins; nothing after the last.
    pub next: Option<Seq>,
}

/// A text in which searched words stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Where.
    pub conversation: ConversationId,
    /// Its short name.
    pub handle: Handle,
    /// The envelope.
    pub seq: Seq,
    /// When.
    pub at: Timestamp,
    /// By whom: `customer`, `house`, `agent:…`, `operator:…`; unseen by the customer: `whisper:…`, `note:…`.
    pub author: String,
    /// The words with a few around them; the hits stand between the characters U+0002 and U+0003,
    /// which the text itself cannot hold.
    pub snippet: Foreign,
}

const COLUMNS: &str = "c.no, c.id, c.handle, c.customer, c.channel, c.name, c.opened, c.last, c.resolved, c.closed,
    c.intent, c.disposition, c.rating, c.turns, c.escalated,
    (select group_concat(h.holder, ' ' order by h.since) from held h where h.no = c.no), c.labels, c.reopened";

impl History {
    /// Conversations that pass the filter, newest first, from where the page before ended.
    pub fn list(&self, filter: &Filter, after: Option<Seq>, limit: usize) -> Result<Page, StoreError> {
        let fails = StoreError::database("read the history");
        let limit = limit.clamp(1, PAGE_ROWS_MAX);
        let (conditions, mut values) = conditions(filter, after);
        values.push(Value::Integer(limit as i64 + 1));
        let sql = format!("select {COLUMNS} from conversation c where {conditions} order by c.no desc limit ?");
        let mut query = self.db.prepare_cached(&sql).map_err(&fails)?;
        let rows = query.query_map(params_from_iter(values), summary).map_err(&fails)?;
        let mut rows: Vec<Summary> = rows.collect::<Result<_, _>>().map_err(&fails)?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|last| last.opened_by);
        Ok(Page { rows, next })
    }

    /// One conversation.
    pub fn summary(&self, conversation: ConversationId) -> Result<Option<Summary>, StoreError> {
        self.one("c.id = ?", Value::Text(conversation.to_string()))
    }

    /// One conversation by its short name.
    pub fn by_handle(&self, handle: Handle) -> Result<Option<Summary>, StoreError> {
        self.one("c.handle = ?", Value::Integer(handle.0 as i64))
    }

    /// The newest conversation under an integrator's reference, however long it is over.
    pub fn by_reference(&self, reference: Digest) -> Result<Option<Summary>, StoreError> {
        self.one("c.reference = ? order by c.no desc limit 1", Value::Text(reference.to_string()))
    }

    /// Conversations that ended last, of one customer or of all, the latest first.
    pub fn ended(&self, customer: Option<CustomerId>, limit: usize) -> Result<Vec<Summary>, StoreError> {
        let fails = StoreError::database("read the history");
        let whose = customer.map_or_else(String::new, |_| " and c.customer = ?2".to_owned());
        let sql = format!(
            "select {COLUMNS} from conversation c where c.resolved is not null{whose} order by c.resolved desc, c.no desc
             limit ?1"
        );
        let limit = Value::Integer(limit as i64);
        let values = std::iter::once(limit).chain(customer.map(|customer| Value::Text(customer.to_string())));
        let mut query = self.db.prepare_cached(&sql).map_err(&fails)?;
        let rows = query.query_map(params_from_iter(values), summary).map_err(&fails)?;
        rows.collect::<Result<_, _>>().map_err(&fails)
    }

    /// What customer and house said to each other, in order, at most so many texts from the end: by whom, and
    /// the words. What the customer never saw is not among it.
    pub fn said(&self, conversation: ConversationId, limit: usize) -> Result<Vec<(String, Foreign)>, StoreError> {
        let fails = StoreError::database("read the history");
        let sql = "select t.author, w.text from turn t join words w on w.rowid = t.seq
                   where t.no = (select no from conversation where id = ?1)
                   and t.author not like 'whisper:%' and t.author not like 'note:%' order by t.seq desc limit ?2";
        let mut query = self.db.prepare_cached(sql).map_err(&fails)?;
        let rows = query
            .query_map((conversation.to_string(), limit as i64), |row| {
                Ok((row.get(0)?, Foreign::new(&row.get::<_, String>(1)?)))
            })
            .map_err(&fails)?;
        let mut rows: Vec<(String, Foreign)> = rows.collect::<Result<_, _>>().map_err(&fails)?;
        rows.reverse();
        Ok(rows)
    }

    fn one(&self, condition: &str, value: Value) -> Result<Option<Summary>, StoreError> {
        let fails = StoreError::database("read the history");
        let sql = format!("select {COLUMNS} from conversation c where {condition}");
        self.db.prepare_cached(&sql).and_then(|mut query| query.query_row([value], summary).optional()).map_err(&fails)
    }

    /// Texts with all these words (the last may be the beginning of one), newest first, before a
    /// number if one is given.
    pub fn search(&self, words: &str, before: Option<Seq>, limit: usize) -> Result<Vec<Hit>, StoreError> {
        let fails = StoreError::database("search the history");
        let Some(pattern) = pattern(words) else { return Ok(Vec::new()) };
        let sql = "select c.id, c.handle, t.seq, t.at, t.author, snippet(words, 0, char(2), char(3), '…', ?4)
                   from words join turn t on t.seq = words.rowid join conversation c on c.no = t.no
                   where words match ?1 and words.rowid < ?2 order by words.rowid desc limit ?3";
        let before = before.map_or(i64::MAX, |seq| seq.0 as i64);
        let mut query = self.db.prepare_cached(sql).map_err(&fails)?;
        let hits = query
            .query_map((pattern, before, limit.clamp(1, PAGE_ROWS_MAX) as i64, SNIPPET_WORDS), |row| {
                Ok(Hit {
                    conversation: parsed(row, 0)?,
                    handle: Handle(row.get::<_, i64>(1)? as u64),
                    seq: Seq(row.get::<_, i64>(2)? as u64),
                    at: Timestamp(row.get(3)?),
                    author: row.get(4)?,
                    snippet: Foreign::new(&row.get::<_, String>(5)?),
                })
            })
            .map_err(&fails)?;
        hits.collect::<Result<_, _>>().map_err(&fails)
    }
}

/// What was typed, as a query of the full text: each word quoted, so that nothing in it is syntax.
fn pattern(words: &str) -> Option<String> {
    let words: Vec<String> = words
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(SEARCH_WORDS_MAX)
        .map(|word| format!("\"{word}\""))
        .collect();
    (!words.is_empty()).then(|| format!("{}*", words.join(" ")))
}

fn conditions(filter: &Filter, after: Option<Seq>) -> (String, Vec<Value>) {
    let text = |text: String| Some(Value::Text(text));
    let number = |number: i64| Some(Value::Integer(number));
    let all = [
        ("c.no < ?", after.map(|seq| Value::Integer(seq.0 as i64))),
        ("c.opened >= ?", filter.since.and_then(|at| number(at.0))),
        ("c.opened < ?", filter.until.and_then(|at| number(at.0))),
        ("c.channel = ?", filter.channel.as_ref().and_then(|name| text(name.to_string()))),
        ("c.customer = ?", filter.customer.and_then(|id| text(id.to_string()))),
        ("c.intent = ?", filter.intent.as_ref().and_then(|name| text(name.to_string()))),
        ("c.disposition = ?", filter.disposition.and_then(|end| text(disposition_word(end).into()))),
        ("c.rating <= ?", filter.rating_max.and_then(|most| number(i64::from(most)))),
        (
            "instr(' ' || c.labels || ' ', ' ' || ? || ' ') > 0",
            filter.label.as_ref().and_then(|name| text(name.to_string())),
        ),
        ("c.escalated = ?", filter.escalated.and_then(|yes| number(i64::from(yes)))),
        ("(c.closed is not null) = ?", filter.closed.and_then(|yes| number(i64::from(yes)))),
        (
            "exists (select 1 from held h where h.no = c.no and h.holder = ?)",
            filter.holder.as_ref().and_then(holder_word).and_then(text),
        ),
        (
            "c.no in (select t.no from words join turn t on t.seq = words.rowid where words match ?)",
            filter.words.as_deref().and_then(pattern).and_then(text),
        ),
    ];
    let set = all.into_iter().filter_map(|(sql, value)| Some((sql, value?)));
    let (sql, values): (Vec<_>, Vec<_>) = set.unzip();
    (if sql.is_empty() { "true".into() } else { sql.join(" and ") }, values)
}

fn parsed<T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>>(
    row: &Row<'_>,
    column: usize,
) -> Result<T, rusqlite::Error> {
    let text: String = row.get(column)?;
    text.parse().map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
    })
}

fn summary(row: &Row<'_>) -> Result<Summary, rusqlite::Error> {
    let time = |column| row.get::<_, Option<i64>>(column).map(|at| at.map(Timestamp));
    let intent: Option<String> = row.get(10)?;
    let disposition: Option<String> = row.get(11)?;
    let holders: Option<String> = row.get(15)?;
    Ok(Summary {
        opened_by: Seq(row.get::<_, i64>(0)? as u64),
        conversation: parsed(row, 1)?,
        handle: Handle(row.get::<_, i64>(2)? as u64),
        customer: parsed(row, 3)?,
        channel: parsed(row, 4)?,
        name: row.get::<_, Option<String>>(5)?.map(|name| Foreign::new(&name)),
        opened: Timestamp(row.get(6)?),
        last: Timestamp(row.get(7)?),
        resolved: time(8)?,
        closed: time(9)?,
        intent: intent.and_then(|name| name.parse().ok()),
        disposition: disposition.as_deref().and_then(disposition_of),
        rating: row.get(12)?,
        turns: row.get(13)?,
        escalated: row.get(14)?,
        reopened: row.get(17)?,
        holders: holders.unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
        labels: row.get::<_, String>(16)?.split(' ').filter_map(|label| label.parse().ok()).collect(),
    })
}
