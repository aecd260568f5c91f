//! Describes the machine. Figures can only be compared with figures of the same machine.

use std::{fs, path::Path, thread};

use crate::{Result, options::Options};

/// File systems without a disk.
const IN_MEMORY: [&str; 2] = ["tmpfs", "ramfs"];

/// The machine, the file system and the settings, one line each.
pub fn describe(options: &Options, scratch: &Path) -> Result<Vec<String>> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let system = read("/proc/sys/kernel/osrelease");
    let (device, kind) = file_system(scratch)?;
    let build = if cfg!(debug_assertions) { " · DEBUG BUILD, figures are invalid" } else { "" };
    let load = read("/proc/loadavg");
    let mut lines = vec![
        format!("- machine: {cores} cores, {}, Linux {}", cpu_model(), system.trim()),
        format!("- scratch: {} on {kind} ({device})", scratch.display()),
        format!(
            "- {} runs of {} s a measurement; medians, and medians of the ratios of each run{build}",
            options.runs, options.seconds
        ),
        format!("- load of the machine before the start: {}", load.split(' ').next().unwrap_or("unknown")),
    ];
    if IN_MEMORY.contains(&kind.as_str()) {
        lines.push(
            "- NOT ON DISK: the scratch folder is in memory; set TMPDIR to a folder on a disk".to_owned(),
        );
    }
    Ok(lines)
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

fn cpu_model() -> String {
    let cpus = read("/proc/cpuinfo");
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    model.map_or_else(|| "unknown processor".to_owned(), |(_, name)| name.trim().to_owned())
}

/// Device and type of the file system of `path`: the last mount of the longest prefix.
fn file_system(path: &Path) -> Result<(String, String)> {
    let path = path.canonicalize()?;
    let mounts = read("/proc/mounts");
    let covering = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ');
        let (device, place, kind) = (words.next()?, words.next()?, words.next()?);
        path.starts_with(place).then_some((place.len(), device, kind))
    });
    let found = covering.max_by_key(|(length, ..)| *length);
    Ok(found.map_or_else(
        || ("unknown".to_owned(), "unknown".to_owned()),
        |(_, device, kind)| (device.to_owned(), kind.to_owned()),
    ))
}
