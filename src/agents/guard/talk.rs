//! How a text talks: insults, threats, shouting, blame, chores, and advice that takes more than an agent.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::domain::guard::GuardReason;
use crate::domain::policy::GuardPolicy;

use super::words::Sayings;
use super::words::advice::FIELDS;
use super::words::talk::{BLAME, CHORES, INSULTING, INSULTS, THREATS};

/// Words in capitals, one after the other, that shout: fewer are an abbreviation or a name.
const SHOUTED: usize = 4;

static INSULTINGLY: LazyLock<Sayings> = LazyLock::new(|| Sayings::of(INSULTING));
static THREATENS: LazyLock<Sayings> = LazyLock::new(|| Sayings::of(THREATS));
static CHORE: LazyLock<Sayings> = LazyLock::new(|| Sayings::of(CHORES));
static BLAMES: LazyLock<Sayings> = LazyLock::new(|| Sayings::of(BLAME));
/// The sayings of each field, in their order.
static ADVICE: LazyLock<Vec<Sayings>> =
    LazyLock::new(|| FIELDS.iter().map(|(_, _, sayings)| Sayings::of(sayings)).collect());
static INSULT: LazyLock<HashSet<&str>> = LazyLock::new(|| INSULTS.iter().copied().collect());

/// What a customer's folded words are besides what they ask.
pub(super) fn of_customer(folded: &str) -> Vec<GuardReason> {
    let insult = insults(folded).then_some(GuardReason::Insult);
    let threat = THREATENS.stand_in(folded).then_some(GuardReason::Threat);
    let chore = CHORE.stand_in(folded).then_some(GuardReason::Chore);
    [insult, threat, chore].into_iter().flatten().collect()
}

/// What an agent's words are against brand and policy.
pub(super) fn of_agent(text: &str, folded: &str, policy: &GuardPolicy) -> Vec<GuardReason> {
    let mut found: Vec<GuardReason> = Vec::new();
    found.extend(insults(folded).then_some(GuardReason::Rude));
    found.extend(shouts(text).then_some(GuardReason::Shouting));
    found.extend(BLAMES.stand_in(folded).then_some(GuardReason::Blame));
    let fields = FIELDS.iter().zip(&*ADVICE).filter(|((field, ..), _)| policy.no_advice.contains(field));
    found.extend(fields.filter(|(_, sayings)| sayings.stand_in(folded)).map(|((_, reason, _), _)| *reason));
    let forbidden = policy.forbidden.iter().any(|words| {
        let words = super::plain::plain(words).text;
        !words.is_empty() && says(folded, &words)
    });
    found.extend(forbidden.then_some(GuardReason::Forbidden));
    found
}

fn insults(folded: &str) -> bool {
    folded.split(' ').any(|word| INSULT.contains(word)) || INSULTINGLY.stand_in(folded)
}

fn shouts(text: &str) -> bool {
    let loud = |word: &str| {
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        letters >= 3 && !word.chars().any(char::is_lowercase) && !word.chars().any(|c| c.is_ascii_digit())
    };
    let mut run = 0;
    text.split_whitespace().any(|word| {
        run = if loud(word) { run + 1 } else { 0 };
        run >= SHOUTED
    })
}

fn says(folded: &str, saying: &str) -> bool {
    folded.match_indices(saying).any(|(at, _)| {
        let before = at == 0 || folded.as_bytes().get(at - 1) == Some(&b' ');
        before && folded.as_bytes().get(at + saying.len()).is_none_or(|byte| *byte == b' ')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::AdviceField;

    #[test]
    fn tone_and_advice_by_policy() {
        let policy = GuardPolicy {
            no_advice: vec![AdviceField::Health],
            forbidden: vec!["Lifetime warranty".into()],
            ..GuardPolicy::default()
        };
        let told = |text: &str| of_agent(text, &super::super::plain::plain(text).text, &policy);
        assert_eq!(told("That is your own fault."), [GuardReason::Blame]);
        assert_eq!(told("PLEASE READ THE MANUAL now"), [GuardReason::Shouting]);
        assert_eq!(
            told("You should take two of them, with lifetime warranty!"),
            [GuardReason::HealthAdvice, GuardReason::Forbidden]
        );
        assert!(told("You should sue them.").is_empty(), "law is not named by this policy");
        assert!(told("Thanks, USB-C and HDMI work; the FAQ says so.").is_empty());
        assert_eq!(of_customer("you idiot"), [GuardReason::Insult]);
    }
}
