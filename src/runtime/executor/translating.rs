//! Has texts translated. What it came to is recorded, with the call that was paid for; nobody is asked twice.

use crate::domain::analysis::Language;
use crate::domain::command::EffectResult;
use crate::domain::envelope::Actor;
use crate::domain::id::{ConversationId, Seq};
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::domain::translation::{Piece, TranslationFailure};

use super::Executor;

impl Executor {
    /// A text is translated, for as long as the rules wait for it. A stop is recorded too: a model may have been
    /// paid by then, and who wrote a reply is told that it did not go out.
    pub(super) async fn translate(
        &self,
        cause: Seq,
        (conversation, piece): (ConversationId, Piece),
        text: &Foreign,
        languages: (Language, Language),
        until: Timestamp,
    ) {
        let shared = &self.shared;
        let patience = shared.clock.real(until.since(shared.clock.now()).0);
        let (text, call) = match shared.in_force.now().translator.clone() {
            Some(translator) => translator.translate(text, languages, patience, &shared.stops).await,
            None => (Err(TranslationFailure::Unreachable), None),
        };
        if let Err(why) = &text {
            tracing::warn!(why = why.words(), "a text was not translated");
        }
        let call = call.map(Box::new);
        self.come_back(Actor::Floor, cause, EffectResult::Translated { conversation, piece, text, call }).await;
    }
}
