//! Jobs: work that the server repeats automatically. One file for each job states when it runs; a use case in `app`
//! does the work.

mod examine_photos;
mod forget_receipts;
mod forget_sessions;
pub mod job;
mod load_reference_data;
mod order_events;
mod reconcile;
pub mod runner;
mod sweep_objects;
mod sweep_uploads;

use std::{sync::Arc, time::Duration};

use crate::{
    app::App,
    config::ServeConfig,
    jobs::{
        examine_photos::ExaminePhotos, forget_receipts::ForgetReceipts, forget_sessions::ForgetSessions,
        load_reference_data::LoadReferenceData, order_events::OrderEvents, reconcile::Reconcile,
        runner::Runner, sweep_objects::SweepObjects, sweep_uploads::SweepUploads,
    },
};

/// The jobs that this server runs. Other nodes may run the others.
#[derive(Clone, Copy, Debug)]
pub struct JobSettings {
    /// The time between two runs of the reconciler. `None` leaves this job to other nodes.
    pub reconcile_every: Option<Duration>,
    /// The number of photos examined at the same time. 0 leaves this job to other nodes.
    pub examiners: u32,
}

impl From<&ServeConfig> for JobSettings {
    fn from(config: &ServeConfig) -> Self {
        let seconds = u64::from(config.reconcile_every_s);
        Self {
            reconcile_every: (seconds > 0).then(|| Duration::from_secs(seconds)),
            examiners: config.examiners,
        }
    }
}

/// Starts the jobs of this server.
#[must_use]
pub fn start(app: &Arc<App>, settings: JobSettings) -> Runner {
    let mut runner = Runner::default();
    runner.start(LoadReferenceData, Arc::clone(app));
    runner.start(OrderEvents, Arc::clone(app));
    runner.start(ForgetSessions, Arc::clone(app));
    runner.start(ForgetReceipts, Arc::clone(app));
    runner.start(SweepUploads, Arc::clone(app));
    runner.start(SweepObjects, Arc::clone(app));
    if let Some(every) = settings.reconcile_every {
        runner.start(Reconcile { every }, Arc::clone(app));
    }
    for _ in 0..settings.examiners {
        runner.start(ExaminePhotos, Arc::clone(app));
    }
    runner
}
