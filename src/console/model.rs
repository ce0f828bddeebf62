//! Everything the console knows. Plain data: `update` changes it, panes show it.

pub mod beside;
pub mod card;
pub mod clock;
pub mod editor;
pub mod foresight;
pub mod lists;
pub mod order;
pub mod painted;
pub mod pending;
pub mod picture;
pub mod player;
pub mod replies;
pub mod sheet;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::domain::id::{ClientKey, ConversationId, OperatorName, Seq};
use crate::domain::operator::Role;
use crate::domain::text::Clean;
use crate::domain::time::{Millis, Timestamp};
use crate::protocol::console::{Audience, You};
use crate::protocol::incident::Preview;
use crate::protocol::knowledge::Gaps;
use crate::protocol::learning::Alike;
use crate::protocol::query::{Frame, HistoryRow};
use crate::protocol::row::{ConversationRow, Section};

use super::keymap::Keymap;
use beside::Beside;
use card::Card;
use clock::Clock;
use editor::Editor;
use foresight::Foresight;
use lists::Lists;
use order::{Filter, Order, Rows, Sort};
use painted::Painted;
use pending::{Keys, Notices, Pending, Tone};
use picture::{Picture, Scene};
use player::{Origin, Player};
use replies::Replies;
use sheet::Sheet;

/// Conversations one can go back to with `'`.
pub const TRAIL_MAX: usize = 32;

/// A place on the screen: column and line from the upper left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// First column.
    pub x: u16,
    /// Line.
    pub y: u16,
    /// So many columns.
    pub width: u16,
}

/// The size of the screen in cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Size {
    /// Columns.
    pub columns: u16,
    /// Lines.
    pub lines: u16,
}

/// What the body of the screen shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// Everything live.
    #[default]
    Floor,
    /// Lines and what waits.
    Queue,
    /// Specialists and people.
    Agents,
    /// What was.
    History,
    /// What customers asked and no article answers.
    Knowledge,
}

/// Which pane the keys move in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pane {
    /// The list of rows.
    #[default]
    List,
    /// The conversation.
    Transcript,
    /// The side panel.
    Side,
}

/// What the side panel shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SidePage {
    /// The customer, the pack, why, mood, clocks.
    #[default]
    Customer,
    /// Agents and people.
    People,
    /// Nothing; the transcript is wider.
    Hidden,
}

/// How the line to the floor is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// Being made, for the n-th time.
    Connecting(u32),
    /// Made; the snapshot is on its way.
    Greeting,
    /// The picture is live.
    Live,
    /// Lost; it is made again at a moment of the console's clock.
    Lost {
        /// Why.
        reason: Clean,
        /// When it is tried again.
        retry_at: Millis,
    },
    /// Over for good.
    Ended(Clean),
}

/// An unsent text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// For whom.
    pub audience: Audience,
    /// The text.
    pub editor: Editor,
    /// Whether a reply goes out as it is, although the customer writes another language.
    pub untranslated: bool,
    /// Since when the server's copy is another; nothing when it is the same.
    pub unsaved: Option<Millis>,
}

/// A session that was asked for and comes in pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The question's key.
    pub key: ClientKey,
    /// Id or handle.
    pub conversation: String,
    /// Frames so far.
    pub frames: Vec<Frame>,
    /// From where.
    pub origin: Origin,
}

/// The history view.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct History {
    /// Rows so far, newest first.
    pub rows: Vec<HistoryRow>,
    /// Where the next page begins; nothing when all are here.
    pub next: Option<String>,
    /// The question on its way, and whether it goes on behind the rows that are here.
    pub asked: Option<(ClientKey, bool)>,
    /// The search line.
    pub line: Editor,
    /// Which row is marked.
    pub chosen: usize,
    /// Words that are searched for.
    pub words: String,
}

/// The knowledge view.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Knowledge {
    /// What no article answers, once the floor has said so.
    pub gaps: Option<Box<Gaps>>,
    /// The question on its way.
    pub asked: Option<ClientKey>,
    /// Which row is marked.
    pub chosen: usize,
}

