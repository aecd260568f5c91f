//! Servers to be measured: child processes that print their URL and are killed in the end.

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

/// A server that runs.
pub struct BenchServer {
    child: Child,
    pub address: SocketAddr,
}

impl BenchServer {
    /// `grassroots` with the demo on `database`, with the settings it has by default.
    pub fn grassroots(program: &Path, database: &BenchDatabase) -> Result<Self> {
        let mut command = Command::new(program);
        // Settings of whoever measures are not those to be measured.
        for (name, _) in std::env::vars_os().filter(|(name, _)| is_setting(name)) {
            command.env_remove(name);
        }
        command.args(["serve", "--demo", "--port", "0", "--data-dir"]).arg(&database.folder);
        command.env("GRASSROOTS_DATABASE_URL", &database.url);
        Self::start(command, &database.folder.join("server.log"))
    }

    /// The bare server, which is this program in another role.
    pub fn bare(answer_bytes: usize, folder: &Path) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["bare", "--answer-bytes", &answer_bytes.to_string()]);
        Self::start(command, &folder.join("bare.log"))
    }

    /// Memory it takes now, in megabytes.
    pub fn memory_mb(&self) -> Result<f64> {
        self.status_mb("VmRSS")
    }

    /// Memory it took at most since [`BenchServer::forget_peak`].
    pub fn peak_memory_mb(&self) -> Result<f64> {
        self.status_mb("VmHWM")
    }

    /// Begins to look for the most memory it takes anew.
    pub fn forget_peak(&self) -> Result<()> {
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
        // From here on it is killed, whatever happens.
        let mut server = Self { child, address: SocketAddr::from(([127, 0, 0, 1], 0)) };
        let (found, address) = mpsc::channel();
        let lines = BufReader::new(output.ok_or("no standard output")?).lines();
        // To its end, so that the server never waits for somebody to read.
        std::thread::spawn(move || {
            for address in lines.map_while(std::result::Result::ok).filter_map(|line| address_in(&line)) {
                let _ = found.send(address);
            }
        });
        server.address = address.recv_timeout(PATIENCE).map_err(|_| {
            let said = std::fs::read_to_string(log).unwrap_or_default();
            format!("{} did not start: {said}", command.get_program().display())
        })?;
        Ok(server)
    }
}

impl Drop for BenchServer {
    fn drop(&mut self) {
        for ended in [self.child.kill(), self.child.wait().map(drop)] {
            if let Err(error) = ended {
                eprintln!("process {} was not ended: {error}", self.child.id());
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
    fn urls_stand_alone_on_their_line() {
        assert_eq!(address_in(" http://127.0.0.1:80\n"), Some(SocketAddr::from(([127, 0, 0, 1], 80))));
        assert_eq!(address_in("see http://127.0.0.1:80"), None);
        assert_eq!(address_in("http://example.org"), None);
    }
}
