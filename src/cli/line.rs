//! A line to a floor for one question or act: over the console's wire, like everybody. When no
//! floor runs on the data folder, one is opened for the moment.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use super::attach;
use super::failure::Failure;
use super::house::{House, Pace};
use super::place::Place;
use crate::client::feed::{Feed, FeedEvent};
use crate::client::files::Source;
use crate::client::socket;
use crate::domain::command::Seen;
use crate::domain::id::{ChannelName, ClientKey, IncidentId, Label, Seq};
use crate::domain::incident::BroadcastKind;
use crate::domain::refusal::Refusal;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::gateway;
use crate::protocol::console::{ConsoleCommand, ConsoleReply, ConsoleRequest};
use crate::protocol::incident::Preview;
use crate::protocol::knowledge::Gaps;
use crate::protocol::learning::{Alike, Learned, LikelyRow};
use crate::protocol::query::{BlockRow, BriefRow, Frame, HistoryRow, Page, Query, WhatIf};
use crate::protocol::row::PromiseRow;
use crate::protocol::transcript::Item;

/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// An open line.
pub(super) struct Line {
    feed: Feed,
    stem: String,
    keys: u64,
    house: Option<House>,
}

/// How the rules judged a command.
pub(super) enum Answer {
    /// It was done and is on disk under this entry.
    Done(Seq),
    /// It was turned down: why, also as a sentence.
    Refused(Box<Refusal>, String),
}

impl Line {
    /// Opens a line to the floor of the data folder.
    pub(super) async fn open(place: &Place) -> Result<Self, Failure> {
        let (target, house) = if let Some(reached) = attach::running(place).await? {
            (socket::Options { address: reached.address, token: reached.token, read_only: false, passing: true }, None)
        } else {
            let data = place.existing_data()?;
            let options = gateway::Options {
                address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
                tls: None,
                behind_proxy: false,
                hosts: Vec::new(),
                channel: ChannelName::web(),
            };
            let house = House::open(Some(data.path().to_owned()), place.bundle()?, Pace::real(), options).await?;
            let token = house.floor.local_token().to_owned();
            (socket::Options { address: house.address()?, token, read_only: false, passing: true }, Some(house))
        };
        Ok(Self { house, ..Self::to(target)? })
    }

    /// Opens a line to a floor that runs.
    pub(super) fn to(target: socket::Options) -> Result<Self, Failure> {
        let mut random = [0; 6];
        getrandom::fill(&mut random).map_err(Failure::failed)?;
        let stem = random.iter().fold("cli-".to_owned(), |stem, byte| format!("{stem}{byte:02x}"));
        Ok(Self { feed: socket::connect(target), stem, keys: 0, house: None })
    }

    /// Where files of customers come from.
    pub(super) fn files(&self) -> Option<&Source> {
        self.feed.files.as_ref()
    }

    /// Hangs up; a floor opened for the moment ends.
    pub(super) async fn close(self) -> Result<(), Failure> {
        drop(self.feed);
        match self.house {
            Some(house) => house.close().await,
            None => Ok(()),
        }
    }

    fn key(&mut self) -> Result<ClientKey, Failure> {
        self.keys += 1;
        format!("{}-{}", self.stem, self.keys).parse().map_err(Failure::failed)
    }

    /// Has something done; the entry it is recorded under.
    pub(super) async fn act(&mut self, command: ConsoleCommand) -> Result<Seq, Failure> {
        match self.command(command, None).await? {
            Answer::Done(seq) => Ok(seq),
            Answer::Refused(_, message) => Err(Failure::failed(message)),
        }
    }

    /// Has something done, on what was seen, and hears how the rules judge it.
    pub(super) async fn command(&mut self, command: ConsoleCommand, seen: Option<Seen>) -> Result<Answer, Failure> {
        let key = self.key()?;
        self.send(ConsoleRequest::Command { key: key.clone(), seen, command }).await?;
        loop {
            let reply = self.hear().await?;
            if let ConsoleReply::Accepted { key: answered, seq } = &reply
                && *answered == key
            {
                return Ok(Answer::Done(*seq));
            }
            if let ConsoleReply::Refused { key: answered, refusal, message } = reply
                && answered == key
            {
                return Ok(Answer::Refused(Box::new(refusal), message));
            }
        }
    }