/// Everything the console knows.
#[derive(Debug, Clone)]
pub struct Model {
    /// The console's own clock at the message being handled, from its start.
    pub wall: Millis,
    /// The screen.
    pub size: Size,
    /// The viewer's time zone.
    pub zone: TimeZone,
    /// The keys.
    pub keymap: Keymap,
    /// Which theme is wanted.
    pub theme: String,
    /// Whether this console was told to look only.
    pub read_only: bool,
    /// Whom the token belongs to, once the floor said so.
    pub you: Option<You>,
    /// How the line is.
    pub link: Link,
    /// The floor's clock.
    pub clock: Clock,
    /// The floor and the open conversation, live.
    pub live: Scene,
    /// A snapshot that comes in parts.
    pub arriving: Option<Scene>,
    /// A past session being looked at.
    pub player: Option<Player>,
    /// A past session on its way.
    pub asked: Option<Asked>,
    /// The order of rows.
    pub order: Order,
    /// How live rows are ordered.
    pub sort: Sort,
    /// Which rows are wanted.
    pub filter: Filter,
    /// The filter line, and whether it is being typed.
    pub filter_line: (Editor, bool),
    /// The view.
    pub view: View,
    /// The pane that keys move in.
    pub pane: Pane,
    /// The conversation alone.
    pub zoom: bool,
    /// The side panel's page.
    pub side: SidePage,
    /// Lines scrolled out above the side panel.
    pub side_top: usize,
    /// The marked conversation; follows the id, never the row.
    pub selected: Option<ConversationId>,
    /// Since when it is marked.
    pub selected_at: Millis,
    /// The marked person of the agents view; the viewer unless another was marked.
    pub person: Option<OperatorName>,
    /// Where it last stood in the list: moves go on from there when it has left the floor.
    pub place: usize,
    /// Conversations marked before, the last one at the end.
    pub trail: VecDeque<ConversationId>,
    /// The marked line of the transcript; nothing follows its end.
    pub line: Option<Seq>,
    /// Older lines were asked for, by which key.
    pub older: Option<ClientKey>,
    /// Messages of a conversation when it was last looked at, and the newest entry then.
    pub looked: BTreeMap<ConversationId, (u64, Option<Seq>)>,
    /// Up to where the open conversation was known before it was opened.
    pub known_upto: Option<Seq>,
    /// Unsent texts.
    pub drafts: BTreeMap<ConversationId, Draft>,
    /// Where the viewer said something beside the holder, and so was asked once.
    pub spoke_beside: BTreeSet<ConversationId>,
    /// Texts to begin an answer with.
    pub replies: Replies,
    /// The conversation whose composer has the keys; it is locked to it.
    pub composing: Option<ConversationId>,
    /// A card, if one is open.
    pub card: Option<Card>,
    /// A sheet, if one lies there.
    pub sheet: Option<Sheet>,
    /// How many files of a line were opened.
    pub next_file: Option<(Seq, usize)>,
    /// Acts on their way.
    pub pending: Vec<Pending>,
    /// Keys for them.
    pub keys: Keys,
    /// Where the viewer did something last that may be taken back; the row says whether it can still.
    pub undo: Option<ConversationId>,
    /// What was just written to a customer and reads like a promise: where, the sentence, by when.
    pub pledged: Option<(ConversationId, String, Timestamp)>,
    /// Lines for the viewer.
    pub notices: Notices,
    /// What the last frame showed.
    pub painted: Painted,
    /// When a key was last pressed.
    pub last_key: Option<Millis>,
    /// The history view.
    pub history: History,
    /// The knowledge view.
    pub knowledge: Knowledge,
    /// What would follow in the marked conversation.
    pub foresight: Foresight,
    /// What conversations that are over came to, beside the open one.
    pub beside: Beside,
    /// What a message to many would come to: the question on its way, and the last answer.
    pub preview: (Option<ClientKey>, Option<Box<Preview>>),
    /// What is like the choice that is being corrected: the question on its way, and the last answer.
    pub alike: (Option<ClientKey>, Option<Box<Alike>>),
    /// What was learnt and what is likely, for the sheets that list it.
    pub lists: Lists,
    /// The view was changed and is not kept by the server yet, since then.
    pub unkept: Option<Millis>,
    /// A conversation to play as soon as the line is there.
    pub replay: Option<String>,
    /// The view kept by the server was taken up, or a newer one made here.
    pub resumed_view: bool,
}

