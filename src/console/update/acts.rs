//! Acts: aimed at what was drawn, sent under a key, followed until they are stored or refused.

use crate::domain::baton::Holder;
use crate::domain::command::{OperatorAct, Seen};
use crate::domain::supervision::GateTarget;
use crate::domain::text::Clean;
use crate::protocol::console::{Audience, ConsoleCommand, ConsoleRequest};
use crate::protocol::row::NeedReason;

use super::super::keymap::Deed;
use super::super::model::Model;
use super::super::model::pending::{Fate, Pending, Tone};
use super::{
    Effect, allowed, blocks, candidates, cards, compose, corrections, decide, desk, endings, holds, incidents, lists,
    pledges, presence, translated,
};

/// An act ready to be sent.
pub(super) struct Act {
    /// Its name on screen.
    pub(super) label: Clean,
    /// What the screen showed.
    pub(super) seen: Option<Seen>,
    /// What is asked.
    pub(super) command: ConsoleCommand,
    /// A text it carries.
    pub(super) words: Option<(Audience, Clean)>,
}

/// Sends an act and follows it.
pub(super) fn submit(model: &mut Model, act: Act) -> Vec<Effect> {
    let Ok(key) = model.keys.mint() else {
        model.say(Tone::Bad, Clean::fixed("this console cannot make keys; start it again"));
        return Vec::new();
    };
    model.pending.push(Pending {
        key: key.clone(),
        command: act.command.clone(),
        label: act.label,
        conversation: act.seen.as_ref().map(|seen| seen.conversation),
        words: act.words,
        fate: Fate::Sending,
    });
    vec![Effect::send(ConsoleRequest::Command { key, seen: act.seen, command: act.command })]
}

/// Does what an upper-case key asks for; the caller has asked whether it is allowed.
pub(super) fn act(model: &mut Model, deed: Deed) -> Vec<Effect> {
    match deed {
        Deed::TakeOver => take_over(model),
        Deed::TakeOffer | Deed::PassOffer | Deed::Dismiss => settle_need(model, deed),
        Deed::Undo => undo(model),
        Deed::Whisper => compose::open(model, Some(Audience::Whisper)),
        Deed::Barge => barge(model),
        Deed::Compose => compose::open(model, None),
        Deed::GiveDraft => compose::give(model),
        Deed::HandBack => cards::hand_back(model),
        Deed::Move => cards::pass_on(model),
        Deed::Reroute => corrections::reroute(model),
        Deed::RateTurn => corrections::rate(model),
        Deed::WrongIntent => corrections::wrong_intent(model, ""),
        Deed::Close => endings::close(model),
        Deed::Decide => decide::decide(model),
        Deed::Gate => gate(model),
        Deed::Presence => presence::set(model),
        Deed::Snooze => desk::snooze(model),
        Deed::Priority => desk::priority(model),
        Deed::Label => desk::label(model),
        Deed::Watch => desk::watch(model),
        Deed::Hold => holds::hold(model),
        Deed::Release => holds::release(model),
        Deed::Block => blocks::block(model),
        Deed::Unblock => blocks::unblock(model),
        Deed::Untranslated => translated::switch(model),
        Deed::Candidate => candidates::card_of(model),
        Deed::Promise => pledges::promise(model),
        Deed::Incident => incidents::card(model),
        Deed::EndRule => {
            lists::end_rule(model, "");
            Vec::new()
        }
        Deed::Status => incidents::status(model, ""),
        Deed::Shutdown => cards::shutdown(model),
    }
}

fn take_over(model: &mut Model) -> Vec<Effect> {
    let Some(row) = &model.painted.target else { return Vec::new() };
    if let Holder::Operator(colleague) = &row.holder {
        let colleague = colleague.clone();
        return cards::take_over(model, &colleague);
    }
    let label = clean!("take over {}", row.name);
    let command = ConsoleCommand::Act(OperatorAct::TakeOver { conversation: row.id, reason: None });
    let seen = model.painted.seen(None);
    submit(model, Act { label, seen, command, words: None })
}

/// Begins to speak beside the holder, who stays, and opens the composer; the key itself ends it.
fn barge(model: &mut Model) -> Vec<Effect> {
    let Some(row) = model.painted.target.clone() else { return Vec::new() };
    let (conversation, ends) = (row.id, allowed::is_beside(model, &row));
    let (label, act) = if ends {
        (clean!("end the barge in {}", row.name), OperatorAct::EndBarge { conversation })
    } else {
        (clean!("speak beside {}", row.holder), OperatorAct::Barge { conversation })
    };
    let seen = model.painted.seen(None);
    if !ends {
        compose::begin(model, conversation, Audience::Barge);
    }
    submit(model, Act { label, seen, command: ConsoleCommand::Act(act), words: None })
}

/// Lets drafts wait here, or lets them go out again. The key itself takes it back.
fn gate(model: &mut Model) -> Vec<Effect> {
    let Some(row) = &model.painted.target else { return Vec::new() };
    let on = !row.gated;
    let label = if on { clean!("gate {}", row.name) } else { clean!("gate off {}", row.name) };
    let target = GateTarget::Conversation(row.id);
    let command = ConsoleCommand::Act(OperatorAct::Gate { target, on, fuse: None });
    let seen = model.painted.seen(None);
    submit(model, Act { label, seen, command, words: None })
}

/// Takes or passes an offer, or says that no human is needed.
fn settle_need(model: &mut Model, deed: Deed) -> Vec<Effect> {
    let Some(row) = &model.painted.target else { return Vec::new() };
    let why = row.need.as_ref().map(|need| &need.why);
    let (word, act) = match (deed, why) {
        (Deed::TakeOffer, Some(NeedReason::OfferedToYou { offer, .. })) => {
            ("take", OperatorAct::TakeOffer { offer: *offer })
        }
        (Deed::PassOffer, Some(NeedReason::OfferedToYou { offer, .. })) => {
            ("pass on", OperatorAct::PassOffer { offer: *offer })
        }
        (Deed::Dismiss, Some(NeedReason::Escalated { escalation, .. })) => {
            ("no human needed for", OperatorAct::Dismiss { escalation: *escalation })
        }
        _ => return Vec::new(),
    };
    let label = clean!("{word} {}", row.name);
    let seen = model.painted.seen(None);
    submit(model, Act { label, seen, command: ConsoleCommand::Act(act), words: None })
}

fn undo(model: &mut Model) -> Vec<Effect> {
    let Some(seen) = model.painted.undo.clone() else { return Vec::new() };
    let undone = allowed::undoable(model).map(|(row, undo)| clean!("{} {}", undo.what.word(), row.name.one_line()));
    let label = clean!("undo: {}", undone.unwrap_or_default());
    let command = ConsoleCommand::Act(OperatorAct::Undo { conversation: seen.conversation });
    submit(model, Act { label, seen: Some(seen), command, words: None })
}
