//! Looks at photos in a process of its own. Decoders are written by others, and some of them panic: what a picture does to
//! that process harms nobody else.

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

/// The command of the program that looks at a photo.
pub const COMMAND: &str = "examine";
/// Memory the process may take, in bytes. The heaviest picture that is read takes some 300 MB.
#[cfg(unix)]
const MEMORY: u64 = 768 * 1024 * 1024;
/// Processor time it may take, in seconds.
#[cfg(unix)]
const PROCESSOR_S: u64 = 30;
/// How long it is waited for: it gives way to everything else on the machine.
const PATIENCE: Duration = Duration::from_secs(300);
/// Bytes of an answer at most.
const MAX_ANSWER: u64 = 16 * 1024 * 1024;
/// The exit code of a program that panics, and of this one when its time is over.
const PANIC: i32 = 101;

/// Why nobody could look at a photo. It is the fault of the machine, not of the picture: try again.
#[derive(Debug, thiserror::Error)]
pub enum ExaminerError<E> {
    /// The bytes cannot be read.
    #[error(transparent)]
    Content(E),
    /// The process cannot be started, or talked to.
    #[error("the process that looks at photos cannot be used: {0}")]
    Process(#[from] io::Error),
    /// It was ended by somebody else, or could not do its work.
    #[error("the process that looks at photos was stopped: {0}")]
    Stopped(ExitStatus),
    /// It took too long, with little of the processor.
    #[error("the process that looks at photos did not come to an end")]
    Late,
}

/// Starts the processes.
#[derive(Clone, Debug)]
pub struct Examiner {
    program: PathBuf,
}

/// What the process answers, in one line. The bytes of the previews follow.
#[derive(Serialize, Deserialize)]
struct ExaminerAnswer {
    examination: Examination,
    thumb_bytes: usize,
    large_bytes: usize,
}

impl Examiner {
    /// Starts `program`.
    #[must_use]
    pub const fn new(program: PathBuf) -> Self {
        Self { program }
    }

    /// Starts the program that runs now.
    ///
    /// # Errors
    /// When nobody knows where it is.
    pub fn of_this_program() -> io::Result<Self> {
        // This name stays right when the file was replaced by a newer one meanwhile.
        let itself = PathBuf::from("/proc/self/exe");
        Ok(Self::new(if itself.exists() { itself } else { std::env::current_exe()? }))
    }

    /// Looks at the photo in `content`.
    ///
    /// # Errors
    /// [`ExaminerError`]. A picture that makes the process fail is a picture that cannot be shown.
    pub async fn examine<E>(
        &self,
        media_type: MediaType,
        content: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<Examination, ExaminerError<E>> {
        let mut command = Command::new(&self.program);
        // Without the environment, in which there are secrets.
        command.args([COMMAND, media_type.as_str()]).env_clear();
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        // Ctrl-C is for the server.
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

/// Hands the bytes to the process; it may have seen enough before the end.
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

/// Whether it was the picture that ended the process, by a panic or by what a limit of memory or time does. Otherwise it was
/// somebody who stops a server, or a system that is short of memory or does not let the process set its limits.
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

/// The other side: looks at the photo in `input`, with all that limits this process.
///
/// # Errors
/// When the limits cannot be set, or nobody listens.
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
        // What is forbidden already cannot be allowed again.
        let forbidden = getrlimit(resource).maximum.unwrap_or(u64::MAX);
        let (soft, hard) = (soft.min(forbidden), hard.min(forbidden));
        setrlimit(resource, Rlimit { current: Some(soft), maximum: Some(hard) })
    };
    // Where the system has such a file, and lets us: better this process ends for want of memory than the server.
    std::fs::write("/proc/self/oom_score_adj", "1000").ok();
    limit(Resource::As, MEMORY, MEMORY)?;
    // Told at the limit, killed some seconds later. Whoever started the server may have it ignore being told, and this
    // process would inherit that.
    signal_hook::flag::register_conditional_shutdown(Signal::XCPU.as_raw(), PANIC, Arc::new(true.into()))?;
    limit(Resource::Cpu, PROCESSOR_S, PROCESSOR_S + 5)?;
    limit(Resource::Core, 0, 0)?;
    // Nothing is opened any more, and nothing grows: a decoder has no business with files.
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

    // One test: no other may start a process while this one writes a program. No program sends itself a signal that
    // whoever started the tests may have made it ignore.
    #[tokio::test]
    async fn a_process_that_fails_is_a_picture_that_cannot_be_shown() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["exit 101", "echo nonsense", "cat"] {
            let examination = examined_by(&script(folder.path(), text)).await.unwrap();
            assert_eq!(examination.picture, Err(NoPreview::Failed), "{text}");
        }

        // What is the fault of the machine is no verdict.
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
