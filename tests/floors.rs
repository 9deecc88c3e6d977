//! Keeps the shape of `src/`: who may import whom, where foreign crates are named, how long a file
//! is. The table is [`MODULES`]; `CONTRIBUTING.md` shows the same one, and a test compares them.
//!
//! Code under `#[cfg(test)]`, and files called `tests.rs`, may import what they like.

#[path = "floors/check.rs"]
mod check;
#[path = "floors/circles.rs"]
mod circles;
#[path = "floors/crates.rs"]
mod crates;
#[path = "floors/lexer.rs"]
mod lexer;
#[path = "floors/modules.rs"]
mod modules;
#[path = "floors/names.rs"]
mod names;
#[path = "floors/rules.rs"]
mod rules;
#[path = "floors/source.rs"]
mod source;
#[path = "floors/table.rs"]
mod table;

use modules::MODULES;

/// A row of the table. `files` are paths below `src/` without `.rs`; one that ends in `/` is all of a folder.
struct Module {
    name: &'static str,
    floor: u8,
    files: &'static [&'static str],
    imports: &'static [&'static str],
}

fn covers(files: &[&str], file: &str) -> bool {
    files.iter().any(|f| *f == file || f.ends_with('/') && file.starts_with(f))
}

fn row(file: &str) -> Option<&'static Module> {
    MODULES.iter().find(|module| covers(module.files, file))
}

/// Whether a row names this very file.
fn is_listed(file: &str) -> bool {
    MODULES.iter().any(|module| module.files.contains(&file))
}

fn may_import(from: &Module, to: &Module) -> bool {
    from.name == to.name || from.imports.contains(&to.name) || from.floor > 0 && to.floor == 0
}
