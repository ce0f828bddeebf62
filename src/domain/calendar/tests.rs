use super::*;

const MINUTE: i64 = 60_000;

fn hours(zone: &str, week: [&[&str]; 7], holidays: &[&str]) -> Hours {
    let day = |n: usize| week[n].iter().map(|text| text.parse().unwrap()).collect();
    let holidays = holidays.iter().map(|text| text.parse().unwrap()).collect();
    let [mon, tue, wed, thu, fri, sat, sun] = [0, 1, 2, 3, 4, 5, 6].map(day);
    Hours { zone: zone.parse().unwrap(), mon, tue, wed, thu, fri, sat, sun, holidays }
}

fn moment(text: &str) -> Timestamp {
    Timestamp(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
}

/// Several intervals a day, one over the hour that the clocks skip or repeat, one to midnight.
fn desk(zone: &str) -> Hours {
    let day: &[&str] = &["09:00-12:30", "13:30-18:00"];
    hours(
        zone,
        [day, day, &[], &["00:00-00:17", "23:00-24:00"], day, &["10:00-11:00"], &["01:15-02:40"]],
        &["2026-10-27"],
    )
}

/// The weeks in which the clocks change: Berlin in spring and autumn, New York in spring and autumn.
const WEEKS: [(&str, &str); 4] = [
    ("Europe/Berlin", "2026-03-25T00:00:00Z"),
    ("Europe/Berlin", "2026-10-21T00:00:00Z"),
    ("America/New_York", "2026-03-04T00:00:00Z"),
    ("America/New_York", "2026-10-28T00:00:00Z"),
];

/// Whether a minute is open, read off the wall clock alone.
fn reads_open(hours: &Hours, at: Timestamp) -> bool {
    let zone = jiff::tz::TimeZone::get(hours.zone.name()).unwrap();
    let wall = jiff::Timestamp::from_millisecond(at.0).unwrap().to_zoned(zone);
    let holiday = hours.holidays.iter().any(|day| day.to_string() == wall.date().to_string());
    let minute = wall.hour() as u16 * 60 + wall.minute() as u16;
    let (_, openings) = hours.week()[wall.weekday().to_monday_zero_offset() as usize];
    !holiday && openings.iter().any(|opening| opening.from() <= minute && minute < opening.until())
}

#[test]
fn open_time_is_what_the_wall_clock_says_minute_by_minute_over_every_change() {
    for (zone, week) in WEEKS {
        let (hours, start) = (desk(zone), moment(week));
        let minutes: Vec<Timestamp> = (0..8 * 24 * 60).map(|n| Timestamp(start.0 + n * MINUTE)).collect();
        let open: Vec<Timestamp> = minutes.iter().copied().filter(|at| reads_open(&hours, *at)).collect();
        assert!(open.len() > 1_000, "{zone}: {} open minutes", open.len());
        for at in &minutes {
            assert_eq!(hours.is_open(*at), reads_open(&hours, *at), "{zone} {week} at {}", at.0);
        }
        for (n, at) in open.iter().enumerate() {
            let due = hours.due_after(start, Millis((n as u64 + 1) * 60_000));
            assert_eq!(due, Timestamp(at.0 + MINUTE), "{zone} {week}: after {} open minutes", n + 1);
            assert_eq!(hours.open_between(start, due), Millis((n as u64 + 1) * 60_000), "{zone} {week}");
        }
    }
}

#[test]
fn later_starts_and_longer_spans_are_never_due_earlier_and_spans_add_up() {
    for (zone, week) in WEEKS {
        let (hours, start) = (desk(zone), moment(week));
        let spans = [0, 1, 59_999, 60_000, 5 * 60_000 + 7, 3_600_000, 7 * 3_600_000 + 11, 30 * 3_600_000];
        let mut last = [Timestamp(i64::MIN); 8];
        for at in (0..8 * 24 * 4).map(|n| Timestamp(start.0 + n * 15 * MINUTE + n)) {
            for (span, last) in spans.iter().zip(&mut last) {
                let due = hours.due_after(at, Millis(*span));
                assert!(due >= *last && due >= at + Millis(*span), "{zone} at {}: {span} ms", at.0);
                *last = due;
                for more in [1, 60_000, 9 * 3_600_000] {
                    let apart = hours.due_after(due, Millis(more));
                    assert_eq!(apart, hours.due_after(at, Millis(span + more)), "{zone} at {}: {span}+{more}", at.0);
                }
            }
        }
    }
}

#[test]
fn without_intervals_the_house_never_closes_but_on_holidays() {
    let always = Hours::default();
    let start = moment("2026-12-24T23:30:00Z");
    assert_eq!(always.due_after(start, Millis::from_hours(2)), moment("2026-12-25T01:30:00Z"));
    let christmas = hours("UTC", [&[]; 7], &["2026-12-25"]);
    assert_eq!(christmas.due_after(start, Millis::from_hours(2)), moment("2026-12-26T01:30:00Z"));
    assert_eq!(christmas.opens(moment("2026-12-25T10:00:00Z")), moment("2026-12-26T00:00:00Z"));
    assert!(always.is_open(start) && !christmas.is_open(moment("2026-12-25T10:00:00Z")));
}

#[test]
fn a_table_survives_its_text_and_wrong_ones_are_named() {
    let text = "zone = \"Europe/Berlin\"\nmon = [\"09:00-12:30\", \"13:30-24:00\"]\nholidays = [\"2026-12-25\"]\n";
    let read: Hours = toml::from_str(text).unwrap();
    assert_eq!(toml::to_string(&read).unwrap(), text);
    for (wrong, word) in [
        ("zone = \"Europe/Berln\"", "is not a time zone"),
        ("mon = [\"9-12\"]", "is not an opening"),
        ("mon = [\"12:00-09:00\"]", "ends after it begins"),
        ("mon = [\"09:00-24:01\"]", "is not an opening"),
        ("holidays = [\"2026-02-30\"]", "is not a day"),
        ("monday = []", "unknown field"),
    ] {
        let error = toml::from_str::<Hours>(wrong).unwrap_err().to_string();
        assert!(error.contains(word), "{wrong}: {error}");
    }
}
