//! Describes the machine and measures memory.

use crate::Bench;

pub fn described(bench: &Bench) -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).map(str::to_owned);
        line.and_then(|line| Some(line.split_once(':')?.1.trim().to_owned()))
            .unwrap_or_else(|| "unknown".to_owned())
    };
    let processors = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let load = read("/proc/loadavg");
    format!(
        "Machine: {processors} processors ({}), {} of memory, {}; load before: {}. Engine: {}. Data: {} tracks of {} artists.\n",
        field(&read("/proc/cpuinfo"), "model name"),
        field(&read("/proc/meminfo"), "MemTotal"),
        std::env::consts::OS,
        load.split_whitespace().next().unwrap_or("unknown"),
        bench.url.split(':').next().unwrap_or_default(),
        bench.generator.tracks,
        bench.generator.artists(),
    )
}

/// Peak memory in MB since [`forget_peak`], on Linux; 0 elsewhere.
pub fn peak_mb() -> u64 {
    memory_mb("/proc/self/status", "VmHWM")
}

/// Resident memory of a process in MB, on Linux; 0 elsewhere.
pub fn resident_mb(process: u32) -> u64 {
    memory_mb(&format!("/proc/{process}/status"), "VmRSS")
}

fn memory_mb(path: &str, field: &str) -> u64 {
    let status = std::fs::read_to_string(path).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) / 1024
}

pub fn forget_peak() {
    // Elsewhere the peak stays unknown.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}
