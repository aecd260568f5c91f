//! Tests of the program as a process: the command line, and crashes.

mod command_line;
mod crash;
mod examine;
mod installation;
mod interrupted_uploads;
