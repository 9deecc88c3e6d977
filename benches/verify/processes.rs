//! The figures of several processes, one after the other: where the system puts a process's memory differs from
//! one to the next, and with it what one process measures.

use std::process::Command;

use crate::harness::Figure;

/// Begins a line with a figure: title, contestant and ratio, separated by tabs.
const MARK: &str = "figure\t";

/// For the process that started this one.
pub fn print_figures(title: &str, figures: &[Figure]) {
    for Figure { name, ratio, .. } in figures {
        println!("{MARK}{title}\t{name}\t{ratio}");
    }
}

/// Starts this program so many times, with these arguments, and prints the spread of each figure.
pub fn print_spread(processes: usize, arguments: &[String]) {
    let mut rows: Vec<(String, Vec<f64>)> = Vec::new();
    for _ in 0..processes {
        let mut command = Command::new(std::env::current_exe().unwrap());
        let output = command.args(arguments).arg("--figures").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        for line in String::from_utf8(output.stdout).unwrap().lines() {
            let Some((row, ratio)) = line.strip_prefix(MARK).and_then(|row| row.rsplit_once('\t'))
            else {
                continue;
            };
            let ratio = ratio.parse().unwrap();
            match rows.iter_mut().find(|(known, _)| known == row) {
                Some((_, ratios)) => ratios.push(ratio),
                None => rows.push((row.to_owned(), vec![ratio])),
            }
        }
    }
    let mut last_title = "";
    for (row, ratios) in &mut rows {
        let (title, name) = row.split_once('\t').unwrap();
        if title != last_title {
            println!("\n### {title}, {processes} processes\n");
            println!("| contestant | ratio to raw | least to most |\n|---|---|---|");
            last_title = title;
        }
        ratios.sort_by(f64::total_cmp);
        let (least, most) = (ratios[0], ratios[ratios.len() - 1]);
        println!("| {name} | {:.4} | {least:.4} to {most:.4} |", ratios[ratios.len() / 2]);
    }
}
