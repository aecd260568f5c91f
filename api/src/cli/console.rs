//! Where commands write.

use std::io::Write;

/// Where a command writes to.
pub(crate) struct Console<'a> {
    /// Answers: standard output.
    pub out: &'a mut dyn Write,
    /// Everything else: standard error.
    pub err: &'a mut dyn Write,
}
