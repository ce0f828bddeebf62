//! Which words many customers use: what only one or two of them said may name somebody, and is not
//! shown to others.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::likeness;
use crate::simulation::dialogue::Dialogue;

/// A word must have been said by, or to, so many customers.
const CUSTOMERS_MIN: usize = 3;
/// With fewer customers nothing could be shown; then what is redacted by pattern has to do.
const CUSTOMERS_FROM: usize = 12;

/// Words with how many customers they were said by or to.
pub(in crate::cli) struct Spread {
    words: BTreeMap<String, usize>,
    customers: usize,
}

/// Who a dialogue's customer is; one without a name is nobody else.
pub(in crate::cli) fn who(dialogue: &Dialogue) -> String {
    // No name has a nought in it.
    dialogue.customer.id.clone().unwrap_or_else(|| format!("\0{}", dialogue.id))
}

impl Spread {
    /// Counts the words of all turns.
    pub(in crate::cli) fn of(dialogues: &[Dialogue]) -> Self {
        let mut said: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for dialogue in dialogues {
            let texts = dialogue.turns.iter().filter_map(|turn| turn.text.as_ref());
            said.entry(who(dialogue)).or_default().extend(texts.flat_map(|text| likeness::words(text.raw())));
        }
        let customers = said.len();
        let mut words: BTreeMap<String, usize> = BTreeMap::new();
        for word in said.into_values().flatten() {
            *words.entry(word).or_default() += 1;
        }
        Self { words, customers }
    }

    /// Whether every word of a text was said by, or to, several customers.
    pub(in crate::cli) fn is_common(&self, text: &str) -> bool {
        if self.customers < CUSTOMERS_FROM {
            return true;
        }
        let common = |word: &String| self.words.get(word).is_some_and(|customers| *customers >= CUSTOMERS_MIN);
        likeness::words(text).iter().all(common)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::dialogue;

    #[test]
    fn what_one_customer_said_is_not_common() {
        let line = |at: usize| {
            let own = if at == 3 { "call Quintilia" } else { "call" };
            format!(
                r#"{{"id":"{at}","customer":{{"id":"k{at}"}},"turns":[{{"role":"customer","text":"please {own}"}}]}}"#
            )
        };
        let text = |count: usize| (0..count).map(line).collect::<Vec<_>>().join("\n");
        let read = |count| Spread::of(&dialogue::read(text(count).as_bytes()).unwrap());
        let many = read(12);
        assert!(many.is_common("Please call") && !many.is_common("please call quintilia") && many.is_common(""));
        assert!(read(11).is_common("please call quintilia"));
    }
}
