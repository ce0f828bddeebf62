//! An article's Markdown as plain paragraphs, each under its heading.

/// Longest paragraph: what fits a chat bubble. A longer block is cut between its lines.
const PARAGRAPH_BYTES_MAX: usize = 1_500;

/// A paragraph without its markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Paragraph {
    /// The headings it stands under, outermost first.
    pub(super) heading: String,
    /// The text; list items keep their own lines.
    pub(super) text: String,
}

/// Cuts the body of an article into paragraphs. A list stays with the line that announces it.
pub(super) fn paragraphs(body: &str) -> Vec<Paragraph> {
    let mut found = Paragraphs::default();
    let mut fenced = false;
    for line in body.lines() {
        let bare = line.trim();
        if bare.starts_with("```") || bare.starts_with("~~~") {
            fenced = !fenced;
        } else if fenced {
            found.line(line.trim_end());
        } else if bare.is_empty() {
            found.gap = true;
        } else if let Some((level, heading)) = heading(bare) {
            found.heading(level, heading);
        } else {
            let is_item = item(bare);
            if found.gap && !(is_item && found.announces()) {
                found.end();
            }
            found.line(&plain(line.trim_end()));
        }
    }
    found.end();
    found.done
}

#[derive(Default)]
struct Paragraphs {
    done: Vec<Paragraph>,
    headings: Vec<(usize, String)>,
    text: String,
    gap: bool,
}

impl Paragraphs {
    fn line(&mut self, line: &str) {
        if self.text.len() + line.len() > PARAGRAPH_BYTES_MAX {
            self.end();
        }
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(line);
        self.gap = false;
    }

    fn heading(&mut self, level: usize, heading: &str) {
        self.end();
        self.headings.retain(|(above, _)| *above < level);
        self.headings.push((level, plain(heading)));
    }

    /// Whether the text so far is the beginning of a list, or a list that goes on.
    fn announces(&self) -> bool {
        self.text.ends_with(':') || self.text.lines().last().is_some_and(|line| item(line.trim()))
    }

    fn end(&mut self) {
        self.gap = false;
        let text = std::mem::take(&mut self.text);
        if text.trim().is_empty() {
            return;
        }
        let headings: Vec<&str> = self.headings.iter().map(|(_, heading)| heading.as_str()).collect();
        self.done.push(Paragraph { heading: headings.join(" · "), text: text.trim().to_owned() });
    }
}

fn heading(line: &str) -> Option<(usize, &str)> {
    let text = line.trim_start_matches('#');
    let level = line.len() - text.len();
    ((1..=6).contains(&level) && text.starts_with(' ')).then(|| (level, text.trim().trim_end_matches('#').trim_end()))
}

/// Whether a line is an item of a list.
fn item(line: &str) -> bool {
    let digits = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = digits.len() < line.len() && (digits.starts_with(". ") || digits.starts_with(") "));
    numbered || ["- ", "* ", "+ "].iter().any(|bullet| line.starts_with(bullet))
}

/// A line without emphasis, code marks and link syntax: `[text](target)` becomes `text (target)`.
fn plain(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(['*', '`', '[']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        if let Some((text, target, after)) = link(from) {
            out.push_str(text);
            if text != target {
                out.push_str(" (");
                out.push_str(target);
                out.push(')');
            }
            rest = after;
            continue;
        }
        let mark = from.chars().next().unwrap_or_default();
        let run = from.len() - from.trim_start_matches(mark).len();
        let (marks, after) = from.split_at(run);
        // A star between blanks is a bullet or a product, a bracket alone is a bracket.
        let blanks = mark == '*' && after.starts_with(' ') && (out.is_empty() || out.ends_with(' '));
        if mark == '[' || blanks {
            out.push_str(marks);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The text and target of a link at the beginning, and what follows it.
fn link(from: &str) -> Option<(&str, &str, &str)> {
    let (text, rest) = from.strip_prefix('[')?.split_once("](")?;
    let (target, after) = rest.split_once(')')?;
    (!text.contains('[') && !target.contains(' ')).then_some((text, target, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_stand_under_their_headings() {
        let body = "Intro **bold** text.\nSecond line.\n\n# Reset\n\n## The hub\nDo this:\n\n1. Press `reset`\n\n2. Wait\n\n\
                    See [the manual](https://x.y/z) or [status].\n\n## The camera\n* 2 * 3\n\n```\n# no heading\n```\n";
        let read: Vec<(String, String)> = paragraphs(body).into_iter().map(|p| (p.heading, p.text)).collect();
        let expected = [
            ("", "Intro bold text.\nSecond line."),
            ("Reset · The hub", "Do this:\n1. Press reset\n2. Wait"),
            ("Reset · The hub", "See the manual (https://x.y/z) or [status]."),
            ("Reset · The camera", "* 2 * 3\n# no heading"),
        ];
        assert_eq!(read, expected.map(|(heading, text)| (heading.to_owned(), text.to_owned())));
    }

    #[test]
    fn long_blocks_are_cut_between_lines() {
        let body = "A line of a very long block that never ends.\n".repeat(200);
        let found = paragraphs(&body);
        assert!(found.len() > 5 && found.iter().all(|p| p.text.len() <= PARAGRAPH_BYTES_MAX));
        assert_eq!(paragraphs("\n\n# Only a heading\n"), []);
        assert_eq!(paragraphs("```\nnever closed").len(), 1);
    }
}
