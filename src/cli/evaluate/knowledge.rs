//! `baton evaluate knowledge`: how well articles are found for questions.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use super::metrics::mean;
use super::rows::{Row, Rows};
use super::stopwatch::median_us;
use crate::cli::failure::Failure;
use crate::cli::print::Printer;
use crate::cli::progress::Progress;
use crate::domain::id::ArticleName;
use crate::domain::knowledge::Article;
use crate::domain::text::{Clean, Foreign};
use crate::domain::time::Timestamp;
use crate::knowledge::Index;

/// Questions shown of which the answer came late.
const WORST_SHOWN: usize = 10;

/// How well articles are found for questions
#[derive(Debug, clap::Args)]
pub(super) struct Knowledge {
    /// Articles: {"id", "title", "text"} a line; the title may be missing, the text is Markdown
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    corpus: Vec<PathBuf>,
    /// Questions: {"text", "relevant": [ids]} a line
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    queries: Vec<PathBuf>,
    /// The name of an article's text in a line
    #[arg(long, value_name = "NAME", default_value = "text")]
    text_field: String,
    /// The name of a question's text in a line
    #[arg(long, value_name = "NAME", default_value = "text")]
    query_field: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What came of it.
#[derive(Debug, Serialize)]
struct Measured {
    /// Questions asked.
    n: usize,
    /// Articles there are.
    articles: usize,
    /// Mean of one over the place of the first article that answers.
    mrr: f64,
    /// Share of the answering articles among the first five, and ten.
    recall_at_5: f64,
    recall_at_10: f64,
    ndcg_at_10: f64,
    query_us_p50: f64,
}

/// A question with the numbers of the articles that answer it.
struct Query {
    text: Foreign,
    relevant: Vec<usize>,
}

/// The articles found, best first, by their number.
struct Found<'a> {
    query: &'a Query,
    order: Vec<usize>,
}

impl Knowledge {
    /// Indexes, asks, prints.
    pub(super) fn run(self, printer: &mut Printer) -> Result<(), Failure> {
        let corpus = Corpus::read(&self.corpus, &self.text_field)?;
        let queries = self.queries(&corpus)?;
        let index = Index::build(&corpus.articles);
        let mut found = Vec::with_capacity(queries.len());
        let mut progress = Progress::over("asking", queries.len());
        let query_us_p50 = median_us(queries.iter(), |query| {
            let ranked = index.rank(&query.text, Timestamp(0));
            found.push(Found { query, order: ranked.iter().filter_map(|(name, _)| number(name)).collect() });
            progress.step();
        });
        drop(progress);
        let mean = |of: &dyn Fn(&Found<'_>) -> f64| mean(found.iter().map(of));
        let measured = Measured {
            n: found.len(),
            articles: corpus.articles.len(),
            mrr: mean(&|one| one.first().map_or(0.0, |place| 1.0 / place as f64)),
            recall_at_5: mean(&|one| one.recall(5)),
            recall_at_10: mean(&|one| one.recall(10)),
            ndcg_at_10: mean(&|one| one.gain(10)),
            query_us_p50,
        };
        if self.json {
            return printer.json(&measured);
        }
        summary(&measured, printer)?;
        late(found, &corpus, printer)
    }

    fn queries(&self, corpus: &Corpus) -> Result<Vec<Query>, Failure> {
        let mut queries = Vec::new();
        for rows in Rows::read_all(&self.queries)? {
            for row in rows.iter() {
                queries.push(Query { text: row.text(&self.query_field)?.into(), relevant: corpus.relevant(row)? });
            }
        }
        Ok(queries)
    }
}

/// Articles and what they are called in the file.
struct Corpus {
    articles: Vec<Article>,
    ids: BTreeMap<String, usize>,
}

impl Corpus {
    fn read(paths: &[PathBuf], text_field: &str) -> Result<Self, Failure> {
        let mut corpus = Self { articles: Vec::new(), ids: BTreeMap::new() };
        for rows in Rows::read_all(paths)? {
            for row in rows.iter() {
                let (at, id) = (corpus.articles.len(), row.label("id")?);
                if corpus.ids.insert(id.clone(), at).is_some() {
                    return Err(row.wrong(format!("the id `{}` stands twice", id.escape_debug())));
                }
                corpus.articles.push(Article {
                    name: name(at)?,
                    title: row.find("title").map_or(Ok(""), |_| row.text("title"))?.to_owned(),
                    tags: Vec::new(),
                    valid_from: None,
                    valid_to: None,
                    body: row.text(text_field)?.to_owned(),
                });
            }
        }
        Ok(corpus)
    }

    fn relevant(&self, row: Row<'_>) -> Result<Vec<usize>, Failure> {
        let ids = row.value("relevant")?.as_array().filter(|ids| !ids.is_empty());
        let ids = ids.ok_or_else(|| row.wrong("`relevant` has to be a list of at least one id"))?;
        let known = |id: &serde_json::Value| {
            let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
            self.ids
                .get(&id)
                .copied()
                .ok_or_else(|| row.wrong(format!("no article has the id `{}`", id.escape_debug())))
        };
        let mut relevant = ids.iter().map(known).collect::<Result<Vec<_>, _>>()?;
        relevant.sort_unstable();
        relevant.dedup();
        Ok(relevant)
    }
}

/// Ids of a file are any text; names of articles are not.
fn name(at: usize) -> Result<ArticleName, Failure> {
    format!("a-{at}").parse().map_err(Failure::failed)
}

fn number(name: &ArticleName) -> Option<usize> {
    name.as_str().strip_prefix("a-")?.parse().ok()
}

impl Found<'_> {
    /// The place of the first article that answers, from 1.
    fn first(&self) -> Option<usize> {
        self.order.iter().position(|article| self.query.relevant.contains(article)).map(|at| at + 1)
    }