    /// Asks for one page, from where an earlier one ended.
    async fn page(&mut self, query: &Query, after: Option<String>) -> Result<(Page, Option<String>), Failure> {
        let key = self.key()?;
        self.send(ConsoleRequest::Ask { key: key.clone(), query: query.clone(), after }).await?;
        loop {
            if let ConsoleReply::Answer { key: answered, page, next } = self.hear().await?
                && answered == key
            {
                return Ok((page, next));
            }
        }
    }

    /// Rows of the history, newest first, at most `limit`.
    pub(super) async fn history(&mut self, words: &str, limit: usize) -> Result<Vec<HistoryRow>, Failure> {
        let query = Query::History { words: words.into() };
        let (mut rows, mut after) = (Vec::new(), None);
        loop {
            let (page, next) = self.page(&query, after).await?;
            match page {
                Page::History(more) => rows.extend(more),
                Page::Nothing(why) => return Err(Failure::failed(why)),
                Page::Before(..)
                | Page::Briefs(_)
                | Page::Replies(..)
                | Page::Past(..)
                | Page::Promises(_)
                | Page::Blocked(_)
                | Page::Preview(_)
                | Page::WhatIf(_)
                | Page::Alike(_)
                | Page::Likely(_)
                | Page::Learned(_)
                | Page::Gaps(_)
                | Page::Session(_) => {}
            }
            if next.is_none() || rows.len() >= limit {
                rows.truncate(limit);
                return Ok(rows);
            }
            after = next;
        }
    }

    /// What a query that has one page is answered with.
    async fn one<T>(&mut self, query: &Query, take: impl FnOnce(Page) -> Option<T>) -> Result<T, Failure> {
        let (page, _) = self.page(query, None).await?;
        if let Page::Nothing(why) = page {
            return Err(Failure::failed(why));
        }
        take(page).ok_or_else(|| Failure::failed("the floor answered with something else"))
    }

    /// What shifts left to the next, newest first.
    pub(super) async fn briefs(&mut self) -> Result<Vec<BriefRow>, Failure> {
        self.one(&Query::Briefs {}, |page| if let Page::Briefs(rows) = page { Some(rows) } else { None }).await
    }

    /// Customers whom nobody answers for a while.
    pub(super) async fn blocked(&mut self) -> Result<Vec<BlockRow>, Failure> {
        self.one(&Query::Blocked {}, |page| if let Page::Blocked(rows) = page { Some(rows) } else { None }).await
    }

    /// What customers are owed, what is due first before the rest.
    pub(super) async fn promises(&mut self) -> Result<Vec<PromiseRow>, Failure> {
        self.one(&Query::Promises {}, |page| if let Page::Promises(rows) = page { Some(rows) } else { None }).await
    }

    /// A whole conversation as frames; `which` is an id or a handle.
    pub(super) async fn session(&mut self, which: &str) -> Result<Vec<Frame>, Failure> {
        let query = Query::Session { conversation: which.to_owned() };
        let (mut frames, mut after) = (Vec::new(), None);
        loop {
            let (page, next) = self.page(&query, after).await?;
            match page {
                Page::Session(more) => frames.extend(more),
                Page::Nothing(why) => return Err(Failure::failed(why)),
                Page::Before(..)
                | Page::Briefs(_)
                | Page::Replies(..)
                | Page::Past(..)
                | Page::Promises(_)
                | Page::Blocked(_)
                | Page::Preview(_)
                | Page::WhatIf(_)
                | Page::Alike(_)
                | Page::Likely(_)
                | Page::Learned(_)
                | Page::Gaps(_)
                | Page::History(_) => {}
            }
            if next.is_none() {
                return Ok(frames);
            }
            after = next;
        }
    }

