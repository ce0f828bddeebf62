//! A deployment proposed from past dialogues: the preset `bare`, and beside it an agent for each
//! desk, an intent and a flow for each matter, replies, and a page about what is missing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::paper::{Found, paper};
use super::{gaps, replies};
use crate::cli::failure::Failure;
use crate::cli::past::Past;
use crate::cli::past::spread::Spread;
use crate::cli::past::typical::{centers, plain, typical};
use crate::cli::progress::busy;
use crate::config;

/// What the agents are put beside.
const PRESET: &str = "bare";
/// The page about it; no file of the deployment.
pub(super) const PAPER: &str = "proposal.md";
/// Examples of an intent: measured accuracy hardly rises behind so many.
const EXAMPLES: usize = 20;
/// An intent with fewer is not proposed: the triage would guess.
const EXAMPLES_MIN: usize = 3;
/// Matters of a proposal: more nobody would read through.
const MATTERS_MAX: usize = 150;

/// One matter as it is proposed.
struct Matter {
    name: String,
    desk: usize,
    requests: usize,
    customers: usize,
    examples: Vec<String>,
}

/// The files, by path and text.
pub(super) fn files(past: &Past) -> Result<Vec<(String, String)>, Failure> {
    let bare = config::preset_files(PRESET).map_err(Failure::failed)?;
    let house = config::preset(PRESET).map_err(Failure::failed)?;
    let spread = Spread::of(&past.dialogues);
    let mut shown: BTreeSet<String> = house
        .agents
        .iter()
        .flat_map(|agent| &agent.intents)
        .flat_map(|intent| &intent.examples)
        .map(|text| plain(text))
        .collect();
    let mut taken: BTreeSet<String> =
        house.agents.iter().flat_map(|agent| &agent.intents).map(|intent| intent.name.to_string()).collect();
    taken.extend(house.playbooks.iter().map(|book| book.id.name.to_string()));
    let (matters, left_out) = matters(past, &spread, &mut shown, &mut taken);
    if matters.is_empty() {
        return Err(Failure::failed(format!(
            "{} requests show no matter that {EXAMPLES_MIN} different texts ask for; give more dialogues, or begin with \
             `baton init --preset {PRESET}`",
            past.requests.len()
        )));
    }
    let agents: BTreeSet<String> = house.agents.iter().map(|agent| agent.name.to_string()).collect();
    let desks = desks(past, &matters, agents);
    let mut files: Vec<(String, String)> = Vec::new();
    let all: Vec<&str> = desks.values().map(String::as_str).collect();
    for (path, text) in bare {
        let text = match *path {
            "agents/triage.toml" => with_handoffs(text, "\"escalation\"", &all),
            "agents/escalation.toml" => with_handoffs(text, "\"triage\"", &all),
            _ => (*text).to_owned(),
        };
        files.push(((*path).to_owned(), text));
    }
    for (desk, name) in &desks {
        let own: Vec<&Matter> = matters.iter().filter(|matter| matter.desk == *desk).collect();
        files.push((format!("agents/{name}.toml"), agent(name, &all, &own)));
    }
    for matter in &matters {
        files.push((format!("playbooks/{}.toml", matter.name), playbook(matter)));
    }
    let learnt = replies::learnt(past, &spread);
    if let Some((_, text)) = files.iter_mut().find(|(path, _)| path == "replies.toml") {
        text.push_str(&replies::written(&learnt));
    }
    let gaps = busy("looking for gaps", || gaps::gaps(past, &spread, &learnt));
    let found =
        Found { desks: desks.len(), matters: matters.len(), left_out: &left_out, replies: learnt.len(), gaps: &gaps };
    files.push((PAPER.to_owned(), paper(past, &found)));
    Ok(files)
}