    /// Share of the answering articles among the first `n`.
    fn recall(&self, n: usize) -> f64 {
        let found = self.order.iter().take(n).filter(|article| self.query.relevant.contains(article)).count();
        found as f64 / self.query.relevant.len().max(1) as f64
    }

    /// Normalised discounted gain of the first `n`.
    fn gain(&self, n: usize) -> f64 {
        let worth = |at: usize| 1.0 / (at as f64 + 2.0).log2();
        let order = self.order.iter().take(n).enumerate();
        let found: f64 =
            order.filter(|(_, article)| self.query.relevant.contains(article)).map(|(at, _)| worth(at)).sum();
        let best: f64 = (0..self.query.relevant.len().min(n)).map(worth).sum();
        if best > 0.0 { found / best } else { 0.0 }
    }
}

fn summary(measured: &Measured, printer: &mut Printer) -> Result<(), Failure> {
    let row = |name: &'static str, value: String| vec![Clean::fixed(name), Clean::shown(&value)];
    let rows = [
        row("questions", measured.n.to_string()),
        row("articles", measured.articles.to_string()),
        row("mean of one over the first answer's place", format!("{:.3}", measured.mrr)),
        row("answers among the first five", format!("{:.1} %", measured.recall_at_5 * 100.0)),
        row("answers among the first ten", format!("{:.1} %", measured.recall_at_10 * 100.0)),
        row("discounted gain of the first ten", format!("{:.3}", measured.ndcg_at_10)),
        row("one question, median", format!("{:.0} µs", measured.query_us_p50)),
    ];
    printer.table(&["measure", "value"], &rows)
}

/// The questions whose answer came last, with what came first instead.
fn late(mut found: Vec<Found<'_>>, corpus: &Corpus, printer: &mut Printer) -> Result<(), Failure> {
    let place = |one: &Found<'_>| one.first().unwrap_or(usize::MAX);
    found.retain(|one| place(one) > 1);
    if found.is_empty() {
        return Ok(());
    }
    found.sort_by_key(|one| std::cmp::Reverse(place(one)));
    let id = |article: Option<&usize>| {
        let of = article.and_then(|article| corpus.ids.iter().find(|(_, at)| *at == article));
        of.map_or(Clean::fixed("(nothing)"), |(id, _)| Clean::shown(id))
    };
    let rows: Vec<Vec<Clean>> = found
        .iter()
        .take(WORST_SHOWN)
        .map(|one| {
            let place = one.first().map_or(Clean::fixed("none"), |place| Clean::shown(&place));
            vec![place, id(one.query.relevant.first()), id(one.order.first()), one.query.text.clean()]
        })
        .collect();
    printer.says(&"")?;
    printer.table(&["place", "answer", "came first", "question"], &rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(order: &[usize], relevant: &[usize]) -> (Option<usize>, f64, f64) {
        let query = Query { text: "a".into(), relevant: relevant.to_vec() };
        let found = Found { query: &query, order: order.to_vec() };
        (found.first(), found.recall(2), found.gain(2))
    }

    #[test]
    fn places_are_measured() {
        assert_eq!(found(&[3, 1, 2], &[3]), (Some(1), 1.0, 1.0));
        let (first, recall, gain) = found(&[3, 1, 2], &[1, 2]);
        assert_eq!((first, recall), (Some(2), 0.5));
        // One of two, at the second place: 0.6309 of 1.6309.
        assert!((gain - 0.386_85).abs() < 1e-4, "{gain}");
        assert_eq!(found(&[], &[1]), (None, 0.0, 0.0));
    }

    fn asked(corpus: &str, queries: &str) -> Result<Vec<Query>, Failure> {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            vec![path]
        };
        let knowledge = Knowledge {
            corpus: path("corpus.jsonl", corpus),
            queries: path("queries.jsonl", queries),
            text_field: "text".to_owned(),
            query_field: "text".to_owned(),
            json: true,
        };
        knowledge.queries(&Corpus::read(&knowledge.corpus, "text")?)
    }

    #[test]
    fn what_does_not_fit_is_named_by_its_line() {
        let corpus = "{\"id\":\"x\",\"text\":\"a\"}\n{\"id\":7,\"title\":\"t\",\"text\":\"b\"}\n";
        let told =
            |corpus: &str, queries: &str| asked(corpus, queries).err().map(|e| e.to_string()).unwrap_or_default();
        let queries = asked(corpus, "{\"text\":\"q\",\"relevant\":[7,\"x\",7]}\n").unwrap();
        assert_eq!(queries[0].relevant, [0, 1]);
        let twice = format!("{corpus}{{\"id\":\"x\",\"text\":\"c\"}}\n");
        assert!(told(&twice, "").contains("corpus.jsonl:3: the id `x` stands twice"));
        let unknown = told(corpus, "{\"text\":\"q\",\"relevant\":[\"y\"]}\n");
        assert!(unknown.contains("queries.jsonl:1: no article has the id `y`"), "{unknown}");
        assert!(told(corpus, "{\"text\":\"q\",\"relevant\":[]}\n").contains("at least one id"));
    }
}
