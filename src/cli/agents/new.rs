//! `baton agents new`: the files of one more specialist, which answers nobody until somebody says so.

use crate::cli::failure::Failure;
use crate::cli::place::Place;
use crate::cli::print::Printer;
use crate::config::{self, Bundle};
use crate::domain::agent::AgentRole;
use crate::domain::id::{AgentName, IntentName};

/// Writes a skeleton of one more agent, with a playbook; it starts as `shadow` and answers nobody
#[derive(Debug, clap::Args)]
pub(super) struct New {
    /// Its name, such as `warranty`
    name: AgentName,
}

impl New {
    pub(super) fn run(&self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        let name = &self.name;
        let folder = place.deployment_folder().ok_or_else(|| {
            Failure::failed("there is no deployment here to add to; `baton init` writes one".to_owned())
        })?;
        let bundle = config::load(&folder).map_err(Failure::failed)?;
        if bundle.agents.iter().any(|agent| agent.name == *name) {
            let way_out = "name another, or edit its file";
            return Err(Failure::failed(format!("there is an agent `{name}` already; {way_out}")));
        }
        let files = self.files(&bundle)?;
        // What would not be adopted is not written.
        let before = config::texts(&folder).map_err(Failure::failed)?;
        Bundle::of(before.into_iter().chain(files.iter().cloned())).map_err(Failure::failed)?;
        let written = files.iter().map(|(path, text)| (path.as_str(), text.as_str()));
        config::write_files(written, &folder).map_err(Failure::failed)?;
        let [(agent, _), (playbook, _)] = &files;
        let triage = bundle.agents.iter().find(|agent| agent.role == AgentRole::Triage);
        let triage = triage.map_or("triage", |agent| agent.name.as_str());
        printer.says(&format!(
            "wrote {agent} and {playbook} into {}\n\nnext:\n  \
             {agent}: its examples, as customers say it (they teach the triage), its tools and skills\n  \
             {playbook}: what it asks, does and says\n  \
             the agents that may pass to it: add \"{name}\" to `handoffs` in agents/{triage}.toml\n  \
             baton check    says whether the files fit together\n  \
             baton try      talks to them; while it is `life = \"shadow\"` it answers nobody: \
             `gated` shows its drafts to a person, `live` lets it answer",
            folder.display()
        ))
    }

    /// Agent and playbook.
    fn files(&self, bundle: &Bundle) -> Result<[(String, String); 2], Failure> {
        let name = &self.name;
        let intent: IntentName = format!("{name}-question").parse().map_err(Failure::usage)?;
        let queue = bundle.house.queues.first().map_or("care", |queue| queue.name.as_str());
        let others = bundle.agents.iter().filter(|agent| agent.role != AgentRole::Specialist);
        let others: Vec<String> = others.map(|agent| format!("\"{}\"", agent.name)).collect();
        let words = name.as_str().replace(['-', '_'], " ");
        let agent = format!(
            r#"name = "{name}"
title = "{words} specialist"           # as customers are told who takes over
role = "specialist"
life = "shadow"                # answers nobody; then `gated` (a person looks at each draft), then `live`
persona = """
Who it is and how it talks, in a few sentences; for agents of language models.
"""
capacity = 50
queue = "{queue}"
handoffs = [{others}]
tools = []                     # names of tools.toml; what does not stand here it may not call
skills = {{ {name} = 80 }}

[[intents]]
name = "{intent}"
about = "What the customer wants"
examples = [                   # replace all: ten or more, as different as customers are
  "I have a question about {words}", "can you help me with {words}?", "who knows about {words} here", "{words} please",
  "I need something done about my {words}", "what do I do about {words}?",
]
"#,
            others = others.join(", ")
        );
        let playbook = format!(
            r#"name = "{intent}"
topic = "{words}"
intents = ["{intent}"]

[[steps]]
answer = true                  # from knowledge/, with the article named
else = "ask"

[[steps]]
check = true
say = ["Does that help?", "Does that answer your question?"]
yes = "done"
no = "ask"

[[steps]]
id = "ask"
ask = "{name}-matter"
say = ["What exactly would you like to know about {words}?"]
else = "human"

[[steps]]
id = "human"
escalate = "playbook"
say = ["I'm asking a colleague who knows. They see everything you wrote."]

[[steps]]
id = "done"
resolve = "answered"
"#
        );
        Ok([(format!("agents/{name}.toml"), agent), (format!("playbooks/{intent}.toml"), playbook)])
    }
}