fn matters(
    past: &Past,
    spread: &Spread,
    shown: &mut BTreeSet<String>,
    taken: &mut BTreeSet<String>,
) -> (Vec<Matter>, Vec<(String, usize)>) {
    let centers =
        centers(past.requests.iter().map(|request| (request.matter, &request.place)), past.desks.matters.len());
    let mut order: Vec<(usize, usize)> = (0..past.desks.matters.len())
        .map(|matter| (matter, past.requests.iter().filter(|request| request.matter == matter).count()))
        .filter(|(_, requests)| *requests > 0)
        .collect();
    order.sort_by_key(|(matter, requests)| (std::cmp::Reverse(*requests), *matter));
    let mut left_out = Vec::new();
    let mut matters = Vec::new();
    for (matter, requests) in order {
        let Some((label, desk)) = past.desks.matters.get(matter) else { continue };
        let own = || past.requests.iter().filter(move |request| request.matter == matter);
        let texts = own().map(|request| (request.text.as_str(), &request.place));
        let examples = typical(texts, (matter, &centers), spread, shown, EXAMPLES);
        if examples.len() < EXAMPLES_MIN || matters.len() == MATTERS_MAX {
            left_out.push((label.clone(), requests));
            continue;
        }
        let customers: BTreeSet<String> = own()
            .filter_map(|request| past.dialogues.get(request.dialogue))
            .map(crate::cli::past::spread::who)
            .collect();
        let name = name(label, "matter", taken);
        matters.push(Matter { name, desk: *desk, requests, customers: customers.len(), examples });
    }
    (matters, left_out)
}

/// The desks that have a matter, with the names of their agents.
fn desks(past: &Past, matters: &[Matter], mut taken: BTreeSet<String>) -> BTreeMap<usize, String> {
    let wanted: BTreeSet<usize> = matters.iter().map(|matter| matter.desk).collect();
    let label = |desk: usize| past.desks.desks.get(desk).map_or("", String::as_str);
    wanted.into_iter().map(|desk| (desk, name(label(desk), "desk", &mut taken))).collect()
}

/// Longest name, so that a number still fits behind it.
const NAME_MAX: usize = 36;

