//! Sheets that explain: why this holder, why it needs somebody, what was withheld, one entry whole.

mod outlook;

use super::panel;
use super::side::{factor_word, scored, shows, signed};
use super::strip::{Strip, fit, piece, wrap};
use super::transcript::{decision_line, full, receipt};
use crate::console::model::Model;
use crate::console::model::picture::Opened;
use crate::console::theme::Token;
use crate::domain::escalation::{Signal, Term};
use crate::domain::id::Seq;
use crate::domain::routing::{Basis, RoutingDecision};
use crate::domain::supervision::DraftEnd;
use crate::domain::text::Clean;
use crate::protocol::row::{HarmTerm, Need};
use crate::protocol::transcript::{DraftFate, ItemBody};

/// A sheet of explanations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainView {
    /// Its lines.
    pub strips: Vec<Strip>,
}

fn open(model: &Model) -> Option<&Opened> {
    model.scene().open.as_ref()
}

impl ExplainView {
    /// Why this holder, and why it needs somebody: the marked decision, or the last one.
    pub fn why(model: &Model, width: u16) -> Self {
        let width = usize::from(width);
        let mut strips = Vec::new();
        let marked = model.line.and_then(|line| open(model)?.items.get(&line));
        let decision = if let Some(ItemBody::Routed(decision)) = marked.map(|item| &item.body) {
            Some(&**decision)
        } else {
            last_decision(model)
        };
        if let Some(decision) = decision {
            strips.extend(routed(model, decision, width));
        } else {
            strips.push(Strip::rule([piece(Token::Strong, "WHY THIS HOLDER")]).right(esc()));
            strips.push(Strip::of([piece(Token::Dim, "  no routing decision was made here yet")]));
        }
        strips.extend(handed(model));
        // The marked panel, or the last one.
        let items = open(model).into_iter().flat_map(|open| open.items.values().rev());
        let mut panels = marked.into_iter().chain(items).filter_map(|item| panel::strips(&item.body, width));
        strips.extend(panels.next().into_iter().flatten());
        let need = model.row().and_then(|row| row.need.as_ref());
        if let Some(need) = need {
            strips.push(Strip::blank());
            strips.extend(harm(need));
        }
        let called = open(model).and_then(|open| {
            open.items.values().rev().find_map(|item| {
                let ItemBody::Escalated { terms, trigger, .. } = &item.body else { return None };
                Some((terms, *trigger))
            })
        });
        if let Some((terms, trigger)) = called {
            strips.push(Strip::blank());
            strips.push(Strip::rule([piece(
                Token::Need,
                clean!("A HUMAN WAS CALLED: {}", super::list::trigger_word(trigger)),
            )]));
            strips.extend(terms.iter().map(signal));
        }
        strips.extend(outlook::soon(model));
        strips.extend(outlook::mood(model));
        Self { strips }
    }

    /// Drafts that did not go out, the newest first.
    pub fn drafts(model: &Model, width: u16) -> Self {
        let mut strips = vec![Strip::rule([piece(Token::Strong, "DRAFTS THAT DID NOT GO OUT")]).right(esc())];
        let items = open(model).into_iter().flat_map(|open| open.items.values().rev());
        for item in items.filter(|item| unsent(&item.body)) {
            strips.extend(full(model, item, usize::from(width)));
            if let ItemBody::Withheld { text, .. } | ItemBody::Draft { text, .. } | ItemBody::Overruled { text, .. } =
                &item.body
            {
                let (lines, _) = wrap(text, usize::from(width).saturating_sub(5), usize::MAX);
                strips.extend(
                    lines.into_iter().map(|line| Strip::of([piece(Token::Faint, "   │ "), piece(Token::Base, line)])),
                );
            }
            strips.push(Strip::blank());
        }
        Self { strips }
    }

    /// One entry of the transcript, whole.
    pub fn whole(model: &Model, seq: Seq, width: u16) -> Self {
        let mut strips = vec![Strip::rule([piece(Token::Strong, clean!("ENTRY {seq}"))]).right(esc())];
        let item = open(model).and_then(|open| open.items.get(&seq));
        match item.map(|item| (&item.body, item)) {
            Some((ItemBody::Routed(decision), _)) => strips.extend(routed(model, decision, usize::from(width))),
            Some((body @ ItemBody::Panel { .. }, _)) => {
                strips.extend(panel::strips(body, usize::from(width)).into_iter().flatten());
            }
            Some((_, item)) => strips.extend(full(model, item, usize::from(width))),
            None => strips.push(Strip::of([piece(Token::Dim, "  it is not here any more")])),
        }
        Self { strips }
    }
}

pub(super) fn esc() -> [super::strip::Piece; 2] {
    [piece(Token::Key, " Esc"), piece(Token::Dim, " back ")]
}

fn last_decision(model: &Model) -> Option<&RoutingDecision> {
    let open = open(model)?;
    let of_detail = open.detail.as_ref().and_then(|detail| detail.decision.as_deref());
    of_detail.or_else(|| {
        open.items.values().rev().find_map(|item| {
            let ItemBody::Routed(decision) = &item.body else { return None };
            Some(&**decision)
        })
    })
}

