//! `baton demo`: a floor in a throw-away data folder, with customers who come over the real socket.

mod crowd;
mod door;
mod recorded;
mod report;
mod team;
mod visit;
mod witness;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::failure::Failure;
use super::house::{self, House};
use super::past;
use super::place::Place;
use super::print::Printer;
use crate::client::socket;
use crate::config::{self, Bundle};
use crate::console::app;
use crate::domain::id::{ChannelName, OperatorName};
use crate::domain::operator::Role;
use crate::domain::time::Millis;
use crate::gateway;
use crate::runtime::clock::REAL_TIME;
use crate::simulation::dialogue::Dialogue;
use crate::simulation::scenario::Library;
use crate::store::folder::DataFolder;
use crowd::{CUSTOMERS_MAX, Crowd, Visits};
use door::Door;
use report::Report;
use team::Part;
use visit::Pace;
use witness::Seen;

/// Pace of the floor when nobody has to follow it: ten minutes in twenty seconds.
const HEADLESS_SPEED: f64 = 30.0;
/// An agent's answer takes so long to look typed: time in which it can be overtaken by a person.
const TYPED: Millis = Millis(1_500);
/// Length of a headless demo unless said otherwise.
const HEADLESS_SPAN: Duration = Duration::from_secs(30);
/// Share of a headless demo in which customers arrive; in the rest they finish.
const ARRIVING_PERCENT: u64 = 60;
/// Fastest pace: faster, and a person's two seconds are gone within the time of a packet.
const SPEED_MAX: f64 = 1_000.0;
/// Colleagues who are there when somebody watches; the seats of the others are free.
const COLLEAGUES: usize = 2;

/// A floor with simulated customers, to look at and to try: nothing of it is kept
#[derive(Debug, clap::Args)]
pub(super) struct Demo {
    /// Of this preset, whatever deployment is here
    #[arg(long, value_name = "NAME")]
    preset: Option<String>,
    /// Who comes when, and what they say
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// How much faster than the wall's clock [default: 1, and 30 without a screen]
    #[arg(long, value_name = "X", value_parser = speed)]
    speed: Option<f64>,
    /// About how many customers at once
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u64).range(1..=CUSTOMERS_MAX))]
    customers: u64,
    /// Recorded dialogues (JSONL, plain or .gz) instead of simulated customers
    #[arg(long, value_name = "FILE")]
    dialogues: Option<PathBuf>,
    /// End after this time, like 60s or 5m
    #[arg(long = "for", value_name = "DURATION", value_parser = super::span::parse)]
    span: Option<Duration>,
    /// Without a screen: scripted people supervise, and the laws are checked throughout
    #[arg(long)]
    headless: bool,
    /// Keep the floor running when its console ends, and keep its data
    #[arg(long)]
    keep: bool,
    /// Print the result as JSON
    #[arg(long, requires = "headless")]
    json: bool,
    /// Write what was decided in each conversation into this file: to compare two runs
    #[arg(long, value_name = "FILE", requires = "headless", hide = true)]
    decisions: Option<PathBuf>,
    /// Colours of the console: midnight, daylight, contrast, mono
    #[arg(long)]
    theme: Option<String>,
}

fn speed(text: &str) -> Result<f64, String> {
    let read = text.parse::<f64>().ok().filter(|x| (0.1..=SPEED_MAX).contains(x));
    read.ok_or_else(|| format!("a number from 0.1 to {SPEED_MAX}"))
}

/// What a demo runs on.
struct Stage {
    house: House,
    folder: PathBuf,
    door: Arc<Door>,
    library: Arc<Library>,
    pace: Pace,
    stop: CancellationToken,
    bundle: Bundle,
}

impl Demo {
    /// Runs the demo to its end.
    pub(super) fn run(self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        let bundle = match &self.preset {
            Some(name) => config::preset(name).map_err(Failure::failed)?,
            None => place.bundle()?,
        };
        let dialogues = self.dialogues.as_deref().map(past::read).transpose()?;
        let folder = throw_away()?;
        let _logs = super::logs::begin(&DataFolder::open(&folder)?)?;
        let result = super::on_tokio(self.play(bundle, dialogues, &folder, printer));
        if self.keep {
            printer.says(&format!("the data is kept in {}", folder.display()))?;
        } else {
            // What cannot be removed now is in the system's folder for such things.
            let _ = std::fs::remove_dir_all(&folder);
        }
        result
    }