impl Model {
    /// A console that knows nothing yet. `stem` is the beginning of its keys and must be its alone.
    pub fn new(keymap: Keymap, zone: TimeZone, theme: &str, stem: &str) -> Self {
        Self {
            wall: Millis(0),
            size: Size { columns: 80, lines: 24 },
            zone,
            keymap,
            theme: theme.to_owned(),
            read_only: false,
            you: None,
            link: Link::Connecting(1),
            clock: Clock::default(),
            live: Scene::default(),
            arriving: None,
            player: None,
            asked: None,
            order: Order::default(),
            sort: Sort::default(),
            filter: Filter::default(),
            filter_line: (Editor::default(), false),
            view: View::default(),
            pane: Pane::default(),
            zoom: false,
            side: SidePage::default(),
            side_top: 0,
            selected: None,
            selected_at: Millis(0),
            person: None,
            place: 0,
            trail: VecDeque::new(),
            line: None,
            older: None,
            looked: BTreeMap::new(),
            known_upto: None,
            drafts: BTreeMap::new(),
            spoke_beside: BTreeSet::new(),
            replies: Replies::default(),
            composing: None,
            card: None,
            sheet: None,
            next_file: None,
            pending: Vec::new(),
            keys: Keys::new(stem),
            undo: None,
            pledged: None,
            notices: Notices::default(),
            painted: Painted::default(),
            last_key: None,
            history: History::default(),
            knowledge: Knowledge::default(),
            foresight: Foresight::default(),
            beside: Beside::default(),
            preview: (None, None),
            alike: (None, None),
            lists: Lists::default(),
            unkept: None,
            replay: None,
            resumed_view: false,
        }
    }

    /// What is looked at: the past if a session is open, else now.
    pub fn scene(&self) -> &Scene {
        self.player.as_ref().map_or(&self.live, |player| &player.scene)
    }

    /// The time of what is looked at.
    pub fn now(&self) -> Timestamp {
        self.player.as_ref().map_or_else(|| self.clock.now(self.wall), Player::moment)
    }

    /// The floor's time, whatever is looked at.
    pub fn floor_now(&self) -> Timestamp {
        self.clock.now(self.wall)
    }

    /// The viewer's name.
    pub fn me(&self) -> Option<&OperatorName> {
        self.you.as_ref().map(|you| &you.operator)
    }

    /// Whose state is looked at in the agents view.
    pub fn marked_person(&self) -> Option<&OperatorName> {
        let marked = self.person.as_ref().filter(|name| self.live.picture.operators.contains_key(*name));
        marked.or_else(|| self.me())
    }

    /// The viewer's role; who is not known yet may only look.
    pub fn role(&self) -> Role {
        self.you.as_ref().map_or(Role::Observer, |you| you.role)
    }

    /// Whether a past session stands in the panes.
    pub const fn is_past(&self) -> bool {
        self.player.is_some()
    }

    /// The row of what is looked at.
    pub fn row(&self) -> Option<&ConversationRow> {
        match &self.player {
            Some(player) => player.scene.open_row(),
            None => self.selected.and_then(|id| self.live.picture.rows.get(&id)),
        }
    }

    /// Messages that came since a conversation was last looked at.
    pub fn unread(&self, row: &ConversationRow) -> u64 {
        self.looked.get(&row.id).map_or(0, |(turns, _)| row.turns.saturating_sub(*turns))
    }

    /// Says something to the viewer.
    pub fn say(&mut self, tone: Tone, text: Clean) {
        self.notices.say(tone, text, self.wall);
    }

    /// Orders the rows anew at once.
    pub fn sort_now(&mut self) {
        let Picture { rows, incidents, .. } = &self.live.picture;
        let rows = Rows { all: rows, sort: self.sort, filter: &self.filter, incidents };
        self.order.sort(&rows, self.wall);
    }

    /// Orders the rows anew if that is due and no hands are on the keys.
    pub fn settle(&mut self) {
        // Where nothing stands nothing moves under anybody's hands: what needs somebody is shown at once.
        let needs = || self.live.picture.rows.values().any(|row| row.section == Section::NeedsYou);
        let blank = self.view == View::Queue && self.order.section(Section::NeedsYou).is_empty();
        if blank && self.order.is_dirty() && needs() {
            return self.sort_now();
        }
        let Picture { rows, incidents, .. } = &self.live.picture;
        let rows = Rows { all: rows, sort: self.sort, filter: &self.filter, incidents };
        self.order.settle(&rows, self.wall, self.last_key);
    }

    /// The open conversation is looked at: nothing in it is unread.
    pub fn look(&mut self) {
        if self.player.is_some() {
            return;
        }
        let Some(open) = &self.live.open else { return };
        if let Some(row) = self.live.picture.rows.get(&open.id) {
            self.looked.insert(open.id, (row.turns, open.newest()));
        }
    }
}
