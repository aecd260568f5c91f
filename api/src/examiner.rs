//! Examines photos in a separate process. A photo can make a decoder panic, hang or use too much memory; this must not
//! harm the server.

use std::{
    io::{self, Read, Write},
    mem,
    path::PathBuf,
    process::{ExitStatus, Stdio},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, future};
use grassroots_domain::incident::photo::{MAX_BYTES, MediaType, NoPreview};
use grassroots_pictures::{Examination, Preview, examine};
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    process::{ChildStdin, Command},
    time::timeout,
};

/// The subcommand that examines a photo.
pub const COMMAND: &str = "examine";
/// Memory limit of the process, in bytes. The largest accepted photo needs about 300 MB.
#[cfg(unix)]
const MEMORY: u64 = 768 * 1024 * 1024;
/// Limit of processor time, in seconds.
#[cfg(unix)]
const PROCESSOR_S: u64 = 30;
/// How long the server waits for the process. The limit is high because the process runs with low priority.
const PATIENCE: Duration = Duration::from_secs(300);
/// Largest answer, in bytes.
const MAX_ANSWER: u64 = 16 * 1024 * 1024;
/// The exit code after a panic. The process also exits with it when its processor time is used up.
const PANIC: i32 = 101;

/// Why a photo could not be examined. The cause is the machine, not the photo, so the examination can be repeated.
#[derive(Debug, thiserror::Error)]
pub enum ExaminerError<E> {
    /// The photo cannot be read from storage.
    #[error(transparent)]
    Content(E),
    /// The process cannot be started, or its pipes failed.
    #[error("the process that looks at photos cannot be used: {0}")]
    Process(#[from] io::Error),
    /// The process was killed from outside or could not set its limits.
    #[error("the process that looks at photos was stopped: {0}")]
    Stopped(ExitStatus),
    /// The process did not finish in time, although its processor time was not used up.
    #[error("the process that looks at photos did not come to an end")]
    Late,
}

/// Starts the examining processes.
#[derive(Clone, Debug)]
pub struct Examiner {
    program: PathBuf,
}

/// The answer of the process: one line of JSON. The bytes of the previews follow it.
#[derive(Serialize, Deserialize)]
struct ExaminerAnswer {
    examination: Examination,
    thumb_bytes: usize,
    large_bytes: usize,
}

impl Examiner {
    /// Uses `program` as the examining process.
    #[must_use]
    pub const fn new(program: PathBuf) -> Self {
        Self { program }
    }

    /// Uses the running program as the examining process.
    ///
    /// # Errors
    /// When the path of the running program is unknown.
    pub fn of_this_program() -> io::Result<Self> {
        // This path still works after an update replaced the program file.
        let itself = PathBuf::from("/proc/self/exe");
        Ok(Self::new(if itself.exists() { itself } else { std::env::current_exe()? }))
    }

    /// Examines the photo in `content`. If the photo makes the process fail, the result is an examination without preview
    /// and not an error.
    pub async fn examine<E>(
        &self,
        media_type: MediaType,
        content: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<Examination, ExaminerError<E>> {
        let mut command = Command::new(&self.program);
        // The environment contains secrets, so the process does not get it.
        command.args([COMMAND, media_type.as_str()]).env_clear();
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        // Ctrl-C must reach the server only.
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn()?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("it has no pipes").into());
        };
        let mut answer = Vec::new();
        let work = async {
            let mut output = output.take(MAX_ANSWER);
            let (fed, read) = future::join(feed(input, content), output.read_to_end(&mut answer)).await;
            fed?;
            read?;
            Ok::<_, ExaminerError<E>>(child.wait().await?)
        };
        let status = timeout(PATIENCE, work).await.map_err(|_| ExaminerError::Late)??;
        if !status.success() && !is_of_the_picture(status) {
            return Err(ExaminerError::Stopped(status));
        }
        let understood = if status.success() { understand(answer) } else { None };
        Ok(understood.unwrap_or_else(|| {
            tracing::warn!(%status, %media_type, "a photo cannot be looked at");
            Examination::nothing(NoPreview::Failed)
        }))
    }
}

/// Sends the bytes to the process. The process may close the pipe before it has read all of them.
async fn feed<E>(
    mut input: ChildStdin,
    mut content: impl Stream<Item = Result<Bytes, E>> + Unpin,
) -> Result<(), ExaminerError<E>> {
    while let Some(bytes) = content.next().await {
        match input.write_all(&bytes.map_err(ExaminerError::Content)?).await {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => break,
            written => written?,
        }
    }
    Ok(())
}

/// Whether the photo made the process fail, by a panic or by reaching a memory or time limit. Otherwise the cause is
/// outside: somebody killed the process, the system has too little memory, or the process could not set its limits.
fn is_of_the_picture(status: ExitStatus) -> bool {
    #[cfg(unix)]
    {
        use rustix::process::Signal;
        let signal = std::os::unix::process::ExitStatusExt::signal(&status);
        let signals = [Signal::ABORT, Signal::SEGV, Signal::BUS, Signal::ILL, Signal::FPE];
        if signals.iter().any(|of_picture| signal == Some(of_picture.as_raw())) {
            return true;
        }
    }
    status.code() == Some(PANIC)
}

