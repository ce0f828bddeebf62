use super::*;
use crate::config;
use crate::domain::id::SlotName;

const NOON: Timestamp = Timestamp(1_795_348_800_000);

fn shop() -> Shop {
    let bundle = config::preset("support").unwrap();
    Shop::new(bundle.shop.as_ref(), &bundle.tools)
}

fn who(byte: u8) -> CustomerId {
    CustomerId::from_random([byte; 16])
}

fn asking(call: u64, byte: u8) -> Asking {
    Asking { call: CallId(call), customer: who(byte), at: NOON }
}

fn call(tool: &str, args: &[(&str, &str)]) -> ToolCall {
    let args = args.iter().map(|(name, value)| (name.parse::<SlotName>().unwrap(), Foreign::from(*value)));
    ToolCall { tool: tool.parse().unwrap(), args: args.collect() }
}

fn value(outcome: &ToolOutcome, key: &str) -> String {
    match outcome {
        ToolOutcome::Done(values) => values.get(key).map_or("", |value| value.raw()).to_owned(),
        ToolOutcome::Declined(reason) => panic!("declined: {}", reason.raw()),
        ToolOutcome::Failed | ToolOutcome::Unknown | ToolOutcome::Refused(_) => panic!("{outcome:?}"),
    }
}

const REFUND: &[(&str, &str)] = &[("charge", "ch-502"), ("amount", "49.90 EUR")];

#[test]
fn the_same_call_is_done_once_and_answered_twice() {
    let mut shop = shop();
    assert!(shop.vouch(who(1), "maya"));
    let first = shop.execute(asking(7, 1), &call("refunds.create", REFUND));
    assert_eq!(value(&first, "refund"), "RF-5007");
    assert_eq!(shop.execute(asking(7, 1), &call("refunds.create", REFUND)), first);
    let again = shop.execute(asking(8, 1), &call("refunds.create", REFUND));
    assert!(matches!(again, ToolOutcome::Declined(_)), "another call finds it refunded");
}

#[test]
fn a_shop_rebuilt_from_recorded_outcomes_answers_the_same() {
    let mut live = shop();
    let mut record = Vec::new();
    let calls = [
        call("identity.check", &[("email", "Maya.Rossi@example.com"), ("postcode", "20121")]),
        call("charges.list", &[("order", "1182")]),
        call("refunds.create", REFUND),
        call("subscriptions.cancel", &[]),
        call("vouchers.grant", &[("amount", "5.00 EUR")]),
        call("accounts.change_email", &[("new-email", "maya@new.example")]),
    ];
    for (number, call) in (1u64..).zip(calls) {
        let outcome = live.execute(asking(number, 1), &call);
        record.push((CallId(number), call, outcome));
    }
    let mut rebuilt = shop();
    for _ in 0..2 {
        for (number, call, outcome) in &record {
            rebuilt.apply(*number, who(1), call, outcome);
        }
    }
    for (tool, args) in [
        ("charges.list", &[("order", "1182")] as &[(&str, &str)]),
        ("refunds.status", &[]),
        ("subscriptions.get", &[]),
        ("accounts.get", &[]),
        ("vouchers.grant", &[("amount", "5.00 EUR")]),
    ] {
        let (one, two) =
            (live.execute(asking(50, 1), &call(tool, args)), rebuilt.execute(asking(50, 1), &call(tool, args)));
        assert_eq!(one, two, "{tool}");
    }
    assert_eq!(value(&rebuilt.execute(asking(60, 1), &call("charges.list", &[])), "found"), "refunded");
}

