//! The house, its tools and its shop.

use std::collections::BTreeSet;

use super::Check;
use crate::config::nearest::suggest;
use crate::config::source::Part;
use crate::domain::file::{FILE_BYTES_MAX, PER_CONVERSATION_MAX, PER_MESSAGE_MAX, SCAN_PATIENCE};
use crate::domain::operator::Role;

/// Longest a scan may take, in ms: the customer's answer waits no longer for it.
const SCAN_MS_MAX: u64 = SCAN_PATIENCE.0;

impl Check<'_> {
    pub(super) fn house(&mut self) {
        let house = &self.bundle.house;
        let baton = self.file("baton.toml");
        if let Some(listen) = &house.listen
            && listen.parse::<std::net::SocketAddr>().is_err()
        {
            let what = format!("`{}` is no address with a port", listen.escape_debug());
            self.error(baton, &[Part::Key("listen")], what, "write it as `127.0.0.1:8088`");
        }
        if house.queues.is_empty() {
            let way_out = "add `[[queues]]` with a `name`";
            self.error(baton, &[], "there is no queue for customers who ask for a human", way_out);
        }
        self.twice(baton, "queues", "name", house.queues.iter().map(|queue| queue.name.as_str()));
        for queue in &house.queues {
            self.twice(baton, "queues", "dispositions", queue.dispositions.iter().map(|word| word.name.as_str()));
        }
        self.twice(baton, "channels", "name", house.channels.iter().map(|channel| channel.name.as_str()));
        for (index, channel) in house.channels.iter().enumerate() {
            for (nth, origin) in channel.origins.iter().enumerate() {
                if !is_origin(origin) {
                    let way = [Part::Key("channels"), Part::At(index), Part::Key("origins"), Part::At(nth)];
                    let what = format!("`{}` is no origin", origin.escape_debug());
                    self.error(baton, &way, what, "write scheme and host alone, `https://shop.example`");
                }
            }
        }
        for (sentence, text) in &house.sentences {
            let unknown = text.parse().map(|template: crate::domain::playbook::Template| {
                template.gaps().find(|gap| !["who", "wait", "when"].contains(gap)).map(str::to_owned)
            });
            let what = match unknown {
                Ok(None) => continue,
                Ok(Some(gap)) => format!("the house cannot fill `{{{gap}}}`"),
                Err(error) => error.to_string(),
            };
            let key = serde_json::to_value(sentence).ok();
            let key = key.as_ref().and_then(|key| key.as_str()).unwrap_or_default();
            self.error(
                baton,
                &[Part::Key("sentences"), Part::Key(key)],
                what,
                "there are `{who}`, `{wait}` and `{when}`",
            );
        }
        self.scan();
        self.operators();
    }

    /// The scanner of files, and what customers may send.
    fn scan(&mut self) {
        let files = &self.bundle.policy.files;
        let limits = [
            ("bytes", u64::from(files.bytes), u64::from(FILE_BYTES_MAX)),
            ("per-message", u64::from(files.per_message), u64::from(PER_MESSAGE_MAX)),
            ("per-conversation", u64::from(files.per_conversation), u64::from(PER_CONVERSATION_MAX)),
        ];
        let (policy, baton) = (self.file("policy.toml"), self.file("baton.toml"));
        for (key, given, limit) in limits.into_iter().filter(|(_, given, limit)| *given == 0 || given > limit) {
            let what = format!("{given} is no limit for `{key}`");
            self.error(policy, &[Part::Key("files"), Part::Key(key)], what, format!("write 1 to {limit}"));
        }
        let Some(scan) = &self.bundle.house.scan else { return };
        let way = |key| [Part::Key("scan"), Part::Key(key)];
        if scan.command.is_empty() == scan.url.is_none() {
            let what = "a scanner is either a `command` or a `url`";
            self.error(baton, &[Part::Key("scan")], what, "write one of them");
        }
        if scan.url.as_ref().is_some_and(|url| !url.starts_with("http://") && !url.starts_with("https://")) {
            self.error(baton, &way("url"), "this is no address of a service", "begin it with `https://`");
        }
        if !(1..=SCAN_MS_MAX).contains(&scan.timeout_ms) {
            let what = format!("{} ms is no time for a scan", scan.timeout_ms);
            self.error(baton, &way("timeout-ms"), what, format!("write 1 to {SCAN_MS_MAX}"));
        }
    }

    fn operators(&mut self) {
        let bundle = self.bundle;
        let listed = bundle.house.operators.len();
        let mut seen = BTreeSet::new();
        for (index, operator) in bundle.operators.iter().enumerate() {
            let (source, nth) = if index < listed {
                (self.file("baton.toml"), index)
            } else {
                (self.file("operators.toml"), index - listed)
            };
            let way = |key| [Part::Key("operators"), Part::At(nth), Part::Key(key)];
            if !seen.insert(&operator.name) {
                self.error(
                    source,
                    &way("name"),
                    format!("`{}` stands twice in operators", operator.name),
                    "rename one",
                );
            }
            if operator.capacity == 0 {
                let way_out = "give them at least 1, or make them an observer";
                self.error(source, &way("capacity"), format!("{} takes no chats", operator.name), way_out);
            }
            for skill in &operator.skills {
                let mut known = bundle.agents.iter().flat_map(|agent| agent.skills.keys());
                if !known.any(|known| known == skill) {
                    let names = bundle
                        .agents
                        .iter()
                        .flat_map(|agent| agent.skills.keys())
                        .map(crate::domain::id::SkillName::as_str);
                    let way_out = suggest(skill.as_str(), names.collect::<BTreeSet<_>>());
                    self.error(source, &way("skills"), format!("no agent knows the skill `{skill}`"), way_out);
                }
            }
        }
        if !bundle.operators.iter().any(|operator| operator.role >= Role::Responder) {
            let baton = self.file("baton.toml");
            let way_out = "add `[[operators]]` with a role of `responder` or above";
            self.advice(baton, &[], "nobody can answer a customer who asks for a human", way_out);
        }
    }

    pub(super) fn tools(&mut self) {
        let file = self.file("tools.toml");
        let bundle = self.bundle;
        self.twice(file, "tools", "name", bundle.tools.iter().map(|tool| tool.name.as_str()));
        for (index, tool) in bundle.tools.iter().enumerate() {
            let way = |key| [Part::Key("tools"), Part::At(index), Part::Key(key)];
            if tool.agent_limit.is_some() && tool.amount.is_none() {
                let way_out = "name the argument that holds the money: `amount = \"amount\"`";
                self.error(file, &way("agent-limit"), format!("`{}` has a limit but no amount", tool.name), way_out);
            }
            for (nth, intent) in tool.conversion.iter().enumerate() {
                let mut known = bundle.agents.iter().flat_map(|agent| &agent.intents).map(|intent| &intent.name);
                if !known.any(|known| known == intent) {
                    let way = [Part::Key("tools"), Part::At(index), Part::Key("conversion"), Part::At(nth)];
                    let what = format!("no agent has the intent `{intent}` that `{}` sells in", tool.name);
                    self.error(file, &way, what, "name an intent of an agent");
                }
            }
            if let Some(amount) = &tool.amount
                && !tool.needs.contains(amount)
            {
                let way_out = "add it to `needs`: a call without it could not be judged";
                self.error(file, &way("amount"), format!("`{}` does not need its `{amount}`", tool.name), way_out);
            }
        }
    }

    pub(super) fn shop(&mut self) {
        let bundle = self.bundle;
        let Some(shop) = &bundle.shop else { return };
        let file = self.file("shop.toml");
        self.twice(file, "customers", "handle", shop.customers.iter().map(|person| person.handle.as_str()));
        self.twice(file, "customers", "email", shop.customers.iter().map(|person| person.email.as_str()));
        let mut orders = BTreeSet::new();
        for (index, person) in shop.customers.iter().enumerate() {
            for (nth, order) in person.orders.iter().enumerate() {
                if !orders.insert(&order.number) {
                    let way = [
                        Part::Key("customers"),
                        Part::At(index),
                        Part::Key("orders"),
                        Part::At(nth),
                        Part::Key("number"),
                    ];
                    self.error(file, &way, format!("order {} stands twice", order.number), "give it another number");
                }
            }
            if let Some(subscription) = &person.subscription
                && !shop.plans.iter().any(|plan| plan.name == subscription.plan)
            {
                let way = [Part::Key("customers"), Part::At(index), Part::Key("subscription"), Part::Key("plan")];
                let way_out = suggest(&subscription.plan, shop.plans.iter().map(|plan| plan.name.as_str()));
                self.error(file, &way, format!("there is no plan `{}`", subscription.plan), way_out);
            }
        }
        let faults = shop.faults.iter().enumerate().map(|(at, fault)| ("faults", at, &fault.tool));
        let components = shop.components.iter().enumerate();
        let components = components.flat_map(|(at, one)| one.tools.iter().map(move |tool| ("components", at, tool)));
        let answers = shop.answers.iter().enumerate().map(|(at, answer)| ("answers", at, &answer.tool));
        let people = shop.customers.iter().enumerate();
        let own = people.flat_map(|(at, one)| one.answers.iter().map(move |answer| ("customers", at, &answer.tool)));
        for (list, index, tool) in faults.chain(components).chain(answers).chain(own).collect::<Vec<_>>() {
            if !bundle.tools.iter().any(|known| known.name == *tool) {
                let way_out = suggest(tool.as_str(), bundle.tools.iter().map(|tool| tool.name.as_str()));
                let way = [Part::Key(list), Part::At(index)];
                self.error(file, &way, format!("there is no tool `{tool}`"), way_out);
            }
        }
    }
}

fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', ' ', '@']))
}