/// A label as a name that no other has: small letters, digits and dashes.
pub(super) fn name(label: &str, otherwise: &str, taken: &mut BTreeSet<String>) -> String {
    let mut name = String::new();
    for c in label.chars().flat_map(char::to_lowercase) {
        if name.len() == NAME_MAX {
            break;
        }
        if c.is_ascii_alphanumeric() {
            name.push(c);
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    let stem = match name.trim_end_matches('-') {
        "" => otherwise,
        stem => stem,
    };
    let numbered = (2..).map(|number| format!("{stem}-{number}"));
    let free = std::iter::once(stem.to_owned()).chain(numbered).find(|name| !taken.contains(name));
    let name = free.unwrap_or_default();
    taken.insert(name.clone());
    name
}

/// A text as TOML writes it.
pub(super) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// A name as words.
fn spoken(name: &str) -> String {
    name.replace('-', " ")
}

/// A file of `bare` whose agent may hand off to the desks as well.
fn with_handoffs(text: &str, known: &str, desks: &[&str]) -> String {
    let line = format!("handoffs = [{known}]");
    let more: BTreeSet<String> = desks.iter().map(|desk| quoted(desk)).collect();
    let all: Vec<String> = more.into_iter().chain([known.to_owned()]).collect();
    text.replace(&line, &format!("handoffs = [{}]", all.join(", ")))
}

fn agent(name: &str, all: &[&str], matters: &[&Matter]) -> String {
    let requests: usize = matters.iter().map(|matter| matter.requests).sum();
    let others: BTreeSet<&str> = all.iter().copied().filter(|other| *other != name).collect();
    let handoffs: Vec<String> = others.into_iter().chain(["triage", "escalation"]).map(quoted).collect();
    let mut text = format!(
        "# Proposed from {requests} requests of past dialogues: change what does not fit.\n\
         # `persona` is who it is and how it talks; examples train the triage, ten or more each are good.\n\n\
         name = {}\ntitle = {}\nrole = \"specialist\"\npersona = \"\"\"\nKnows its way around {}. Asks one thing at a time.\n\"\"\"\n\
         capacity = 200\nqueue = \"care\"\nhandoffs = [{}]\nskills = {{ {} = 80 }}\n",
        quoted(name),
        quoted(&format!("{} specialist", spoken(name))),
        matters.iter().map(|matter| spoken(&matter.name)).collect::<Vec<_>>().join(", "),
        handoffs.join(", "),
        quoted(name),
    );
    for matter in matters {
        let about = format!("{} requests of {} customers", matter.requests, matter.customers);
        // Writing to a string cannot fail.
        let _ =
            write!(text, "\n[[intents]]\nname = {}\nabout = {}\nexamples = [\n", quoted(&matter.name), quoted(&about));
        for example in &matter.examples {
            let _ = writeln!(text, "  {},", quoted(example));
        }
        text.push_str("]\n");
    }
    text
}

/// A flow that is true from the first day: what an article says, else a person.
fn playbook(matter: &Matter) -> String {
    let topic = spoken(&matter.name);
    format!(
        "# A beginning: it answers from the articles, and calls a person where there is none. Put the questions that\n\
         # people ask for this matter before it (`ask`), and the tools that settle it (`call`).\n\n\
         name = {name}\ntopic = {topic}\nintents = [{name}]\n\n\
         [[steps]]\nanswer = true\nelse = \"human\"\n\n\
         [[steps]]\ncheck = true\nsay = [\"Does that answer your question?\", \"Does that help?\"]\nyes = \"done\"\nno = \"human\"\n\n\
         [[steps]]\nid = \"human\"\nescalate = \"playbook\"\n\
         say = [\"This is something for one of our people. I'm getting somebody; they see everything you wrote.\"]\n\n\
         [[steps]]\nid = \"done\"\nresolve = \"answered\"\n",
        name = quoted(&matter.name),
        topic = quoted(&topic),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Bundle;
    use crate::simulation::dialogue;

    #[test]
    fn names_are_slugs_and_never_twice() {
        let mut taken = BTreeSet::from(["triage".to_owned()]);
        let mut of = |label: &str| name(label, "desk", &mut taken);
        assert_eq!(of("Bank_Balance!"), "bank-balance");
        assert_eq!((of("bank balance"), of("triage")), ("bank-balance-2".to_owned(), "triage-2".to_owned()));
        assert_eq!((of("доставка"), of("../..")), ("desk".to_owned(), "desk-2".to_owned()));
        let long = of(&"x".repeat(90));
        assert!(long.len() <= NAME_MAX && long.parse::<crate::domain::id::AgentName>().is_ok());
    }

    #[test]
    fn hostile_labels_and_texts_make_a_sound_deployment() {
        let odd = ["\\\"\\\"\\\"", "]\\ninjected = 1", "{gap}", "'''", "\\u202eevil", "\\\\"];
        let line = |at: usize| {
            let (odd, thing) = (odd[at % odd.len()], ["lamp", "door", "hub", "plug", "lock"][at % 5]);
            format!(
                r#"{{"id":"{at}","turns":[{{"role":"customer","text":"please repair the {thing} {odd} number {at}"}},
                {{"role":"agent","text":"we will repair it {odd}"}}],"labels":{{"domain":"re{odd}pair","intent":"greeting"}}}}"#
            )
            .replace('\n', "")
        };
        let text = (0..40).map(line).collect::<Vec<_>>().join("\n");
        let past = Past::of(dialogue::read(text.as_bytes()).unwrap());
        let files = files(&past).unwrap();
        let bundle =
            Bundle::of(files.iter().filter(|(path, _)| path != PAPER).cloned()).unwrap_or_else(|e| panic!("{e}"));
        let own: Vec<_> =
            bundle.agents.iter().filter(|agent| agent.role == crate::domain::agent::AgentRole::Specialist).collect();
        let intents: Vec<&str> =
            own.iter().flat_map(|agent| &agent.intents).map(|intent| intent.name.as_str()).collect();
        assert!(intents.contains(&"greeting-2"), "the house's own greeting stays: {intents:?}");
        let triage = bundle.agents.iter().find(|agent| agent.name.as_str() == "triage").unwrap();
        assert!(own.iter().all(|agent| triage.handoffs.contains(&agent.name)));
    }
}
