//! What past dialogues hold, as one HTML page that needs nothing else.

use std::fmt::Write as _;

use super::holds::Holds;
use super::table::{facts, reached};
use crate::domain::text::Foreign;

/// What the page looks like; no script, and nothing is fetched.
const HEAD: &str = r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
:root { color-scheme: light dark; --bar: #3b7dd8; --line: #8884; }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0 0 .2rem } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem }
p { margin: .2rem 0 .8rem; opacity: .8 }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
th { font-weight: 600 } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
td.b { width: 40% } .b i { display: block; height: .8rem; background: var(--bar); border-radius: 2px; min-width: 1px }
.hours { display: flex; align-items: flex-end; gap: 3px; height: 8rem }
.hours div { flex: 1; background: var(--bar); border-radius: 2px 2px 0 0; min-height: 1px }
.ticks { display: flex; gap: 3px; font-size: .75rem; opacity: .7 } .ticks span { flex: 1; text-align: center }
</style>
"#;

/// A text of ours or of the file, so that it cannot be taken for markup.
fn text(text: &str) -> String {
    Foreign::new(text).to_html()
}

/// The page of a file.
pub(super) fn page(holds: &Holds, file: &Foreign) -> String {
    let name = file.one_line();
    let mut page = String::from(HEAD);
    // Writing to a string cannot fail.
    let _ =
        write!(page, "<title>{0} – baton assess</title></head>\n<body><h1>What {0} holds</h1>\n", text(name.as_str()));
    let rows = facts(holds);
    pairs(&mut page, rows.iter().map(|(what, value)| (*what, value.as_str())));
    automate(&mut page, holds);
    volumes(&mut page, holds);
    hours(&mut page, holds);
    triage(&mut page, holds);
    page.push_str("</body></html>\n");
    page
}

fn pairs<'a>(page: &mut String, rows: impl Iterator<Item = (&'a str, &'a str)>) {
    page.push_str("<table>\n");
    for (what, value) in rows {
        let _ = writeln!(page, "<tr><th>{}</th><td>{}</td></tr>", text(what), text(value));
    }
    page.push_str("</table>\n");
}

fn automate(page: &mut String, holds: &Holds) {
    page.push_str("<h2>What to automate first</h2>\n<p>Requests × how alike they are × the share of their dialogues that stay at one desk and annoy nobody.</p>\n");
    if holds.first.is_empty() {
        page.push_str("<p>No matter is asked for often enough to say.</p>\n");
        return;
    }
    page.push_str("<table><tr><th>matter</th><th class=n>requests</th><th class=n>alike</th><th class=n>smooth</th><th class=n>saved</th><th class=n>time</th><th></th></tr>\n");
    let most = holds.first.iter().map(|one| one.saved).fold(f32::MIN_POSITIVE, f32::max);
    for one in &holds.first {
        let hours = one.saved_hours.map_or_else(|| "–".to_owned(), |hours| format!("{hours:.1} h"));
        let _ = writeln!(
            page,
            "<tr><td>{}</td><td class=n>{}</td><td class=n>{:.0} %</td><td class=n>{:.0} %</td><td class=n>{:.0}</td>\
             <td class=n>{hours}</td><td class=b><i style=\"width:{:.1}%\"></i></td></tr>",
            one.matter.to_html(),
            one.requests,
            one.alike * 100.0,
            one.smooth * 100.0,
            one.saved,
            one.saved / most * 100.0,
        );
    }
    page.push_str("</table>\n");
}