fn understand(answer: Vec<u8>) -> Option<Examination> {
    let end = answer.iter().position(|byte| *byte == b'\n')?;
    let (line, previews) = answer.split_at_checked(end + 1)?;
    let ExaminerAnswer { mut examination, thumb_bytes, large_bytes } = serde_json::from_slice(line).ok()?;
    let (thumb, large) = previews.split_at_checked(thumb_bytes)?;
    if let Ok(picture) = &mut examination.picture {
        picture.preview = Preview { thumb: thumb.to_vec(), large: large.to_vec() };
    }
    (large.len() == large_bytes).then_some(examination)
}

/// Runs in the examining process: sets its limits, examines the photo in `input`, and writes the answer to `output`.
///
/// # Errors
/// When the limits cannot be set, or reading or writing fails.
pub fn answer(media_type: MediaType, input: &mut dyn Read, output: &mut dyn Write) -> io::Result<()> {
    confine()?;
    let mut bytes = Vec::new();
    input.take(MAX_BYTES.into()).read_to_end(&mut bytes)?;
    let mut examination = examine(&bytes, media_type);
    let preview = examination.picture.as_mut().map(|picture| mem::take(&mut picture.preview));
    let Preview { thumb, large } = preview.unwrap_or_default();
    let answer = ExaminerAnswer { examination, thumb_bytes: thumb.len(), large_bytes: large.len() };
    serde_json::to_writer(&mut *output, &answer)?;
    output.write_all(b"\n")?;
    output.write_all(&thumb)?;
    output.write_all(&large)?;
    output.flush()
}

#[cfg(unix)]
fn confine() -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, Signal, getrlimit, nice, setrlimit};
    let limit = |resource, soft: u64, hard: u64| {
        // A process cannot raise its hard limits.
        let forbidden = getrlimit(resource).maximum.unwrap_or(u64::MAX);
        let (soft, hard) = (soft.min(forbidden), hard.min(forbidden));
        setrlimit(resource, Rlimit { current: Some(soft), maximum: Some(hard) })
    };
    // If memory is short, Linux kills this process before the server. Other systems do not have this file.
    std::fs::write("/proc/self/oom_score_adj", "1000").ok();
    limit(Resource::As, MEMORY, MEMORY)?;
    // At the soft limit the process gets SIGXCPU, and at the hard limit it is killed. The handler is needed because the
    // process inherits ignored signals from the program that started the server.
    signal_hook::flag::register_conditional_shutdown(Signal::XCPU.as_raw(), PANIC, Arc::new(true.into()))?;
    limit(Resource::Cpu, PROCESSOR_S, PROCESSOR_S + 5)?;
    limit(Resource::Core, 0, 0)?;
    // A decoder needs no files: it cannot open any, and cannot make any larger.
    limit(Resource::Nofile, 0, 0)?;
    limit(Resource::Fsize, 0, 0)?;
    nice(10)?;
    Ok(())
}

#[cfg(not(unix))]
fn confine() -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{
        fs,
        os::unix::{fs::PermissionsExt as _, process::ExitStatusExt as _},
        path::Path,
    };

    use futures_util::stream;

    use super::*;

    async fn examined_by(program: &Path) -> Result<Examination, ExaminerError<io::Error>> {
        let content = stream::iter([Ok(Bytes::from_static(b"\xff\xd8\xff\xd9"))]);
        Examiner::new(program.to_owned()).examine(MediaType::Jpeg, content).await
    }

    fn script(folder: &Path, text: &str) -> PathBuf {
        let path = folder.join("program");
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
        path
    }

    // This is one test, because no other test may start a process while this one writes a program. The programs use only
    // SIGKILL, because a process may have inherited that it ignores other signals.
    #[tokio::test]
    async fn a_process_that_fails_is_a_picture_that_cannot_be_shown() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["exit 101", "echo nonsense", "cat"] {
            let examination = examined_by(&script(folder.path(), text)).await.unwrap();
            assert_eq!(examination.picture, Err(NoPreview::Failed), "{text}");
        }

        // A failure of the machine is an error and says nothing about the photo.
        for text in ["kill -KILL $$", "exit 1", "exit 127"] {
            let stopped = examined_by(&script(folder.path(), text)).await;
            assert!(matches!(stopped, Err(ExaminerError::Stopped(_))), "{text}: {stopped:?}");
        }
        let missing = examined_by(&folder.path().join("missing")).await;
        assert!(matches!(missing, Err(ExaminerError::Process(_))), "{missing:?}");
        let unreadable = stream::iter([Err(io::Error::other("the disk is gone"))]);
        let unreadable = Examiner::new("/bin/cat".into()).examine(MediaType::Jpeg, unreadable).await;
        assert!(matches!(unreadable, Err(ExaminerError::Content(_))), "{unreadable:?}");
    }

    #[test]
    fn what_a_decoder_does_is_of_the_picture_and_what_others_do_is_not() {
        use rustix::process::Signal;
        let by = |signal: Signal| is_of_the_picture(ExitStatus::from_raw(signal.as_raw()));
        for signal in [Signal::ABORT, Signal::SEGV, Signal::BUS, Signal::ILL, Signal::FPE] {
            assert!(by(signal), "{signal:?}");
        }
        for signal in [Signal::KILL, Signal::TERM, Signal::INT, Signal::HUP, Signal::QUIT] {
            assert!(!by(signal), "{signal:?}");
        }
        let exit = |code: i32| is_of_the_picture(ExitStatus::from_raw(code << 8));
        assert!(exit(101) && !exit(0) && !exit(1) && !exit(127));
    }
}