#[test]
fn nobody_sees_the_rows_of_another() {
    let mut shop = shop();
    let unknown = shop.execute(asking(1, 1), &call("charges.list", &[("order", "1182")]));
    assert_eq!(unknown, ToolOutcome::Refused(ToolRefusal::IdentityNeeded), "a number alone opens nothing");
    assert!(shop.vouch(who(1), "hugo") && !shop.vouch(who(2), "nobody"));
    for (tool, args) in [
        ("orders.get", &[("order", "1182")] as &[(&str, &str)]),
        ("charges.list", &[("order", "1182")]),
        ("invoices.send", &[("order", "1182")]),
        ("refunds.create", REFUND),
        ("returns.create", &[("order", "1182")]),
    ] {
        let outcome = shop.execute(asking(9, 1), &call(tool, args));
        assert!(matches!(outcome, ToolOutcome::Declined(_)), "{tool}: {outcome:?}");
    }
    // Who is somebody here cannot become somebody else by knowing their facts.
    let facts = call("identity.check", &[("email", "maya.rossi@example.com"), ("postcode", "20121")]);
    assert!(matches!(shop.execute(asking(10, 1), &facts), ToolOutcome::Declined(_)));
    let wrong = call("identity.check", &[("email", "maya.rossi@example.com"), ("postcode", "20122")]);
    assert!(matches!(shop.execute(asking(11, 3), &wrong), ToolOutcome::Declined(_)));
}

#[test]
fn a_password_link_says_the_same_for_known_and_unknown_addresses() {
    let mut shop = shop();
    let known = shop.execute(asking(1, 1), &call("accounts.reset_password", &[("email", "maya.rossi@example.com")]));
    let unknown = shop.execute(asking(2, 1), &call("accounts.reset_password", &[("email", "maya.nobody@example.com")]));
    assert_eq!(known, unknown);
}

#[test]
fn faults_and_outages_come_from_data() {
    let mut shop = shop();
    shop.vouch(who(1), "liwei");
    for _ in 0..3 {
        assert_eq!(shop.execute(asking(5, 1), &call("logs.read", &[])), ToolOutcome::Failed);
    }
    let ok = shop.execute(asking(6, 1), &call("status.get", &[("component", "cloud")]));
    assert_eq!(value(&ok, "state"), "ok");
    assert!(shop.switch("cloud", Condition::Down, "A cable was cut."));
    let down = shop.execute(asking(7, 1), &call("status.get", &[("component", "cloud")]));
    assert_eq!((value(&down, "state"), value(&down, "note")), ("down".into(), "A cable was cut.".into()));
    assert!(!shop.switch("moon", Condition::Down, ""));
}

#[test]
fn a_fault_of_two_attempts_is_overcome_by_the_third() {
    let bundle = config::preset("support").unwrap();
    let mut file = bundle.shop.clone().unwrap();
    file.faults = vec![config::shop::Fault { tool: "status.get".parse().unwrap(), customers: Vec::new(), attempts: 2 }];
    let mut shop = Shop::new(Some(&file), &bundle.tools);
    let outcomes: Vec<bool> =
        (0..3).map(|_| shop.execute(asking(1, 1), &call("status.get", &[])) == ToolOutcome::Failed).collect();
    assert_eq!(outcomes, [true, true, false]);
}

#[test]
fn missing_arguments_and_unknown_tools_are_refused() {
    let mut shop = shop();
    shop.vouch(who(1), "maya");
    let no_amount = shop.execute(asking(1, 1), &call("refunds.create", &[("charge", "ch-502")]));
    assert_eq!(no_amount, ToolOutcome::Refused(ToolRefusal::BadArguments));
    let too_much =
        shop.execute(asking(2, 1), &call("refunds.create", &[("charge", "ch-502"), ("amount", "500.00 EUR")]));
    assert!(matches!(too_much, ToolOutcome::Declined(_)));
    let unknown = shop.execute(asking(3, 1), &call("rockets.launch", &[]));
    assert_eq!(unknown, ToolOutcome::Refused(ToolRefusal::NotAllowed));
}

#[test]
fn a_monthly_payment_is_no_double_charge() {
    let mut shop = shop();
    shop.vouch(who(1), "nora");
    shop.vouch(who(2), "dmitri");
    assert_eq!(value(&shop.execute(asking(1, 1), &call("charges.list", &[])), "found"), "single");
    assert_eq!(value(&shop.execute(asking(2, 2), &call("charges.list", &[])), "found"), "double");
}

