//! A server in a process of its own, and the load on it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

pub struct Server {
    process: Child,
    address: String,
}

impl Server {
    pub fn start(folder: &Path, tokens: usize, redis: Option<String>) -> Self {
        let mut command = Command::new("taskset");
        command.args(["-c", "0"]).arg(std::env::current_exe().unwrap());
        command.arg("--serve").arg(folder).args(["--tokens", &tokens.to_string()]);
        command.stdout(Stdio::piped());
        if let Some(url) = redis {
            command.args(["--redis", &url]);
        }
        let mut process = command.spawn().unwrap();
        let mut address = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { process, address: address.trim().to_owned() }
    }

    /// The processor time of its threads in nanoseconds, from Linux.
    fn processor_time(&self) -> u64 {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.process.id())).unwrap();
        let of_one = |task: std::fs::DirEntry| {
            let counts = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
            counts.split(' ').next()?.parse::<u64>().ok()
        };
        tasks.filter_map(|task| of_one(task.ok()?)).sum()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Every connection sends the tokens in turn. All requests are formatted before the first is sent.
const SCRIPT: &str = r#"
local requests, last = {}, 0
function init(arguments)
    for token in io.lines(arguments[1]) do
        requests[#requests + 1] = wrk.format("GET", wrk.path, {["Authorization"] = "Bearer " .. token})
    end
end
function request()
    last = last % #requests + 1
    return requests[last]
end
"#;

/// The result of one run.
#[derive(Clone, Copy)]
pub struct Load {
    per_second: f64,
    p99_milliseconds: f64,
    /// The server's processor time for each request.
    processor_microseconds: f64,
    /// The share of the time in which the server ran.
    busy: f64,
}

impl Load {
    pub fn put(server: &Server, path: &str, folder: &Path, time: Duration) -> Self {
        let script = folder.join("tokens.lua");
        std::fs::write(&script, SCRIPT).unwrap();
        let before = server.processor_time();
        let output = Command::new("taskset")
            .args(["-c", "1", "wrk", "--threads", "1", "--connections", "64", "--latency"])
            .args(["--duration", &format!("{}s", time.as_secs())])
            .arg("--script")
            .arg(script)
            .arg(format!("http://{}{path}", server.address))
            .arg("--")
            .arg(folder.join("tokens"))
            .output()
            .expect("taskset and wrk");
        let taken = (server.processor_time() - before) as f64;
        let report = String::from_utf8(output.stdout).unwrap();
        assert!(report.contains("Requests/sec") && !report.contains("Non-2xx"), "{path}: {report}");
        let after = |label: &str| {
            let rest = &report[report.find(label).unwrap() + label.len()..];
            rest.split_whitespace().next().unwrap().to_owned()
        };
        let before_words = report.split(" requests in ").next().unwrap();
        let requests: f64 = before_words.split_whitespace().last().unwrap().parse().unwrap();
        Self {
            per_second: after("Requests/sec:").parse().unwrap(),
            p99_milliseconds: milliseconds(&after("\n     99%")),
            processor_microseconds: taken / requests / 1000.0,
            busy: taken / time.as_nanos() as f64,
        }
    }
}

/// wrk writes `310.00us`, `3.02ms`, `1.10s`.
fn milliseconds(text: &str) -> f64 {
    let unit = text.trim_start_matches(|digit: char| digit.is_ascii_digit() || digit == '.');
    let number: f64 = text[..text.len() - unit.len()].parse().unwrap();
    number
        * match unit {
            "us" => 0.001,
            "ms" => 1.0,
            "s" => 1000.0,
            other => panic!("{other} is not known"),
        }
}

/// A row: medians, and the median over the rounds of the ratio to the first route's.
pub fn print(name: &str, own: &[Load], first: &[Load]) {
    let columns = [
        (|load: &Load| load.per_second) as fn(&Load) -> f64,
        |load| load.p99_milliseconds,
        |load| load.processor_microseconds,
    ];
    let mut row = format!("| {name} |");
    for (of, digits) in columns.into_iter().zip([0, 2, 2]) {
        let ratios = || own.iter().zip(first).map(|(own, first)| of(own) / of(first));
        let [low, middle, high] = [0.25, 0.5, 0.75].map(|share| quantile(ratios(), share));
        let median = quantile(own.iter().map(of), 0.5);
        row += &format!(" {median:.digits$} | {middle:.3} ({low:.3} to {high:.3}) |");
    }
    println!("{row} {:.0} % |", 100.0 * quantile(own.iter().map(|load| load.busy), 0.5));
}

fn quantile(values: impl Iterator<Item = f64>, share: f64) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values[((values.len() - 1) as f64 * share).round() as usize]
}
