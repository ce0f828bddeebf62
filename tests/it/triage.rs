//! What the triage of a preset is sure of, and with what right.

use baton::analysis::Model;
use baton::config;
use baton::domain::id::IntentName;

/// Parts the examples are divided into; each is told by the others.
const PARTS: usize = 5;
/// By how much confidence may lie above what comes true: some hundred words say no more about it.
const TOO_SURE: f32 = 0.1;

const PRESETS: [&str; 5] = ["support", "saas", "ecommerce", "healthcare", "finance"];

/// Whoever writes one word gets an answer, and is not told apart as surely as who writes a sentence. All presets
/// with `BATON_SOAK=1`, otherwise two.
#[test]
fn single_words_are_told_with_no_more_confidence_than_comes_true() {
    let (mut sure, mut right, mut words) = (0.0, 0.0, 0.0);
    let soak = std::env::var_os("BATON_SOAK").is_some();
    for preset in PRESETS.into_iter().take(if soak { PRESETS.len() } else { 2 }) {
        let house = config::preset(preset).unwrap();
        let intents = house.agents.iter().flat_map(|agent| &agent.intents);
        let examples: Vec<(IntentName, &str)> = intents
            .flat_map(|intent| intent.examples.iter().map(|text| (intent.name.clone(), text.as_str())))
            .collect();
        for part in 0..PARTS {
            let taught = examples.iter().enumerate().filter(|(at, _)| at % PARTS != part);
            let model = Model::train(&taught.map(|(_, example)| example.clone()).collect::<Vec<_>>());
            for (intent, text) in examples.iter().skip(part).step_by(PARTS) {
                let word = text.split_whitespace().max_by_key(|word| word.len()).unwrap_or_default();
                let analysis = model.analyse(&word.into());
                if let Some(top) = analysis.top() {
                    words += 1.0;
                    sure += top.confidence.0 as f32 / 10_000.0;
                    right += f32::from(u8::from(top.intent == *intent));
                }
            }
        }
    }
    let (sure, right) = (sure / words, right / words);
    println!("{words} words: {sure:.3} sure, {right:.3} right");
    assert!(words > 300.0 && sure <= right + TOO_SURE, "{words} words: {sure:.3} sure, {right:.3} right");
}
