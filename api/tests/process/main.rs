//! Drives the built binary as a process: the command line, and what a crash leaves behind.

mod command_line;
mod crash;
mod installation;
