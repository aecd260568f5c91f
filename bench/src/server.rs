//! The servers that are measured. They are child processes that print their URL, and are killed at the end.

use std::{
    ffi::OsStr,
    fs::File,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::Duration,
};

use crate::{Result, database::BenchDatabase};

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server.
pub struct BenchServer {
    child: Child,
    pub address: SocketAddr,
}

impl BenchServer {
    /// Starts `grassroots` with the demo on `database`, with default settings.
    pub fn grassroots(program: &Path, database: &BenchDatabase) -> Result<Self> {
        let mut command = Command::new(program);
        // Environment variables of the user must not change the default settings.
        for (name, _) in std::env::vars_os().filter(|(name, _)| is_setting(name)) {
            command.env_remove(name);
        }
        command.args(["serve", "--demo", "--port", "0", "--data-dir"]).arg(&database.folder);
        command.env("GRASSROOTS_DATABASE_URL", &database.url);
        Self::start(command, &database.folder.join("server.log"))
    }

    /// Starts the bare server, which is this program in another role.
    pub fn bare(answer_bytes: usize, folder: &Path) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["bare", "--answer-bytes", &answer_bytes.to_string()]);
        Self::start(command, &folder.join("bare.log"))
    }

    /// Memory of the process now, in megabytes.
    pub fn memory_mb(&self) -> Result<f64> {
        self.status_mb("VmRSS")
    }

    /// Largest memory of the process since [`BenchServer::reset_peak_memory`], in megabytes.
    pub fn peak_memory_mb(&self) -> Result<f64> {
        self.status_mb("VmHWM")
    }

    pub fn reset_peak_memory(&self) -> Result<()> {
        Ok(std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5")?)
    }

    fn status_mb(&self, name: &str) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let kilobytes: f64 =
            line.and_then(|line| line.trim().strip_suffix(" kB")).ok_or("no such line")?.parse()?;
        Ok(kilobytes * 1.024 / 1_000.0)
    }

    fn start(mut command: Command, log: &Path) -> Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(File::create(log)?);
        let mut child =
            command.spawn().map_err(|error| format!("{}: {error}", command.get_program().display()))?;
        let output = child.stdout.take();
        // From here on the process is killed on drop, even after an error.
        let mut server = Self { child, address: SocketAddr::from(([127, 0, 0, 1], 0)) };
        let (found, address) = mpsc::channel();
        let lines = BufReader::new(output.ok_or("no standard output")?).lines();
        // The output is read to its end, so that the server never blocks on it.
        std::thread::spawn(move || {
            for address in lines.map_while(std::result::Result::ok).filter_map(|line| address_in(&line)) {
                let _ = found.send(address);
            }
        });
        server.address = address.recv_timeout(PATIENCE).map_err(|_| {
            let log_text = std::fs::read_to_string(log).unwrap_or_default();
            format!("{} did not start: {log_text}", command.get_program().display())
        })?;
        Ok(server)
    }
}

impl Drop for BenchServer {
    fn drop(&mut self) {
        for ended in [self.child.kill(), self.child.wait().map(drop)] {
            if let Err(error) = ended {
                eprintln!("process {} cannot be killed: {error}", self.child.id());
            }
        }
    }
}

fn is_setting(name: &OsStr) -> bool {
    name.to_string_lossy().starts_with("GRASSROOTS_")
}

/// The address, if the line is a URL.
fn address_in(line: &str) -> Option<SocketAddr> {
    line.trim().strip_prefix("http://")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_found_in_a_line_that_is_a_url() {
        assert_eq!(address_in(" http://127.0.0.1:80\n"), Some(SocketAddr::from(([127, 0, 0, 1], 80))));
        assert_eq!(address_in("see http://127.0.0.1:80"), None);
        assert_eq!(address_in("http://example.org"), None);
    }
}
