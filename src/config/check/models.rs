//! The language models, and the agents that are backed by them.

use super::Check;
use crate::config::files::{AgentFile, ModelFile, ModelKind};
use crate::config::nearest::suggest;
use crate::config::source::{Part, Source};
use crate::domain::money::Currency;

impl Check<'_> {
    pub(super) fn models(&mut self) {
        let bundle = self.bundle;
        let file = self.file("baton.toml");
        let models = &bundle.house.models;
        self.twice(file, "models", "name", models.iter().map(|model| model.name.as_str()));
        for (index, model) in models.iter().enumerate() {
            let way = |key| [Part::Key("models"), Part::At(index), Part::Key(key)];
            for (key, what, way_out) in faults(model) {
                self.error(file, &way(key), what, way_out);
            }
        }
        let prices = models.iter().flat_map(|model| [model.price_input, model.price_cached, model.price_output]);
        let mut currencies: Vec<Currency> = prices.flatten().map(|price| price.currency).collect();
        let budgets = bundle.agents.iter().filter_map(|agent| agent.model_budget);
        currencies.extend(budgets.chain(bundle.policy.models.daily_budget).map(|budget| budget.currency));
        currencies.dedup();
        if currencies.len() > 1 {
            let what = format!("prices and budgets of models are in {} and {}", currencies[0], currencies[1]);
            self.error(file, &[Part::Key("models")], what, "give all of them in one currency: they are added up");
        }
        for agent in &bundle.agents {
            let source = self.named("agents/", agent.name.as_str());
            for (index, name) in agent.models.iter().enumerate() {
                let way = [Part::Key("models"), Part::At(index)];
                if !models.iter().any(|model| model.name == *name) {
                    let way_out = suggest(name.as_str(), models.iter().map(|model| model.name.as_str()));
                    self.error(source, &way, format!("baton.toml has no model `{name}`"), way_out);
                }
            }
            self.candidate(source, agent);
            if agent.model_budget.is_some() && agent.models.is_empty() && agent.candidate.is_none() {
                let way_out = "name its `models`, or take the budget out";
                self.error(source, &[Part::Key("model-budget")], "a budget for models, and no models", way_out);
            }
        }
    }
}

impl Check<'_> {
    /// The model that judges answers: one there is, of words, and answers for it to judge.
    pub(super) fn judge(&mut self) {
        let Some(judge) = &self.bundle.house.judge else { return };
        let (file, models) = (self.file("baton.toml"), &self.bundle.house.models);
        let way = [Part::Key("judge"), Part::Key("model")];
        let name = &judge.model;
        match models.iter().find(|model| model.name == *name) {
            None => {
                let way_out = suggest(name.as_str(), models.iter().map(|model| model.name.as_str()));
                self.error(file, &way, format!("there is no model `{name}`"), way_out);
            }
            Some(model) if model.kind == ModelKind::Remote => {
                let what = format!("`{name}` is an agent, which answers and does not judge");
                self.error(file, &way, what, "name a language model");
            }
            Some(_) => {}
        }
        if self.bundle.agents.iter().all(|agent| agent.models.is_empty()) {
            let way_out = "name the `models` of an agent, or take it out: what flows say is not judged";
            self.error(file, &way[..1], "there are no answers to judge", way_out);
        }
    }

    fn candidate(&mut self, source: Option<&Source>, agent: &AgentFile) {
        let Some(candidate) = &agent.candidate else { return };
        let way = |key| [Part::Key("candidate"), Part::Key(key)];
        let models = &self.bundle.house.models;
        for name in candidate.models.iter().filter(|name| !models.iter().any(|model| model.name == **name)) {
            let way_out = suggest(name.as_str(), models.iter().map(|model| model.name.as_str()));
            self.error(source, &way("models"), format!("baton.toml has no model `{name}`"), way_out);
        }
        if candidate.models.is_empty() && agent.models.is_empty() {
            self.error(source, &way("models"), "no language model composes for it", "name its `models`");
        }
        if candidate.models.is_empty() && candidate.persona.is_none() {
            let way_out = "give it other `models` or another `persona`";
            self.error(source, &[Part::Key("candidate")], "it is the agent as it is", way_out);
        }
        if candidate.asked > 100 {
            let what = format!("{} of a hundred", candidate.asked);
            self.error(source, &way("asked"), what, "from 0 to 100");
        }
    }
}

/// A key is looked for in one place.
pub(super) fn key_in_two(
    (env, file, command): (Option<&String>, Option<&String>, &[String]),
) -> Option<(&'static str, String, &'static str)> {
    let places = [env.is_some(), file.is_some(), !command.is_empty()];
    (places.into_iter().filter(|named| *named).count() > 1).then(|| {
        let key = if command.is_empty() { "key-file" } else { "key-command" };
        (key, "its key stands in two places".to_owned(), "keep one of `key-env`, `key-file` and `key-command`")
    })
}

/// What is wrong with one model, by its key.
fn faults(model: &ModelFile) -> Vec<(&'static str, String, &'static str)> {
    let mut faults = Vec::new();
    let url = &model.base_url;
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let socket = url.strip_prefix("wss://").or_else(|| url.strip_prefix("ws://"));
    let rest = rest.or(socket.filter(|_| model.kind == ModelKind::Remote));
    if rest.is_none_or(|rest| rest.is_empty() || rest.contains(char::is_whitespace)) {
        let what = format!("`{}` is no address of a server", url.escape_debug());
        faults.push(("base-url", what, "write it as `https://api.openai.com/v1` or `http://127.0.0.1:11434/v1`"));
    }
    if rest.is_some_and(|rest| rest.split('/').next().is_some_and(|host| host.contains('@'))) {
        let what = "the address holds a name or a key".to_owned();
        faults.push(("base-url", what, "name the variable that holds the key in `key-env`, or its file in `key-file`"));
    }
    if model.model.is_empty() && model.kind != ModelKind::Remote {
        faults.push((
            "model",
            "the provider's name for the model is missing".to_owned(),
            "write it as `model = \"…\"`",
        ));
    }
    let places = (model.key_env.as_ref(), model.key_file.as_ref(), model.key_command.as_slice());
    if let Some((key, what, way_out)) = key_in_two(places) {
        faults.push((key, what, way_out));
    }
    if model.attempts == 0 {
        faults.push(("attempts", "it is never asked".to_owned(), "one attempt at least"));
    }
    if model.at_once == 0 {
        faults.push(("at-once", "it is never asked".to_owned(), "one call at once at least"));
    }
    if model.context_tokens.is_some_and(|tokens| tokens <= model.output_tokens.saturating_mul(2)) {
        let what = format!(
            "its {} tokens leave no room beside the {} of an answer",
            model.context_tokens.unwrap_or(0),
            model.output_tokens
        );
        faults.push(("context-tokens", what, "name what it can hold, as 32768, or give it fewer `output-tokens`"));
    }
    if model.output_tokens == 0 {
        faults.push(("output-tokens", "it may write nothing".to_owned(), "700 are three long paragraphs"));
    }
    faults
}
