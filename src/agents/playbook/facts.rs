//! What a move knows and how it says it.

use std::borrow::Cow;

use super::run::Run;
use super::{APOLOGIES_MAX, TENSE, words};
use crate::analysis::days::Day;
use crate::config::phrases::Phrases;
use crate::domain::action::Fill;
use crate::domain::analysis::Emotion;
use crate::domain::customer::Tier;
use crate::domain::id::SlotName;
use crate::domain::personal::Personal;
use crate::domain::playbook::{Step, StepAct, Template};
use crate::domain::promise::Promise;
use crate::domain::text::Foreign;

impl Run<'_> {
    /// A fact by name: of this move, of the conversation, of the pack, or one that is always known.
    pub(super) fn fact(&self, name: &str) -> Option<Cow<'_, str>> {
        match name {
            "name" => return self.first_name(),
            "agent" => return self.book.desk(&self.context.agent).map(|desk| Cow::Borrowed(desk.title.as_str())),
            "brand" => return Some(Cow::Borrowed(self.book.brand.as_str())),
            "tier" => return Some(Cow::Borrowed(tier(self.context.tier))),
            "today" => return Some(Cow::Owned(Day::of(self.context.at, 0).said())),
            "mood" => return Some(Cow::Borrowed(if self.tense() { "tense" } else { "calm" })),
            _ => {}
        }
        let pack = self.context.pack.iter().flat_map(|pack| &pack.slots);
        let known = self.fills.iter().rev().chain(self.context.slots.iter().rev()).chain(pack);
        let fill = known.into_iter().find(|fill| fill.slot.as_str() == name)?;
        fill.value.reveal().map(Foreign::raw).filter(|value| !value.is_empty()).map(Cow::Borrowed)
    }

    /// Notes a fact; an empty value forgets it.
    pub(super) fn note(&mut self, slot: &SlotName, value: &str) {
        self.fills.retain(|fill| fill.slot != *slot);
        self.fills.push(Fill { slot: slot.clone(), value: Personal::Open(Foreign::new(value)) });
    }

    /// Forgets a fact if it is known.
    pub(super) fn forget(&mut self, slot: &SlotName) {
        if self.fact(slot.as_str()).is_some() {
            self.note(slot, "");
        }
    }

    fn first_name(&self) -> Option<Cow<'_, str>> {
        /// Longer than this it is not a name but a prank.
        const NAME_CHARS_MAX: usize = 24;
        let name = self.context.name.as_ref()?.raw().split_whitespace().next()?;
        let plain = name.chars().all(|c| c.is_alphabetic() || c == '-' || c == '\'');
        (plain && name.chars().count() <= NAME_CHARS_MAX).then_some(Cow::Borrowed(name))
    }

    /// Whether the customer is tense: by the mood over time, or by what was just said.
    pub(super) fn tense(&self) -> bool {
        let analysis = &self.context.analysis;
        let upset = match analysis.emotion {
            Emotion::Anger | Emotion::Frustration => true,
            Emotion::Neutral | Emotion::Worry | Emotion::Confusion | Emotion::Gratitude => false,
        };
        self.context.mood <= TENSE || upset && analysis.sentiment <= TENSE
    }

    /// Says one of the variants whose gaps can be filled.
    pub(super) fn say(&mut self, variants: &[Template], salt: u16) {
        let drawn = words::draw(variants, self.context, salt, |name| self.fact(name));
        self.said.extend(drawn.filter(|text| !text.is_empty()));
    }

    /// Says one of the house's phrases.
    pub(super) fn phrase(&mut self, which: impl Fn(&Phrases) -> &Vec<Template>) {
        self.say(which(&self.book.phrases), u16::MAX);
    }

    /// Says one of the house's phrases with one more gap.
    pub(super) fn phrase_with(&mut self, which: impl Fn(&Phrases) -> &Vec<Template>, gap: &str, value: &str) {
        self.phrase_filled(which, &[(gap, value)]);
    }

    /// Says one of the house's phrases with more gaps.
    pub(super) fn phrase_filled(&mut self, which: impl Fn(&Phrases) -> &Vec<Template>, gaps: &[(&str, &str)]) {
        let find = |name: &str| {
            let own = gaps.iter().find(|(gap, _)| *gap == name);
            own.map_or_else(|| self.fact(name), |(_, value)| Some(Cow::Borrowed(*value)))
        };
        let drawn = words::draw(which(&self.book.phrases), self.context, u16::MAX, find);
        self.said.extend(drawn);
    }

    /// Says a step's words; `again` when it was said before.
    pub(super) fn speak(&mut self, step: &Step, index: u16, again: bool) {
        let lines = &step.lines;
        let apologies = self.context.given.apologies + u8::from(self.apology);
        if !again && !lines.sorry.is_empty() && apologies < APOLOGIES_MAX {
            self.apology = true;
            self.say(&lines.sorry, index);
        }
        let usual = if self.tense() && !lines.tense.is_empty() { &lines.tense } else { &lines.calm };
        let once_more = match &step.act {
            StepAct::Confirm { .. } => &self.book.phrases.confirm_again,
            StepAct::Check { .. } => &self.book.phrases.check_again,
            StepAct::Say { .. }
            | StepAct::Ask { .. }
            | StepAct::Call { .. }
            | StepAct::Consult { .. }
            | StepAct::Panel { .. }
            | StepAct::Branch { .. }
            | StepAct::Answer { .. }
            | StepAct::HandOff { .. }
            | StepAct::Escalate { .. }
            | StepAct::Resolve { .. }
            | StepAct::Back => usual,
        };
        let variants = match (again, lines.again.is_empty()) {
            (false, _) => usual,
            (true, false) => &lines.again,
            (true, true) => once_more,
        };
        self.say(variants, index);
        if let Some(pledge) = step.promise.as_ref().filter(|_| !again)
            && let Some(text) = pledge.text.fill(|name| self.fact(name))
        {
            let due = pledge.within.map(|within| self.context.at + within);
            let (id, name) = (None, step.name.parse().ok());
            self.promises.push(Promise { id, name, text: Personal::Open(Foreign::from(text)), due });
        }
    }
}

const fn tier(tier: Tier) -> &'static str {
    match tier {
        Tier::Standard => "standard",
        Tier::Gold => "gold",
        Tier::Vip => "vip",
    }
}