    /// What would follow if this or that were done in a conversation.
    pub(super) async fn what_if(&mut self, which: &str) -> Result<WhatIf, Failure> {
        let query = Query::WhatIf { conversation: which.to_owned() };
        self.one(&query, |page| if let Page::WhatIf(page) = page { Some(page) } else { None }).await
    }

    /// What a message to the conversations of an incident would come to.
    pub(super) async fn preview(
        &mut self,
        incident: IncidentId,
        kind: BroadcastKind,
        text: Foreign,
    ) -> Result<Preview, Failure> {
        let query = Query::Preview { incident, kind, text };
        self.one(&query, |page| if let Page::Preview(page) = page { Some(*page) } else { None }).await
    }

    /// What is like the last choice in a conversation.
    pub(super) async fn alike(&mut self, which: &str) -> Result<Alike, Failure> {
        let query = Query::Alike { conversation: which.to_owned() };
        self.one(&query, |page| if let Page::Alike(page) = page { Some(*page) } else { None }).await
    }

    /// Conversations that are likely to need somebody soon.
    pub(super) async fn likely(&mut self) -> Result<Vec<LikelyRow>, Failure> {
        self.one(&Query::Likely {}, |page| if let Page::Likely(rows) = page { Some(rows) } else { None }).await
    }

    /// What learning has changed.
    pub(super) async fn learned(&mut self, since: Option<Timestamp>) -> Result<Learned, Failure> {
        let query = Query::Learned { since };
        self.one(&query, |page| if let Page::Learned(page) = page { Some(*page) } else { None }).await
    }

    /// What customers asked and no article answers.
    pub(super) async fn gaps(&mut self, since: Option<Timestamp>) -> Result<Gaps, Failure> {
        let query = Query::Gaps { since };
        self.one(&query, |page| if let Page::Gaps(page) = page { Some(*page) } else { None }).await
    }

    pub(super) async fn send(&mut self, request: ConsoleRequest) -> Result<(), Failure> {
        self.feed.requests.send(request).await.map_err(|_| Failure::failed("the floor hung up; try again"))
    }

    /// What the floor says next.
    pub(super) async fn hear(&mut self) -> Result<ConsoleReply, Failure> {
        loop {
            let event = tokio::time::timeout(PATIENCE, self.feed.events.recv()).await;
            match event {
                Ok(Some(FeedEvent::Reply(reply))) => return Ok(*reply),
                Ok(Some(FeedEvent::Connecting { .. } | FeedEvent::Connected | FeedEvent::Lost { .. })) => {}
                Ok(Some(FeedEvent::Ended { reason })) => return Err(Failure::failed(reason)),
                Ok(None) => return Err(Failure::failed("the floor hung up; try again")),
                Err(_) => {
                    let what =
                        format!("the floor did not answer within {} s; `baton doctor` looks why", PATIENCE.as_secs());
                    return Err(Failure::failed(what));
                }
            }
        }
    }
}

/// The lines of a transcript out of its frames: the last state of each, in order.
pub(super) fn items(frames: &[Frame]) -> Vec<Item> {
    let mut at: HashMap<Seq, usize> = HashMap::new();
    let mut items: Vec<Item> = Vec::new();
    for change in frames.iter().flat_map(|frame| &frame.changes) {
        let crate::protocol::console::Change::Items(_, more) = change else { continue };
        for item in more {
            if let Some(known) = at.get(&item.seq).and_then(|index| items.get_mut(*index)) {
                known.clone_from(item);
            } else {
                at.insert(item.seq, items.len());
                items.push(item.clone());
            }
        }
    }
    items.sort_by_key(|item| item.seq);
    items
}

/// The labels of a conversation, as its last frame with a row shows them.
pub(super) fn labels(frames: &[Frame]) -> Vec<Label> {
    let mut changes = frames.iter().rev().flat_map(|frame| frame.changes.iter().rev());
    changes
        .find_map(|change| {
            let crate::protocol::console::Change::Row(row) = change else { return None };
            Some(row.labels.clone())
        })
        .unwrap_or_default()
}
