//! What supervisors do with incidents, sensible or not.

use super::World;
use crate::domain::command::OperatorAct;
use crate::domain::id::{ConversationId, IncidentId, OperatorName};
use crate::domain::incident::{BroadcastKind, ComponentState, IncidentCause, IncidentWish, Message};
use crate::orchestrator::audience::Audience;
use crate::orchestrator::incidents::Incident;

impl World {
    /// An act about an incident, now and then; mostly about one that there is.
    ///
    /// Mostly by whoever leads it, if anybody does.
    pub(super) fn incident_act(&mut self, conversation: ConversationId) -> Option<(OperatorAct, Option<OperatorName>)> {
        if !self.dice.chance(25) {
            return None;
        }
        let open: Vec<IncidentId> = self.floor().incidents.open.keys().copied().collect();
        let proposed: Vec<IncidentId> = self.floor().incidents.proposed.keys().copied().collect();
        let incident = self.dice.pick(&open).copied().unwrap_or(IncidentId(self.dice.below(6)));
        let proposal = self.dice.pick(&proposed).copied();
        let component = self.dice.pick(&["payments", "search"]).and_then(|name| name.parse().ok())?;
        let wish = match self.dice.below(20) {
            0..3 => IncidentWish::Declare { proposal, title: None, cause: self.cause() },
            3 => IncidentWish::Dismiss { incident: proposal.unwrap_or(incident) },
            4 => IncidentWish::Lead { incident },
            5..8 => IncidentWish::Join { incident, conversation },
            8..10 => IncidentWish::Split { conversation },
            10..15 => self.broadcast(incident),
            15 => IncidentWish::Stop { incident },
            16 => IncidentWish::SetStatus {
                component,
                state: ComponentState::Down,
                text: "it is down".into(),
                incident: self.dice.chance(50).then_some(incident),
            },
            17 => IncidentWish::ClearStatus { component },
            _ => IncidentWish::Clear { incident },
        };
        let lead = self.floor().incidents.open.get(&incident).map(|incident| incident.lead.clone());
        let lead = lead.filter(|_| self.dice.chance(80));
        Some((OperatorAct::Incident { wish }, lead))
    }

    /// Mostly with the right number.
    fn broadcast(&mut self, incident: IncidentId) -> IncidentWish {
        let over = self.floor().incidents.open.get(&incident).is_some_and(Incident::is_over);
        let kind = match self.dice.below(4) {
            0 => BroadcastKind::Update,
            1 | 2 if over => BroadcastKind::AllClear,
            _ => BroadcastKind::Notice,
        };
        let text = ["Sorry, {name|all}", "About {order}: we are on it", "We are on it"];
        let text = self.dice.pick(&text).copied().unwrap_or_default();
        let message = text.parse::<Message>().ok();
        let count = message.map_or(0, |message| Audience::of(self.floor(), incident, kind, &message).told.len() as u32);
        let count = if self.dice.chance(10) { count + 1 } else { count };
        IncidentWish::Broadcast { incident, kind, text: text.into(), count }
    }

    fn cause(&mut self) -> Option<IncidentCause> {
        let tools: Vec<_> = self.desk.tools.iter().map(|tool| tool.name.clone()).collect();
        let intents: Vec<_> = self.desk.agents.iter().flat_map(|agent| agent.intents.iter().take(3).cloned()).collect();
        match self.dice.below(4) {
            0 => self.dice.pick(&tools).cloned().map(IncidentCause::Tool),
            1 | 2 => self.dice.pick(&intents).cloned().map(IncidentCause::Intent),
            _ => Some(IncidentCause::Words(format!("{}", self.dice.below(40)).as_str().into())),
        }
    }
}
