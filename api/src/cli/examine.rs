//! `examine`: examines one photo. A server starts this command as a process for each photo.

use std::io;

use clap::Args;
use grassroots_domain::incident::photo::MediaType;

use super::{console::Console, failure::CliFailure};
use crate::examiner;

#[derive(Args, Debug)]
pub(super) struct ExamineArgs {
    /// The media type of the photo, such as image/jpeg.
    media_type: MediaType,
}

/// Reads a photo from standard input, and writes its findings and previews.
pub(super) fn run(args: &ExamineArgs, console: &mut Console<'_>) -> Result<(), CliFailure> {
    Ok(examiner::answer(args.media_type, &mut io::stdin(), console.out)?)
}
