//! Repeats jobs until the server stops.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt as _;
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{MissedTickBehavior, interval, sleep},
};

use crate::jobs::job::Job;

/// How long a current run may continue after the server begins to stop.
const LAST_RUN: Duration = Duration::from_secs(10);

/// Repeats jobs, each in its own task. Dropping the runner aborts all jobs at once.
#[derive(Default)]
pub struct Runner {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Runner {
    /// Runs `job` now, and again after its interval or when it is woken.
    pub fn start<A: Send + Sync + 'static>(&mut self, job: impl Job<A>, app: Arc<A>) {
        self.tasks.spawn(repeat(job, app, self.stop.subscribe()));
    }

    /// Starts no new runs, and waits at most ten seconds for current runs.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
    }
}

async fn repeat<A, J>(job: J, app: Arc<A>, mut stop: watch::Receiver<bool>)
where
    A: Send + Sync + 'static,
    J: Job<A>,
{
    let mut ticks = interval(job.every());
    // A slow run delays the next one. Missed runs are not repeated.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = stopped(&mut stop) => return,
            _ = ticks.tick() => {}
            () = job.wake_up(&app) => {}
        }
        tokio::select! {
            () = run(&job, &app) => {}
            () = out_of_time(&mut stop) => {
                tracing::warn!(job = J::NAME, "the job was cut off: the server stops");
                return;
            }
        }
    }
}

/// Runs the job once. An error or a panic is logged, and the job continues.
async fn run<A, J>(job: &J, app: &A)
where
    A: Send + Sync + 'static,
    J: Job<A>,
{
    match AssertUnwindSafe(job.run(app)).catch_unwind().await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!(job = J::NAME, error = %error, "the job failed; it runs again"),
        Err(_) => tracing::error!(job = J::NAME, "the job panicked; it runs again"),
    }
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error means that the runner was dropped. The job must then stop too.
    drop(stop.wait_for(|stop| *stop).await);
}

async fn out_of_time(stop: &mut watch::Receiver<bool>) {
    stopped(stop).await;
    sleep(LAST_RUN).await;
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Error, Write},
        sync::{
            Mutex,
            atomic::{AtomicU32, Ordering},
        },
    };

    use tokio::{
        sync::Notify,
        time::{Instant, timeout},
    };

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    /// The state of the job under test.
    #[derive(Default)]
    struct Probe {
        started: AtomicU32,
        ended: AtomicU32,
        wake_up: Notify,
        takes: Duration,
        fails: bool,
        panics: bool,
    }

    struct Probing;

    impl Job<Probe> for Probing {
        const NAME: &'static str = "probe something";
        const EVERY: Duration = MINUTE;
        type Error = Error;

        async fn wake_up(&self, probe: &Probe) {
            probe.wake_up.notified().await;
        }

        async fn run(&self, probe: &Probe) -> Result<(), Error> {
            probe.started.fetch_add(1, Ordering::Relaxed);
            sleep(probe.takes).await;
            assert!(!probe.panics, "the probe broke");
            if probe.fails {
                return Err(Error::other("the line is dead"));
            }
            probe.ended.fetch_add(1, Ordering::Relaxed);
            Ok(())
        }
    }

    impl Probe {
        fn counts(&self) -> (u32, u32) {
            (self.started.load(Ordering::Relaxed), self.ended.load(Ordering::Relaxed))
        }
    }

    fn start(probe: Probe) -> (Runner, Arc<Probe>) {
        let (mut runner, probe) = (Runner::default(), Arc::new(probe));
        runner.start(Probing, Arc::clone(&probe));
        (runner, probe)
    }

    /// Advances the time, and runs the tasks that are due.
    async fn pass(time: Duration) {
        sleep(time).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_job_runs_at_once_and_then_at_its_interval() {
        let (_runner, probe) = start(Probe::default());
        pass(Duration::from_millis(1)).await;
        assert_eq!(probe.counts(), (1, 1));
        pass(MINUTE - Duration::from_millis(2)).await;
        assert_eq!(probe.counts(), (1, 1));
        pass(Duration::from_millis(2)).await;
        assert_eq!(probe.counts(), (2, 2));
        pass(3 * MINUTE).await;
        assert_eq!(probe.counts(), (5, 5));
    }

    #[tokio::test(start_paused = true)]
    async fn a_wake_up_runs_a_job_early() {
        let (_runner, probe) = start(Probe::default());
        pass(Duration::from_secs(1)).await;
        probe.wake_up.notify_one();
        pass(Duration::from_secs(1)).await;
        assert_eq!(probe.counts(), (2, 2));
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_run_delays_the_next_and_is_not_made_up_for() {
        let (_runner, probe) = start(Probe { takes: 5 * MINUTE, ..Probe::default() });
        pass(Duration::from_secs(1)).await;
        pass(5 * MINUTE).await;
        // The second run began when the first ended. Four missed runs were skipped.
        assert_eq!(probe.counts(), (2, 1));
        pass(4 * MINUTE).await;
        assert_eq!(probe.counts(), (2, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn stopping_waits_for_the_run_in_progress() {
        let (runner, probe) = start(Probe { takes: Duration::from_secs(3), ..Probe::default() });
        pass(Duration::from_secs(1)).await;
        let began = Instant::now();
        runner.stop().await;
        assert_eq!(probe.counts(), (1, 1));
        assert_eq!(began.elapsed().as_secs(), 2);
        pass(10 * MINUTE).await;
        assert_eq!(probe.counts(), (1, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn stopping_cuts_off_a_run_that_does_not_end() {
        let (runner, probe) = start(Probe { takes: 100 * MINUTE, ..Probe::default() });
        pass(Duration::from_secs(1)).await;
        timeout(LAST_RUN + Duration::from_secs(1), runner.stop()).await.expect("it stops in time");
        assert_eq!(probe.counts(), (1, 0));
    }

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// The log output while a job runs twice.
    async fn log_of_two_runs(probe: Probe) -> Vec<String> {
        let log = Log::default();
        let writer = log.clone();
        let subscriber =
            tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false).finish();
        let _guard = tracing::subscriber::set_default(subscriber);
        let (runner, probe) = start(probe);
        pass(MINUTE + Duration::from_secs(1)).await;
        runner.stop().await;
        assert_eq!(probe.counts(), (2, 0));
        let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_is_logged_with_the_name_and_the_job_goes_on() {
        let lines = log_of_two_runs(Probe { fails: true, ..Probe::default() }).await;
        assert_eq!(lines.len(), 2, "{lines:?}");
        for line in lines {
            assert!(line.contains("ERROR"), "{line}");
            assert!(line.contains("job=\"probe something\""), "{line}");
            assert!(line.contains("error=the line is dead"), "{line}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_panic_is_logged_with_the_name_and_the_job_goes_on() {
        let lines = log_of_two_runs(Probe { panics: true, ..Probe::default() }).await;
        assert_eq!(lines.len(), 2, "{lines:?}");
        for line in lines {
            assert!(line.contains("the job panicked"), "{line}");
            assert!(line.contains("job=\"probe something\""), "{line}");
        }
    }
}
