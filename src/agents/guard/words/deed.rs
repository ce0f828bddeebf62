//! Deeds that an agent may say it did, and the tools that do them.

/// A class of deeds.
pub(in crate::agents::guard) struct Deed {
    /// Participles, folded; `*` at the end for all that begin so.
    pub(in crate::agents::guard) done: &'static str,
    /// What stands in the name or description of a tool that does it.
    pub(in crate::agents::guard) tools: &'static [&'static str],
}

/// The classes. What is done without a tool (noted, checked, asked, passed on) is none.
pub(in crate::agents::guard) const DEEDS: &[Deed] = &[
    Deed {
        done: "refunded reimbursed credited compensated repaid erstattet überwiesen gutgeschrieben remboursé remboursée reembolsado rimborsato terugbetaald",
        tools: &["refund", "credit", "pay", "transfer", "compensat", "reimburs", "money", "voucher"],
    },
    Deed {
        done: "cancelled canceled terminated storniert gekündigt annulé annulée cancelado annullato geannuleerd",
        tools: &["cancel", "terminat", "end", "close", "stop"],
    },
    Deed {
        done: "shipped dispatched resent posted mailed emailed e-mailed verschickt versandt expédié enviado spedito verzonden",
        tools: &["ship", "send", "sent", "mail", "post", "dispatch", "replace", "order", "label", "link", "return"],
    },
    Deed {
        done: "changed updated modified corrected geändert aktualisiert modifié mis-à-jour cambiado actualizado modificato gewijzigd",
        tools: &["change", "update", "set", "edit", "modif", "address", "plan", "email", "correct"],
    },
    Deed {
        done: "unlocked reset reactivated activated deactivated disabled enabled blocked unblocked freigeschaltet zurückgesetzt gesperrt débloqué desbloqueado sbloccato",
        tools: &["unlock", "reset", "activ", "block", "enable", "disable", "freeze", "lock", "password", "card"],
    },
    Deed {
        done: "booked rebooked rescheduled reserved scheduled gebucht umgebucht réservé reservado prenotato geboekt",
        tools: &["book", "plan", "schedul", "reserv", "appointment", "visit", "slot", "callback"],
    },
    Deed {
        done: "replaced exchanged upgraded downgraded ersetzt umgetauscht remplacé reemplazado sostituito vervangen",
        tools: &["replac", "exchang", "upgrad", "downgrad", "updat", "chang", "order", "plan", "return"],
    },
    Deed {
        done: "deleted erased removed gelöscht supprimé eliminado cancellato verwijderd",
        tools: &["delet", "eras", "remov", "close"],
    },
    Deed {
        done: "charged debited withdrawn abgebucht débité", tools: &["charg", "debit", "pay", "withdraw", "bill"]
    },
    Deed { done: "waived", tools: &["waiv", "fee", "credit", "refund"] },
];

/// Who did it, folded, right before the participle: with at most two words between.
pub(in crate::agents::guard) const BY_US: &[&str] = &[
    "i have",
    "i've",
    "i just",
    "we have",
    "we've",
    "we just",
    "i already",
    "we already",
    "i",
    "we",
    "ich habe",
    "wir haben",
    "j'ai",
    "nous avons",
    "he",
    "hemos",
    "ho",
    "abbiamo",
    "ik heb",
    "we hebben",
    "eu",
    "nós",
];

/// The same in the passive, folded.
pub(in crate::agents::guard) const PASSIVE: &[&str] = &[
    "has been",
    "have been",
    "is now",
    "are now",
    "has just been",
    "has now been",
    "was just",
    "wurde",
    "a été",
    "ha sido",
    "è stato",
    "è stata",
    "is zojuist",
];
