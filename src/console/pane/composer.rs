//! What stands below the transcript: the approval that waits, and the composer that names its audience.

use super::strip::{Piece, Strip, exact, piece, wrap};
use crate::console::keymap::{Deed, Run};
use crate::console::model::{Draft, Model};
use crate::console::theme::Token;
use crate::console::update::{allowed, asked, choices, is_beside, left};
use crate::domain::id::ConversationId;
use crate::domain::text::Clean;
use crate::domain::tool::ARGS_MAX;
use crate::protocol::console::Audience;
use crate::protocol::transcript::ApprovalCard;

/// Lines of text that a composer shows; a longer text scrolls with the place in it.
const LINES_MAX: usize = 8;
/// Lines of evidence on the band; the card shows all.
const EVIDENCE_MAX: usize = 2;
/// Texts to begin with that are shown at once.
const CHOICES_SHOWN: usize = 4;
/// Lines of the marked one.
const CHOICE_LINES: usize = 3;

/// Approval and composer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComposerView {
    /// Their lines.
    pub strips: Vec<Strip>,
    /// Where the cursor stands: column and line.
    pub cursor: Option<(u16, u16)>,
}

impl ComposerView {
    /// Both in so many cells; empty in the past.
    pub fn of(model: &Model, width: u16) -> Self {
        let mut view = Self { strips: Vec::new(), cursor: None };
        if model.is_past() || model.row().is_none() {
            return view;
        }
        let detail = model.live.open.as_ref().and_then(|open| open.detail.as_ref());
        let approvals = detail.map(|detail| detail.approvals.as_slice()).unwrap_or_default();
        if let Some(first) = approvals.first() {
            view.strips.extend(band(model, first, approvals.len()));
        }
        view.compose(model, usize::from(width));
        view
    }

    fn compose(&mut self, model: &Model, width: usize) {
        let Some(row) = model.row() else { return };
        let draft = model.drafts.get(&row.id);
        let writing = model.composing == Some(row.id);
        let Some(draft) = draft.filter(|draft| writing || !draft.editor.is_blank()) else {
            self.strips.push(Strip::rule([piece(Token::Dim, "COMPOSER")]));
            self.strips.extend(unsent(model, row.id));
            self.strips.push(ways_to_write(model));
            return;
        };
        let token = audience_token(draft.audience);
        let (who, sees) = match draft.audience {
            Audience::Reply => (clean!("REPLY to {}", row.name.one_line().truncated(20)), seen(model, draft)),
            Audience::Whisper => (clean!("WHISPER to {}", row.holder), Clean::fixed("customer does NOT see")),
            Audience::Note => (Clean::fixed("NOTE"), Clean::fixed("colleagues see")),
            Audience::Barge => (clean!("BARGE beside {}", row.holder), seen(model, draft)),
        };
        self.strips.push(Strip::rule([piece(token, who)]).right([piece(token, clean!(" {sees} "))]));
        if draft.editor.is_blank() {
            self.strips.extend(unsent(model, row.id));
        }
        self.offer(model, width);
        self.text(draft, width, writing);
        self.strips.push(if writing && !choices(model).is_empty() {
            keys(&[("Enter", "takes it"), ("Up Down", "choose"), ("Esc", "keep")])
        } else if writing && draft.audience == Audience::Reply && draft.editor.is_blank() {
            keys(&[("Enter", "send"), ("/", "words"), ("Tab", "audience"), ("Esc", "keep")])
        } else if writing {
            keys(&[("Enter", "send"), ("Ctrl-J", "line"), ("Tab", "audience"), ("Esc", "keep")])
        } else {
            at_rest(model)
        });
    }

    /// Texts to begin with, the marked one in full.
    fn offer(&mut self, model: &Model, width: usize) {
        let choices = choices(model);
        let at = model.replies.at.min(choices.len().saturating_sub(1));
        let first = at.saturating_sub(CHOICES_SHOWN - 1);
        for (nth, choice) in choices.iter().enumerate().skip(first).take(CHOICES_SHOWN) {
            let marked = nth == at;
            let (mark, token) = if marked { ("›", Token::Selected) } else { (" ", Token::Dim) };
            let about = choice.about.one_line();
            self.strips.push(Strip::of([
                piece(Token::Base, clean!(" {mark} ")),
                piece(Token::Strong, clean!("{} ", choice.name.one_line().truncated(24))),
                piece(token, clean!(" {about}")),
            ]));
            if marked {
                let (lines, _) = wrap(&choice.text, width.saturating_sub(6), CHOICE_LINES);
                self.strips.extend(
                    lines.into_iter().map(|line| Strip::of([piece(Token::Base, "     "), piece(Token::Base, line)])),
                );
            }
        }
    }

    /// The text, scrolled so that the place in it is seen.
    fn text(&mut self, draft: &Draft, width: usize, writing: bool) {
        let room = width.saturating_sub(3);
        let (before, _) = draft.editor.halves();
        let shown = clean!("{}", draft.editor.text());
        let (lines, _) = wrap(&shown, room, usize::MAX);
        // The place stands where the text before it ends when that is wrapped alone.
        let (to_here, _) = wrap(&clean!("{before}"), room, usize::MAX);
        let at = to_here.len().saturating_sub(1).min(lines.len().saturating_sub(1));
        let column = to_here.last().map_or(0, Clean::cells);
        let top = at.saturating_sub(LINES_MAX - 1);
        if writing {
            let y = self.strips.len() + at - top;
            self.cursor = Some(((column + 1).min(width.saturating_sub(1)) as u16, y as u16));
        }
        let ink = if writing { Token::Base } else { Token::Dim };
        self.strips.extend(
            lines
                .into_iter()
                .skip(top)
                .take(LINES_MAX)
                .map(|line| Strip::of([piece(Token::Base, " "), piece(ink, line)])),
        );
    }
}