fn volumes(page: &mut String, holds: &Holds) {
    let by = if holds.labelled { "by labels" } else { "sorted by likeness: there are no labels" };
    let _ = write!(page, "<h2>Matters</h2>\n<p>What customers asked for, {by}.</p>\n<table>");
    page.push_str("<tr><th>matter</th><th>desk</th><th class=n>requests</th><th></th></tr>\n");
    let most = holds.matters.iter().map(|one| one.requests).max().unwrap_or(1).max(1);
    for one in &holds.matters {
        let _ = writeln!(
            page,
            "<tr><td>{}</td><td>{}</td><td class=n>{}</td><td class=b><i style=\"width:{:.1}%\"></i></td></tr>",
            one.matter.to_html(),
            one.desk.to_html(),
            one.requests,
            100.0 * one.requests as f64 / most as f64,
        );
    }
    page.push_str("</table>\n");
}

fn hours(page: &mut String, holds: &Holds) {
    page.push_str("<h2>By hour of the day</h2>\n");
    let Some(hours) = &holds.hours else {
        page.push_str("<p>Unknown: no dialogue has a <code>started_at</code>.</p>\n");
        return;
    };
    page.push_str("<p>Dialogues by the hour they began in, UTC.</p>\n<div class=hours>");
    let most = hours.iter().max().copied().unwrap_or(1).max(1);
    for (hour, count) in hours.iter().enumerate() {
        let height = 100.0 * *count as f64 / most as f64;
        let _ = write!(page, "<div style=\"height:{height:.1}%\" title=\"{hour:02}: {count}\"></div>");
    }
    page.push_str("</div>\n<div class=ticks>");
    for hour in 0..hours.len() {
        let _ = write!(page, "<span>{hour:02}</span>");
    }
    page.push_str("</div>\n");
}

fn triage(page: &mut String, holds: &Holds) {
    page.push_str("<h2>What a triage would have reached</h2>\n");
    let Some(reached_by) = &holds.triage else {
        let why = holds.triage_untold.as_deref().unwrap_or_default();
        let _ = writeln!(page, "<p>Not known: {}.</p>", text(why));
        return;
    };
    let _ = writeln!(
        page,
        "<p>{} customers, {} desks; each customer is read by models that learnt from others alone. \
         <code>confidence</code> is the bar under <code>[routing]</code> in policy.toml.</p>",
        reached_by.customers, reached_by.desks
    );
    let rows = reached(reached_by);
    pairs(page, rows.iter().map(|(what, value)| (what.as_str(), value.as_str())));
    page.push_str("<h2>Desk by desk</h2>\n<table><tr><th>desk</th><th class=n>dialogues</th><th class=n>found</th><th></th></tr>\n");
    for one in &reached_by.by_desk {
        let share = 100.0 * one.found as f64 / one.openings.max(1) as f64;
        let _ = writeln!(
            page,
            "<tr><td>{}</td><td class=n>{}</td><td class=n>{share:.1} %</td><td class=b><i style=\"width:{share:.1}%\"></i></td></tr>",
            one.desk.to_html(),
            one.openings
        );
    }
    page.push_str("</table>\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::past::Past;
    use crate::simulation::dialogue;

    #[test]
    fn nothing_of_the_file_is_markup_or_hides() {
        let hostile = "<script>alert(1)</script>\\u202e\\u200b\\u0007\\\"x\\\" onload=y";
        let line = |at: usize| {
            format!(
                r#"{{"id":"{at}","turns":[{{"role":"customer","text":"{hostile}"}}],"labels":{{"domain":"{hostile}","intent":"{hostile}"}}}}"#
            )
        };
        let text = (0..6).map(line).collect::<Vec<_>>().join("\n");
        let past = Past::of(dialogue::read(text.as_bytes()).unwrap());
        let page = page(&Holds::of(&past), &"<b>\u{202e}.jsonl".into());
        assert!(page.contains("&lt;script&gt;alert(1)") && page.contains("&lt;b&gt;"), "{page}");
        assert!(!page.contains("<script") && !page.contains("<b>") && !page.contains("\" onload"));
        let hides = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202e}' | '\u{200b}');
        assert_eq!(page.chars().find(|c| hides(*c)), None);
        assert!(!page.contains("http:") && !page.contains("https:") && !page.contains(" src="), "nothing is fetched");
    }
}
