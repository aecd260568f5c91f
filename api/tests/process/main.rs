//! Drives the built binary as a process: the command line, and what a crash leaves behind.

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
