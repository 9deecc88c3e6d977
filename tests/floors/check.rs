//! Every file of `src/` against the table, and the length of every file.

use std::fs;
use std::path::Path;

use crate::crates::CRATES;
use crate::source::Source;
use crate::{covers, may_import, row};

pub(crate) const MOST_LINES: usize = 300;

/// Every violation in these files (path below `src/`, text), as one line each.
pub(crate) fn violations(files: &[(String, String)]) -> Vec<String> {
    let sources: Vec<_> = files.iter().map(|(path, text)| Source::read(path, text)).collect();
    let mut found = Vec::new();
    for ((path, text), source) in files.iter().zip(&sources) {
        let mut say = |what: String| found.push(format!("{path}: {what}"));
        let lines = text.lines().count();
        if lines > MOST_LINES {
            say(format!("{lines} lines, more than {MOST_LINES}"));
        }
        if !text.starts_with("//!") {
            say("does not start with //!".to_owned());
        }
        if source.is_test() {
            continue;
        }
        for (name, homes) in CRATES {
            if source.names_crate(name) && !covers(homes, &source.module) {
                say(format!("names the crate {name}"));
            }
        }
        if source.unwraps() {
            say("calls unwrap()".to_owned());
        }
        if source.module == "lib" {
            continue;
        }
        let Some(from) = row(&source.module) else {
            say("is in no row of MODULES: choose its floor".to_owned());
            continue;
        };
        for import in source.imports(&sources) {
            match import.file.as_deref().and_then(row) {
                Some(to) if may_import(from, to) => {}
                Some(to) => say(format!("{} imports {} ({})", from.name, to.name, import.path)),
                None => say(format!("imports {}: name the module it lives in", import.path)),
            }
        }
    }
    found
}

fn read_folder(
    folder: &Path,
    below: &str,
    files: &mut Vec<(String, String)>,
) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            // What is built or installed inside of a package.
            if name == "target" || name == "node_modules" {
                continue;
            }
            read_folder(&entry.path(), &format!("{below}{name}/"), files)?;
        } else if name.ends_with(".rs") {
            files.push((format!("{below}{name}"), fs::read_to_string(entry.path())?));
        }
    }
    Ok(())
}

/// Every file of `src/`: its path below, and its text.
pub(crate) fn source_files() -> Vec<(String, String)> {
    let mut files = Vec::new();
    read_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut files)
        .expect("src/ can be read");
    assert!(files.iter().any(|(path, _)| path == "lib.rs"), "src/ was not read");
    files
}

#[test]
fn the_source_keeps_its_floors() {
    let found = violations(&source_files());
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Tables of data are no Rust files, and may be longer.
#[test]
fn no_file_is_longer_than_the_bound() {
    for (folder, known) in
        [("tests", "floors.rs"), ("examples", "server.rs"), ("benches", "flood.rs")]
    {
        let mut files = Vec::new();
        read_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), "", &mut files).unwrap();
        assert!(files.iter().any(|(path, _)| path == known), "{folder} was not read");
        for (path, text) in files {
            let lines = text.lines().count();
            assert!(lines <= MOST_LINES, "{folder}/{path}: {lines} lines, more than {MOST_LINES}");
        }
    }
}
