//! Reads photos: makes previews without metadata, and finds time, position and fingerprint. No I/O.
//!
//! The bytes come from untrusted users, and some third-party decoders panic on damaged files. Callers must therefore run this
//! crate in a separate process with limits on time and memory.

mod bytes;
mod container;
mod decode;
mod dimensions;
mod examination;
mod fingerprint;
mod metadata;
mod picture;
mod preview;

pub use examination::{Examination, examine};
pub use picture::Picture;
pub use preview::Preview;
