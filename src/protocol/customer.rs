//! The customer's end: what a chat page sends and hears.

use serde::{Deserialize, Serialize};

use crate::domain::conversation::HouseSentence;
use crate::domain::file::FileKind;
use crate::domain::id::{ClientKey, FileId, TurnNo};
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;

/// What a customer's client sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum CustomerRequest {
    /// First frame of a socket. Optional when the conversation's token came in a header.
    Hello {
        /// `baton.v1`.
        protocol: String,
        /// The conversation's token, from an earlier `welcome`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<String>,
        /// The newest turn the client has; what came after is sent again.
        #[serde(default)]
        #[schemars(with = "u64")]
        after: TurnNo,
        /// A token signed by the embedding site that says who this is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        identity: Option<String>,
    },
    /// A message.
    Say {
        /// The client's key; the same key with the same text is stored once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Option<String>")]
        key: Option<ClientKey>,
        /// The words; with files there may be none.
        text: Foreign,
        /// Files that were uploaded to this conversation before.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[schemars(with = "Vec<String>")]
        files: Vec<FileId>,
    },
    /// Put other words in place of those of an own message that was sent a few minutes ago at most.
    Edit {
        /// The client's key.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Option<String>")]
        key: Option<ClientKey>,
        /// The message.
        #[schemars(with = "u64")]
        turn: TurnNo,
        /// The words now.
        text: Foreign,
    },
    /// The customer is typing, or has stopped.
    Typing {
        /// Which.
        on: bool,
    },
    /// Ask for a human.
    Human {
        /// The client's key.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Option<String>")]
        key: Option<ClientKey>,
    },
    /// Wait no longer in front of the screen: a person writes later. Only while one waits for a person.
    CallBack {
        /// The client's key.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Option<String>")]
        key: Option<ClientKey>,
    },
    /// Wait for a person no longer.
    LeaveLine {
        /// The client's key.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Option<String>")]
        key: Option<ClientKey>,
    },
    /// Rate the conversation.
    Rate {
        /// The client's key.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Option<String>")]
        key: Option<ClientKey>,
        /// One to five.
        score: u8,
        /// A word beside it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        comment: Option<Foreign>,
    },
}

/// What a customer's client hears.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum CustomerReply {
    /// The socket is bound to a conversation.
    Welcome {
        /// The conversation's public reference for `/v1/conversations/{ref}`.
        conversation: String,
        /// The token that a resume needs; only when the server minted the reference.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<String>,
        /// The newest turn.
        #[schemars(with = "u64")]
        turn: TurnNo,
        /// Who answers now.
        speaker: Speaker,
        /// Whether the conversation is over and may be rated.
        resolved: bool,
    },
    /// The customer's message is on disk under this number.
    Stored {
        /// The key it came with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Option<String>")]
        key: Option<ClientKey>,
        /// Its number.
        #[schemars(with = "u64")]
        turn: TurnNo,
    },
    /// A message of the customer (on resume), an agent or a human.
    Message(Message),
    /// A sentence of the house.
    Notice {
        /// Its number.
        #[schemars(with = "u64")]
        turn: TurnNo,
        /// When.
        at: Timestamp,
        /// Which sentence.
        sentence: HouseSentence,
        /// The words.
        text: Foreign,
    },
    /// Somebody is composing, or has stopped.
    Typing {
        /// Who.
        speaker: Speaker,
        /// Which.
        on: bool,
    },
    /// Somebody else answers from here on.
    Handover {
        /// Who.
        to: Speaker,
    },
    /// The matter is settled; a rating is welcome.
    Resolved {},
    /// A rating was stored.
    Rated {
        /// The key it came with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Option<String>")]
        key: Option<ClientKey>,
    },
    /// The request was turned down; nothing was stored.
    Refused {
        /// The key it came with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Option<String>")]
        key: Option<ClientKey>,
        /// A word for programs.
        code: String,
        /// A sentence for people, with the way out.
        message: String,
    },
}

/// One message as a customer reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Message {
    /// Its number.
    #[schemars(with = "u64")]
    pub turn: TurnNo,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub author: Speaker,
    /// The words.
    pub text: Foreign,
    /// Titles of the articles it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<Foreign>,
    /// The customer's own message whose words these replace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<u64>")]
    pub edits: Option<TurnNo>,
    /// The customer's own message that came twice, a moment apart; it is answered once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<u64>")]
    pub repeats: Option<TurnNo>,
    /// Images and files that came with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<OwnFile>,
    /// Whether a machine translated it: who wrote it wrote another language.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub translated: bool,
}

/// A file as the customer who sent it is told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct OwnFile {
    /// Its id, for `/v1/conversations/{ref}/files/{file}` and for `files` of a message.
    #[schemars(with = "String")]
    pub file: FileId,
    /// Its name.
    pub name: Foreign,
    /// What it is by its content.
    pub kind: FileKind,
    /// How many bytes it has.
    pub bytes: u32,
}

/// Who speaks, as a customer is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Speaker {
    /// What kind of speaker.
    pub kind: SpeakerKind,
    /// The specialist's title or the colleague's name.
    pub name: String,
}

/// What kind of speaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SpeakerKind {
    /// The customer.
    You,
    /// An AI specialist.
    Ai,
    /// A person.
    Human,
    /// The line for a person.
    Waiting,
    /// The house.
    House,
}