/// What the customer sees of the words.
fn seen(model: &Model, draft: &Draft) -> Clean {
    let detail = model.live.open.as_ref().and_then(|open| open.detail.as_ref());
    match detail.and_then(|detail| detail.translates) {
        Some(_) if draft.untranslated => Clean::fixed("customer sees as it is, NOT translated"),
        Some(language) => clean!("customer sees in {}, translated", language.short()),
        None => Clean::fixed("customer sees"),
    }
}

/// The colour of an audience.
pub const fn audience_token(audience: Audience) -> Token {
    match audience {
        Audience::Reply => Token::Reply,
        Audience::Whisper => Token::Whisper,
        Audience::Note => Token::Note,
        Audience::Barge => Token::Barge,
    }
}

/// Keys and what they do, side by side.
pub fn keys(pairs: &[(&str, &str)]) -> Strip {
    let mut pieces: Vec<Piece> = vec![piece(Token::Base, " ")];
    for (key, word) in pairs {
        pieces.push(piece(Token::Key, clean!("{key}")));
        pieces.push(piece(Token::Dim, clean!(" {word}  ")));
    }
    Strip::of(pieces)
}

/// ` left by ana, unsent: the router may be …`; `/` in the reply takes it up.
fn unsent(model: &Model, conversation: ConversationId) -> Option<Strip> {
    let left = left(model, conversation)?;
    let words = clean!(" left by {}, unsent (/ in the reply takes it up): {}", left.by, left.text.one_line());
    Some(Strip::of([piece(Token::Note, words)]))
}

/// What can be done with a draft that is not being written.
fn at_rest(model: &Model) -> Strip {
    let key = |deed| model.keymap.key_of(Run::Deed(deed));
    let (on, give) = (key(Deed::Compose), key(Deed::GiveDraft));
    let mut ways = vec![(on.as_str(), "goes on with your draft")];
    if allowed(model, Run::Deed(Deed::GiveDraft)).is_ok() {
        ways.push((give.as_str(), "gives it away as a note"));
    }
    keys(&ways)
}

fn ways_to_write(model: &Model) -> Strip {
    let can = |deed| allowed(model, Run::Deed(deed)).is_ok();
    let key = |deed| model.keymap.key_of(Run::Deed(deed));
    let mut ways = Vec::new();
    if can(Deed::Compose) {
        let mine = model.row().is_some_and(|row| row.holder.operator() == model.me() && model.me().is_some());
        ways.push((key(Deed::Compose), if mine { "reply" } else { "write" }));
    }
    if can(Deed::Whisper) {
        ways.push((key(Deed::Whisper), "whisper"));
    }
    if can(Deed::Barge) {
        let ends = model.row().is_some_and(|row| is_beside(model, row));
        ways.push((key(Deed::Barge), if ends { "end barge" } else { "barge" }));
    }
    if can(Deed::TakeOver) {
        ways.push((key(Deed::TakeOver), "take over"));
    }
    let pairs: Vec<(&str, &str)> = ways.iter().map(|(key, word)| (key.as_str(), *word)).collect();
    keys(&pairs)
}

/// What waits for a person, as evidence.
fn band(model: &Model, card: &ApprovalCard, n: usize) -> Vec<Strip> {
    let left = card.expires.since(model.now());
    let head = Strip::rule([piece(Token::Need, clean!("APPROVAL 1 of {n}"))])
        .right([piece(Token::Need, clean!(" {} left", exact(left))), piece(Token::Dim, ", then refused ")]);
    let args: Vec<String> =
        card.args.iter().take(ARGS_MAX).map(|(name, value)| format!("{name} {}", value.one_line())).collect();
    let mut strips = vec![
        head,
        Strip::of([
            piece(Token::Strong, clean!("  {}", asked(card))),
            piece(Token::Base, clean!("   {}", args.join("  "))),
        ]),
    ];
    strips.extend(
        card.evidence
            .iter()
            .take(EVIDENCE_MAX)
            .map(|seen| Strip::of([piece(Token::Dim, "  seen    "), piece(Token::Base, seen.line.one_line())])),
    );
    let limit = |limit: Option<crate::domain::money::Money>| limit.map_or("nothing".to_owned(), |m| m.to_string());
    let policy = clean!("  limits  {} {} · you {}", card.agent, limit(card.agent_limit), limit(card.your_limit));
    strips.push(Strip::of([piece(Token::Dim, policy)]));
    if allowed(model, Run::Deed(Deed::Decide)).is_ok() {
        let key = model.keymap.key_of(Run::Deed(Deed::Decide));
        strips.push(Strip::of([
            piece(Token::Key, clean!("  {key}")),
            piece(Token::Strong, " decide"),
            piece(Token::Dim, "  (opens the card; nothing happens yet)"),
        ]));
    }
    strips
}
