//! Words that agents need outside of flows: leading into an answer, coming back to a question,
//! owning up to a failure. The built-in ones can be replaced key by key in `phrases.toml`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::files::Variants;
use super::problem::{Problem, Problems};
use super::read;
use super::source::{Part, Source};
use crate::domain::playbook::Template;

const BUILT_IN: &str = include_str!("presets/phrases.toml");

macro_rules! phrases {
    ($($(#[doc = $doc:literal])+ $key:ident;)*) => {
        /// `phrases.toml`: every key is a list of variants of one sentence.
        #[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
        #[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
        pub struct PhrasesFile {
            $($(#[doc = $doc])+ pub $key: Variants,)*
        }

        /// The phrases, ready to be filled.
        #[derive(Debug, Clone, PartialEq, Eq, Default)]
        pub struct Phrases {
            $($(#[doc = $doc])+ pub $key: Vec<Template>,)*
        }

        impl Phrases {
            /// The file's phrases, and the built-in ones for the keys it leaves out.
            fn of(source: &Source, file: &PhrasesFile, rest: Option<&Self>, problems: &mut Problems) -> Self {
                let name = |key: &str| key.replace('_', "-");
                Self {$(
                    $key: if file.$key.0.is_empty() {
                        rest.map(|rest| rest.$key.clone()).unwrap_or_default()
                    } else {
                        templates(source, &name(stringify!($key)), &file.$key, problems)
                    },
                )*}
            }
        }
    };
}

phrases! {
    /// After a matter is settled.
    anything_else;
    /// Offers to go back to `{topic}`.
    resume_offer;
    /// Goes back to `{topic}`.
    resume_back;
    /// Comes back to an open question after a side question.
    back_to_question;
    /// Asks once more for a yes before something is changed.
    confirm_again;
    /// Asks once more whether it helped.
    check_again;
    /// Before an answer from an article.
    answer_lead;
    /// After an answer from the article `{title}`.
    answer_source;
    /// A human was asked for.
    human_asked;
    /// A human is asked because the agent does not get further.
    human_offered;
    /// A tool failed.
    tool_failed;
    /// Nobody knows whether a tool did its work.
    tool_unknown;
    /// The rules or a person did not allow it.
    tool_refused;
    /// The message was not understood.
    unclear;
    /// The message is about `{first}` or about `{second}`, and it is not clear about which.
    which_of_two;
    /// The customer said that there is something else.
    go_ahead;
    /// After a handoff: `{promise}` was made before.
    promise_kept;
    /// The customer writes in a language that the flows are not written in.
    other_language;
    /// After a handoff without a flow.
    handed_over;
    /// After a human gave the conversation back.
    back_from_human;
    /// A file came without a word.
    file_came;
    /// Asks what a file that came is about.
    file_what;
    /// A file came that is not handed on, or not yet.
    file_held;
    /// The conversation ends.
    farewell;
}

impl Phrases {
    /// The built-in phrases.
    pub fn built_in() -> Self {
        let mut problems = Problems::default();
        let source = Source::new("phrases.toml", BUILT_IN);
        let file = read::read(&source, &mut problems).unwrap_or_default();
        Self::of(&source, &file, None, &mut problems)
    }

    /// Those of a deployment's file over the built-in ones.
    pub(super) fn read(source: Option<&Source>, problems: &mut Problems) -> Self {
        let built_in = Self::built_in();
        let Some(source) = source else { return built_in };
        let file: PhrasesFile = read::read(source, problems).unwrap_or_default();
        Self::of(source, &file, Some(&built_in), problems)
    }
}

fn templates(source: &Source, key: &str, texts: &Variants, problems: &mut Problems) -> Vec<Template> {
    let mut templates = Vec::with_capacity(texts.0.len());
    for (index, text) in texts.0.iter().enumerate() {
        match text.parse() {
            Ok(template) => templates.push(template),
            Err(error) => {
                let way = [Part::Key(key), Part::At(index)];
                problems.push(Problem::at(source, &way, format!("{error}"), "correct the gap"));
            }
        }
    }
    templates
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_phrase_has_words() {
        let built_in = Phrases::built_in();
        let shown = format!("{built_in:?}");
        assert!(!shown.contains(": []"), "{shown}");
    }

    #[test]
    fn a_deployment_replaces_key_by_key() {
        let source = Source::new("phrases.toml", "farewell = \"Bye!\"");
        let mut problems = Problems::default();
        let own = Phrases::read(Some(&source), &mut problems);
        assert_eq!(own.farewell.first().map(ToString::to_string).as_deref(), Some("Bye!"));
        assert_eq!(own.unclear, Phrases::built_in().unclear);
        assert!(problems.0.is_empty());
    }
}
