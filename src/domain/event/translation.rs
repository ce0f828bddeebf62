//! Another language: what was to be translated, and what came of it. A replay reads it here and asks nobody.

use crate::domain::analysis::Language;
use crate::domain::id::{ConversationId, Epoch, OperatorName, TurnNo};
use crate::domain::model::ModelCall;
use crate::domain::personal::Personal;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::domain::translation::{Piece, TranslationFailure};

super::family! {
    /// Another language.
    TranslationEvent, "translation", conversation;
    /// A message of the customer is to be translated for the people of the house; it stands right behind this.
    Asked = "asked" {
        /// Where.
        conversation: ConversationId,
        /// Which.
        turn: TurnNo,
        /// Out of which language.
        from: Language,
        /// Into which.
        to: Language,
        /// Until when it is waited for.
        until: Timestamp,
    }
    /// A person's reply waits for its translation; the customer has not seen it.
    Held = "held" {
        /// Where.
        conversation: ConversationId,
        /// Its number here.
        reply: u32,
        /// Whose.
        operator: OperatorName,
        /// Under which epoch it was written, and alone may go out.
        epoch: Epoch,
        /// The words.
        text: Personal<Foreign>,
        /// Out of which language.
        from: Language,
        /// Into which.
        to: Language,
        /// Until when it waits.
        until: Timestamp,
    }
    /// The translation came.
    Done = "done" {
        /// Where.
        conversation: ConversationId,
        /// Of what.
        piece: Piece,
        /// The words.
        text: Personal<Foreign>,
        /// The call of a language model, if one translated.
        call: Option<ModelCall>,
    }
    /// There is none. It is recorded also when nobody waited for it any more, if a model was asked.
    Failed = "failed" {
        /// Where.
        conversation: ConversationId,
        /// Of what.
        piece: Piece,
        /// Why.
        why: TranslationFailure,
        /// The call of a language model, if one was made.
        call: Option<ModelCall>,
    }
    /// A reply that waited goes to nobody. Its author may write it anew, or send it as it is.
    Unsent = "unsent" {
        /// Where.
        conversation: ConversationId,
        /// Its number here.
        reply: u32,
        /// Why there is no translation; none when its author does not answer here any more.
        why: Option<TranslationFailure>,
    }
}
