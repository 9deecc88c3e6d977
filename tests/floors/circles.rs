//! Circles of imports: between rooms, and between files below one room.
//!
//! A room is a file of `src/` with its folder. A file and one below it may name each other: the one
//! above is the face of the other, and its private items are the other's, too.

use std::collections::{BTreeMap, BTreeSet};

use super::source::Source;

type Imports = BTreeMap<String, BTreeSet<String>>;

/// Sets of names each of which leads to all others.
fn circles(imports: &Imports) -> Vec<Vec<String>> {
    let reached = |from: &String| {
        let (mut reached, mut open) = (BTreeSet::new(), vec![from]);
        while let Some(name) = open.pop() {
            for next in imports.get(name).into_iter().flatten() {
                if reached.insert(next.clone()) {
                    open.push(next);
                }
            }
        }
        reached
    };
    let reached: BTreeMap<_, _> = imports.keys().map(|name| (name, reached(name))).collect();
    let mut found = BTreeSet::new();
    for (name, others) in reached.iter().filter(|(name, others)| others.contains(**name)) {
        let back = |other: &&String| reached.get(*other).is_some_and(|them| them.contains(*name));
        found.insert(others.iter().filter(back).cloned().collect::<Vec<_>>());
    }
    found.into_iter().collect()
}

fn room(file: &str) -> &str {
    file.split('/').next().unwrap_or(file)
}

/// The file that a path leads to: it may end in the name of a function.
fn existing<'a>(sources: &[Source], path: &'a str) -> String {
    let is_file = |path: &&str| sources.iter().any(|source| source.module == *path);
    let above = |path: &&'a str| path.rsplit_once('/').map(|(above, _)| above);
    std::iter::successors(Some(path), above).find(is_file).unwrap_or(path).to_owned()
}

/// The imports between rooms, and those between files that are not above one another.
fn imports(files: &[(String, String)]) -> (Imports, Imports) {
    let sources: Vec<_> = files.iter().map(|(path, text)| Source::read(path, text)).collect();
    let (mut rooms, mut beside) = (Imports::new(), Imports::new());
    for source in sources.iter().filter(|source| !source.is_test() && source.module != "lib") {
        let from = &source.module;
        for to in source.imports(&sources).into_iter().filter_map(|import| import.file) {
            let to = existing(&sources, &to);
            let is_below = |one: &str, other: &str| one.starts_with(&format!("{other}/"));
            if room(from) != room(&to) {
                rooms.entry(room(from).to_owned()).or_default().insert(room(&to).to_owned());
            }
            if *from != to && !is_below(from, &to) && !is_below(&to, from) {
                beside.entry(from.clone()).or_default().insert(to);
            }
        }
    }
    (rooms, beside)
}

#[test]
fn no_rooms_import_each_other() {
    let (rooms, _) = imports(&super::check::source_files());
    assert_eq!(circles(&rooms), [[""; 0]; 0]);
}

#[test]
fn no_files_beside_each_other_import_each_other() {
    let (_, files) = imports(&super::check::source_files());
    assert_eq!(circles(&files), [[""; 0]; 0]);
}

#[test]
fn circles_are_found() {
    let files = [
        ("keys.rs", "//! x\nmod jwks;\npub use jwks::Jwks;"),
        ("keys/jwks.rs", "//! x\nuse super::KeySet;\nuse crate::claims::rules::R;"),
        ("keys/remote.rs", "//! x\nuse super::Jwks;"),
        ("web.rs", "//! x\nmod axum;\nmod tower;\nuse tower::Layer;\nuse axum::{self, Claims};"),
        ("web/axum.rs", "//! x\nuse super::Layer;"),
        ("web/tower.rs", "//! x\nuse super::Claims;"),
        ("claims/rules.rs", "//! x\nuse super::payload::P;"),
        ("claims/payload.rs", "//! x\nuse crate::claims::span::S;"),
        ("claims/span.rs", "//! x\nfn f() { super::rules::f() }"),
        ("claims.rs", "//! x\nuse crate::pool::P;"),
        ("pool.rs", "//! x\nuse crate::keys::KeySet;"),
        ("verify.rs", "//! x\nuse crate::keys::KeySet;"),
    ];
    let files = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
    let (rooms, files) = imports(&files);
    assert_eq!(circles(&rooms), [["claims", "keys", "pool"]]);
    let of_three = ["claims/payload", "claims/rules", "claims/span"].as_slice();
    assert_eq!(circles(&files), [of_three, &["web/axum", "web/tower"]]);
}
