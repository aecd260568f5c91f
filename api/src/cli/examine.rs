//! `examine`: looks at one photo, for a server, and ends.

use std::io;

use clap::Args;
use grassroots_domain::incident::photo::MediaType;

use super::{console::Console, failure::CliFailure};
use crate::examiner;

/// Settings of `examine`.
#[derive(Args, Debug)]
pub(super) struct ExamineArgs {
    /// What the photo is, such as image/jpeg.
    media_type: MediaType,
}

/// Reads a photo from standard input and writes what is in it.
pub(super) fn run(args: &ExamineArgs, console: &mut Console<'_>) -> Result<(), CliFailure> {
    Ok(examiner::answer(args.media_type, &mut io::stdin(), console.out)?)
}