/// The last handoff: what the receipt left out, how passes between these two come out, and circles.
fn handed(model: &Model) -> Vec<Strip> {
    let items = || open(model).into_iter().flat_map(|open| open.items.values().rev());
    let last = items().find_map(|item| {
        let ItemBody::HandedOff { from, to, omissions } = &item.body else { return None };
        Some((from, to, omissions))
    });
    let mut strips = Vec::new();
    if let Some((from, to, omissions)) = last {
        let token = if omissions.is_empty() { Token::Base } else { Token::Need };
        strips.push(Strip::rule([piece(Token::Strong, clean!("HANDOFF {from} > {to}"))]));
        strips.push(Strip::of([piece(token, clean!(" {}", receipt(omissions)))]));
        let edges = model.live.picture.agents.get(from).into_iter().flat_map(|row| &row.edges);
        strips.extend(edges.filter(|edge| edge.to == *to).map(|edge| {
            let sums = &edge.sums;
            let words = clean!(
                " of {} offered {} were taken, {} settled the matter; asked again for what was known {} times",
                sums.offered,
                sums.accepted,
                sums.succeeded,
                sums.repeated
            );
            Strip::of([piece(Token::Dim, words)])
        }));
    }
    strips.extend(items().filter_map(|item| {
        let ItemBody::Circled { circle, then } = &item.body else { return None };
        Some(Strip::of([piece(Token::Need, clean!(" in a circle: {}; {}", circle.words(), then.words()))]))
    }));
    strips
}

/// The candidates with what made their scores.
fn routed(model: &Model, decision: &RoutingDecision, width: usize) -> Vec<Strip> {
    let mut strips = vec![Strip::rule([piece(Token::Strong, clean!("WHY {}", decision.chosen))]).right(esc())];
    let how = match decision.basis {
        Basis::Best => clean!("the highest score, {} above the next", decision.margin),
        Basis::TieBreak => Clean::fixed("equal scores, settled by the conversation's own number"),
        Basis::OnlyOne => Clean::fixed("only this agent could take it"),
        Basis::Fallback => Clean::fixed("no agent has the skill; the one who sorts things out takes it"),
        Basis::Person => {
            let rule = decision.rule.map(|rule| rule.to_string()).unwrap_or_default();
            let alone = decision.candidates.first().map(|best| best.agent.to_string()).unwrap_or_default();
            clean!("the rule {rule} of a person; the scores alone say {alone}")
        }
        Basis::Explored => Clean::fixed("not the best: drawn to learn whether it does as well"),
    };
    strips.push(Strip::of([piece(Token::Dim, clean!(" {}", decision_line(decision)))]));
    strips.push(Strip::of([piece(Token::Base, clean!(" {how}"))]));
    let detail = open(model).and_then(|open| open.detail.as_ref());
    let alone = detail.map_or(&[][..], |detail| &detail.outlook.alone);
    for candidate in &decision.candidates {
        let chosen = candidate.agent == decision.chosen;
        let mut head = scored(candidate, width.min(40));
        let word = if chosen { " · chosen" } else { "" };
        head.left.push(piece(Token::Dim, clean!("  chance {}{word}", candidate.propensity)));
        strips.push(head);
        strips.extend(alone.iter().filter(|(agent, ..)| *agent == candidate.agent).map(|(_, chance, of)| {
            Strip::of([piece(Token::Dim, clean!("     settles it alone {chance}, of {of} before"))])
        }));
        strips.extend(candidate.contributions.iter().filter(|term| shows(term.score)).map(|term| {
            let token = if term.score.0 < 0 { Token::Need } else { Token::Base };
            let name = fit(&Clean::fixed(factor_word(term.factor)), 8);
            Strip::of([piece(Token::Dim, clean!("     {name} ")), piece(token, clean!("{}", signed(term.score)))])
        }));
    }
    strips
}

/// What not looking would cost, term by term.
fn harm(need: &Need) -> Vec<Strip> {
    let title = clean!("WHY IT NEEDS YOU: {}", super::list::reason(&need.why));
    let mut strips = vec![Strip::rule([piece(Token::Need, title)])];
    strips.push(Strip::of([piece(Token::Dim, clean!(" harm of not looking {}", need.harm))]));
    strips.extend(need.terms.iter().map(|(term, score)| {
        let word = match term {
            HarmTerm::Severity => "how grave it is",
            HarmTerm::Due => "how near its due time is",
            HarmTerm::Mood => "how low the mood is",
            HarmTerm::Tier => "what this customer was promised",
            HarmTerm::Irreversible => "something irreversible waits",
            HarmTerm::Colleague => "a colleague is on it",
            HarmTerm::Priority => "the priority that a person gave it",
            HarmTerm::Likely => "how likely a human is needed soon",
        };
        Strip::of([
            piece(Token::Base, clean!("   {:<30}", word)),
            piece(if score.0 < 0 { Token::Good } else { Token::Need }, clean!("{}", signed(*score))),
        ])
    }));
    strips
}

/// A signal that calls for a human, in words.
pub const fn signal_word(signal: Signal) -> &'static str {
    match signal {
        Signal::WantsHuman => "asks for a human",
        Signal::Displeasure => "mood is low",
        Signal::Falling => "mood is falling",
        Signal::Repetition => "the same is said again",
        Signal::Misses => "answers did not help",
        Signal::FailedTools => "tools failed",
        Signal::Unclear => "nobody knows what is wanted",
        Signal::Safety => "words of law or safety",
        Signal::Tier => "what this customer was promised",
        Signal::Waiting => "the customer waits",
        Signal::Value => "what is at risk",
        Signal::Shouting => "capitals",
        Signal::Policy => "policy wants a person for them",
    }
}

fn signal(term: &Term) -> Strip {
    Strip::of([
        piece(Token::Base, clean!("   {:<30}", signal_word(term.signal))),
        piece(Token::Need, clean!("{:<7}", signed(term.weight))),
        piece(Token::Dim, clean!("read {}", term.value)),
    ])
}

/// Whether a line is about a draft that the customer did not read as it was.
const fn unsent(body: &ItemBody) -> bool {
    let ItemBody::Draft { end, .. } = body else {
        return matches!(body, ItemBody::Withheld { .. } | ItemBody::Overruled { .. });
    };
    !matches!(end, Some(DraftFate::Settled(DraftEnd::Sent | DraftEnd::Fused)))
}