    async fn play(
        &self,
        bundle: Bundle,
        dialogues: Option<Vec<Dialogue>>,
        folder: &Path,
        printer: &mut Printer,
    ) -> Result<(), Failure> {
        let stage = self.stage(bundle, folder).await?;
        match (dialogues, self.headless) {
            (Some(dialogues), true) => self.play_recorded(stage, &dialogues, printer).await,
            (None, true) => self.play_headless(stage, printer).await,
            (dialogues, false) => Box::pin(self.play_on_screen(stage, dialogues, printer)).await,
        }
    }

    async fn stage(&self, bundle: Bundle, folder: &Path) -> Result<Stage, Failure> {
        let factor = self.speed.unwrap_or(if self.headless { HEADLESS_SPEED } else { 1.0 });
        let speed = (factor * f64::from(REAL_TIME)).round() as u32;
        let library = Library::of(&bundle).map_err(Failure::failed)?;
        let agents = Some(TYPED);
        let serve = gateway::Options {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            tls: None,
            behind_proxy: false,
            hosts: Vec::new(),
            channel: ChannelName::web(),
        };
        let house = House::open(
            Some(folder.to_owned()),
            bundle.clone(),
            house::Pace { speed, agents, seed: Some(self.seed) },
            serve,
        )
        .await?;
        let door = Arc::new(Door::of(&house)?);
        let pace = Pace { began: Instant::now(), speed };
        let (library, stop) = (Arc::new(library), CancellationToken::new());
        Ok(Stage { house, folder: folder.to_owned(), door, library, pace, stop, bundle })
    }

    async fn play_headless(&self, stage: Stage, printer: &mut Printer) -> Result<(), Failure> {
        let span = self.span.unwrap_or(HEADLESS_SPAN);
        let watching = stage.watch();
        let team_stop = CancellationToken::new();
        let names: Vec<_> = stage.bundle.operators.iter().map(|o| (o.name.clone(), o.role)).collect();
        let lead = names.iter().find(|(_, role)| *role >= Role::Supervisor).map(|(name, _)| name.clone());
        let mut team = stage.team(self.seed, names.into_iter().map(|(name, _)| name), lead.as_ref(), &team_stop)?;
        let last = Millis(span.as_millis() as u64 * ARRIVING_PERCENT / 100 * u64::from(stage.pace.speed) / 1_000);
        let crowd = stage.crowd(self).run(Some(last), stage.stop.clone());
        let visits = limited(crowd, 2 * span, &stage.stop).await;
        let took = stage.pace.began.elapsed();
        team_stop.cancel();
        let mut acts = 0;
        while let Some(made) = team.join_next().await {
            acts += made.unwrap_or(0);
        }
        let library = Arc::clone(&stage.library);
        let seen = stage.close(watching).await?;
        let report = Report::new(&seen, visits, acts, took, &library);
        if let Some(file) = &self.decisions {
            std::fs::write(file, seen.tally.steps().join("\n")).map_err(Failure::failed)?;
        }
        self.tell(&report, printer)?;
        if report.laws_broken == 0 { Ok(()) } else { Err(Failure::told()) }
    }

    async fn play_recorded(&self, stage: Stage, dialogues: &[Dialogue], printer: &mut Printer) -> Result<(), Failure> {
        let watching = stage.watch();
        let playing = recorded::play(&stage.door, dialogues, stage.pace, &stage.stop);
        let visits = match self.span {
            Some(span) => limited(playing, span, &stage.stop).await,
            None => playing.await,
        };
        let took = stage.pace.began.elapsed();
        let (folder, door, library) = (stage.folder.clone(), Arc::clone(&stage.door), Arc::clone(&stage.library));
        let name = stage.bundle.house.name.clone();
        let seen = stage.close(watching).await?;
        let mut journal = witness::journal(&DataFolder::open(&folder)?, name)?;
        let played = recorded::verify(&door, dialogues, &mut *journal)?;
        let report = Report::new(&seen, visits, 0, took, &library);
        if self.json {
            printer.json(&Both { played: &played, floor: &report })?;
        } else {
            let exact = if played.exact { "every turn once and in order" } else { "NOT every turn once and in order" };
            printer.says(&format!(
                "{} dialogues, {} of them with handovers; {} turns recorded, {} in the journal: {exact}\n{}\n{}",
                played.dialogues,
                played.with_handovers,
                played.turns,
                played.found,
                played.faults.join("\n"),
                report.in_words()
            ))?;
        }
        if played.exact && report.laws_broken == 0 { Ok(()) } else { Err(Failure::told()) }
    }

