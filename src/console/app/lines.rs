//! The console of lines: standard input is read for commands, what happened is printed.

use std::io::BufRead;

use tokio::sync::mpsc;

use super::{Error, Exit, Options, stem, zone};
use crate::client::feed::{Feed, FeedEvent};
use crate::console::keymap::Keymap;
use crate::console::model::{Link, Model};
use crate::console::plain::Plain;
use crate::domain::text::{Clean, Foreign};
use crate::domain::time::Millis;
use crate::protocol::console::{ConsoleReply, ConsoleRequest};

/// Lines typed ahead; who types more waits.
const TYPED_MAX: usize = 16;

/// Runs a console of lines until `quit` or the end of the feed. `print` is given each line; when it
/// fails, the console ends with its error. The end of standard input is no end: a pipe may only listen.
pub async fn lines<E: From<Error>>(
    options: Options,
    mut feed: Feed,
    mut print: impl FnMut(&Clean) -> Result<(), E>,
) -> Result<Exit, E> {
    let keymap = Keymap::read(options.keymap.as_deref()).map_err(Error::from)?;
    let mut model = Model::new(keymap, zone::system(), "mono", &stem());
    model.read_only = options.read_only;
    let mut plain = Plain::new(model);
    let mut typed = typed();
    // What is typed before the picture is there would be answered from an empty floor.
    let mut settled = false;
    loop {
        tokio::select! {
            event = feed.events.recv() => {
                let link = match event {
                    Some(FeedEvent::Reply(reply)) => {
                        settled |= matches!(*reply, ConsoleReply::Welcome { seq: Some(_), .. });
                        for line in plain.hear(*reply) {
                            print(&line)?;
                        }
                        continue;
                    }
                    Some(FeedEvent::Connecting { attempt }) => Link::Connecting(attempt),
                    Some(FeedEvent::Connected) => Link::Greeting,
                    Some(FeedEvent::Lost { reason, retry_ms }) => {
                        settled = true;
                        Link::Lost { reason: Foreign::new(&reason).one_line(), retry_at: Millis(retry_ms) }
                    }
                    Some(FeedEvent::Ended { reason }) => return Ok(Exit::Lost { reason }),
                    None => return Ok(Exit::Lost { reason: "the feed ended without a word".into() }),
                };
                if let Some(line) = plain.link(link) {
                    print(&line)?;
                }
            }
            Some(line) = typed.recv(), if settled => {
                let said = plain.say(&line);
                for line in &said.lines {
                    print(line)?;
                }
                if said.leaves {
                    return Ok(Exit::Detached);
                }
                for request in said.requests {
                    if !sent(&feed, request) {
                        print(&Clean::fixed("not sent: too much waits for the floor; try again in a moment"))?;
                    }
                }
            }
        }
    }
}

fn sent(feed: &Feed, request: ConsoleRequest) -> bool {
    feed.requests.try_send(request).is_ok()
}

/// Lines of standard input. Its thread ends with the input, or with the process.
fn typed() -> mpsc::Receiver<String> {
    let (send, lines) = mpsc::channel(TYPED_MAX);
    let reading = move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if send.blocking_send(line).is_err() {
                return;
            }
        }
    };
    // Without the thread nothing can be typed, but everything is still told.
    let _ = std::thread::Builder::new().name("typed".into()).spawn(reading);
    lines
}
