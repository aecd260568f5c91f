//! Tests of the program as a process: the command line, and crashes.
//!
//! Clippy allows `unwrap` and indexing only in modules with `cfg(test)`.

#[cfg(test)]
mod command_line;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod examine;
#[cfg(test)]
mod installation;
#[cfg(test)]
mod interrupted_uploads;