    async fn play_on_screen(
        &self,
        stage: Stage,
        dialogues: Option<Vec<Dialogue>>,
        printer: &mut Printer,
    ) -> Result<(), Failure> {
        let responders = stage.bundle.operators.iter().filter(|operator| operator.role == Role::Responder);
        let colleagues = responders.map(|operator| operator.name.clone()).take(COLLEAGUES);
        let colleagues = colleagues.collect::<Vec<OperatorName>>().into_iter();
        let _team = stage.team(self.seed, colleagues, None, &stage.stop)?;
        let watching = stage.watch();
        let customers: tokio::task::JoinHandle<Visits> = match dialogues {
            Some(dialogues) => {
                let (door, pace, stop) = (Arc::clone(&stage.door), stage.pace, stage.stop.clone());
                tokio::spawn(async move { recorded::play(&door, &dialogues, pace, &stop).await })
            }
            None => tokio::spawn(stage.crowd(self).run(None, stage.stop.clone())),
        };
        let token = stage.house.floor.local_token().to_owned();
        let feed = socket::connect(socket::Options {
            address: stage.house.address()?,
            token,
            read_only: false,
            passing: false,
        });
        let console = Box::pin(app::run(app::Options { theme: self.theme.clone(), ..app::Options::default() }, feed));
        let ended = match self.span {
            Some(span) => tokio::time::timeout(span, console).await.ok().transpose(),
            None => console.await.map(Some),
        };
        let ended = ended.map_err(Failure::failed);
        if self.keep && ended.is_ok() {
            let token = stage.folder.join("admin.token");
            printer.says(&format!(
                "the floor goes on at {}; look at it with\n  baton console --connect {} --token-file {}\nCtrl-C ends it",
                stage.house.url(),
                stage.house.url(),
                token.display()
            ))?;
            super::serve::Ends::listen().until_told(&stage.house.floor).await;
        }
        stage.stop.cancel();
        let visits = customers.await.unwrap_or_default();
        let (library, took) = (Arc::clone(&stage.library), stage.pace.began.elapsed());
        let seen = stage.close(watching).await?;
        ended?;
        printer.says(&Report::new(&seen, visits, 0, took, &library).in_words())
    }

    fn tell(&self, report: &Report, printer: &mut Printer) -> Result<(), Failure> {
        if self.json { printer.json(report) } else { printer.says(&report.in_words()) }
    }
}

/// What came of a demo with recordings.
#[derive(serde::Serialize)]
struct Both<'a> {
    played: &'a recorded::Played,
    floor: &'a Report,
}

/// A witness at work, with the token that ends it.
struct Watching {
    task: tokio::task::JoinHandle<Result<Seen, Failure>>,
    stop: CancellationToken,
}

impl Stage {
    fn watch(&self) -> Watching {
        let stop = CancellationToken::new();
        let name = self.bundle.house.name.clone();
        let watch = witness::watch(self.house.floor.clone(), name, self.folder.clone(), stop.clone());
        Watching { task: tokio::spawn(watch), stop }
    }

    fn crowd(&self, demo: &Demo) -> Crowd {
        Crowd {
            door: Arc::clone(&self.door),
            library: Arc::clone(&self.library),
            seed: demo.seed,
            pace: self.pace,
            customers: demo.customers,
        }
    }

    fn team(
        &self,
        seed: u64,
        names: impl Iterator<Item = OperatorName>,
        lead: Option<&OperatorName>,
        stop: &CancellationToken,
    ) -> Result<JoinSet<u64>, Failure> {
        let part = Part { library: Arc::clone(&self.library), seed, pace: self.pace };
        let mut team = JoinSet::new();
        for name in names {
            team.spawn(team::seat(&self.house, &name, lead == Some(&name), &part, stop.clone())?);
        }
        Ok(team)
    }

    /// Ends the floor, and then the witness, which has read the journal to its end.
    async fn close(self, watching: Watching) -> Result<Seen, Failure> {
        watching.stop.cancel();
        let seen = watching.task.await.map_err(Failure::failed)??;
        self.house.close().await?;
        let name = self.bundle.house.name.clone();
        witness::catch_up(seen, &DataFolder::open(&self.folder)?, &name).await
    }
}

/// Lets `work` go on for `span`; then everybody is asked to leave.
async fn limited<T>(work: impl Future<Output = T>, span: Duration, stop: &CancellationToken) -> T {
    tokio::pin!(work);
    if let Ok(done) = tokio::time::timeout(span, &mut work).await {
        return done;
    }
    stop.cancel();
    work.await
}

fn throw_away() -> Result<PathBuf, Failure> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(Failure::failed)?;
    Ok(std::env::temp_dir().join(format!("baton-demo-{:016x}", u64::from_be_bytes(random))))
}