/// A clinic with one tool that reads and one that acts.
fn clinic() -> Shop {
    let file: ShopFile = toml::from_str(
        r#"
        [[answers]]
        tool = "rooms.find"
        when = { floor = "2" }
        gives = { room = "Room 2{number}, from {day+1} on, for {name}" }
        [[answers]]
        tool = "visits.move"
        gives = { day = "{day+3}", asked = "{wish}", odd = "{nothing" }
        once = "your visit was moved already"
        [[customers]]
        handle = "ada"
        name = "Ada Byrne"
        email = "ada@example.com"
        postcode = "1010"
        [[customers.answers]]
        tool = "rooms.find"
        gives = { room = "the ward" }
        [[customers]]
        handle = "eve"
        name = "Eve Moss"
        email = "eve@example.com"
        postcode = "1020"
        "#,
    )
    .unwrap();
    let tools: config::files::ToolsFile = toml::from_str(
        "[[tools]]\nname = \"rooms.find\"\n[[tools]]\nname = \"visits.move\"\nside-effect = true\n[[tools]]\nname = \"mail.send\"\n",
    )
    .unwrap();
    Shop::new(Some(&file), &tools.tools)
}

#[test]
fn tools_of_other_trades_give_what_the_file_says_to_whom_it_says() {
    let mut shop = clinic();
    assert!(shop.vouch(who(1), "ada") && shop.vouch(who(2), "eve"));
    let find = call("rooms.find", &[("floor", "2")]);
    assert_eq!(value(&shop.execute(asking(1, 1), &find), "room"), "the ward", "their own answer goes before");
    let room = value(&shop.execute(asking(2, 2), &find), "room");
    assert_eq!(room, "Room 25002, from 23 November on, for Eve Moss");
    let other = shop.execute(asking(3, 2), &call("rooms.find", &[("floor", "3")]));
    assert_eq!(other, ToolOutcome::Refused(ToolRefusal::NotAllowed), "no answer fits");
    assert_eq!(shop.execute(asking(4, 2), &call("mail.send", &[])), ToolOutcome::Refused(ToolRefusal::NotAllowed));
    assert_eq!(shop.execute(asking(5, 9), &find), ToolOutcome::Refused(ToolRefusal::IdentityNeeded));
}

#[test]
fn what_was_done_once_for_a_person_is_not_done_again_for_them_also_after_a_rebuild() {
    let mut shop = clinic();
    assert!(shop.vouch(who(1), "ada") && shop.vouch(who(2), "eve"));
    let ask = call("visits.move", &[("wish", "after five")]);
    let moved = shop.execute(asking(1, 1), &ask);
    assert_eq!((value(&moved, "asked"), value(&moved, "odd")), ("after five".to_owned(), "{nothing".to_owned()));
    assert!(matches!(shop.execute(asking(2, 1), &ask), ToolOutcome::Declined(_)));
    assert!(matches!(shop.execute(asking(3, 2), &ask), ToolOutcome::Done(_)), "another person's visit");
    let mut rebuilt = clinic();
    assert!(rebuilt.vouch(who(1), "ada"));
    rebuilt.apply(CallId(1), who(1), &ask, &moved);
    assert!(matches!(rebuilt.execute(asking(2, 1), &ask), ToolOutcome::Declined(_)));
}

#[test]
fn every_tool_of_every_preset_is_served() {
    for preset in config::PRESETS {
        let bundle = config::preset(preset.name).unwrap();
        let mut shop = Shop::new(bundle.shop.as_ref(), &bundle.tools);
        let handle = bundle.shop.as_ref().and_then(|shop| shop.customers.first()).map(|person| person.handle.clone());
        if let Some(handle) = &handle {
            assert!(shop.vouch(who(1), handle));
        }
        for (number, tool) in (1..).zip(&bundle.tools) {
            let args = tool.needs.iter().map(|need| (need.clone(), Foreign::from("1")));
            let ask = ToolCall { tool: tool.name.clone(), args: args.collect() };
            let outcome = shop.execute(asking(number, 1), &ask);
            let nobody = outcome == ToolOutcome::Refused(ToolRefusal::NotAllowed);
            assert!(!nobody, "{}: nothing serves {}", preset.name, tool.name);
        }
    }
}
