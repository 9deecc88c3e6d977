//! A type has a name of its own: no two files of `src/` define one of the same name, types of unit tests
//! and of function bodies included.

use std::collections::{BTreeMap, BTreeSet};

use super::check::source_files;
use super::lexer::tokens;

/// Names that two files may define, and why. At most ten.
const DEFINED_TWICE: &[(&str, &str)] = &[
    (
        "Sealed",
        "the usual name of the trait that keeps other crates from implementing another trait",
    ),
    ("Look", "with the feature `metrics`, and without it"),
    ("Verifications", "with the feature `metrics`, and without it"),
];

/// Every type that more than one file defines, with those files.
fn defined_twice(files: &[(String, String)]) -> BTreeMap<String, BTreeSet<&str>> {
    let mut homes = BTreeMap::<_, BTreeSet<_>>::new();
    for (path, text) in files {
        for pair in tokens(text).windows(2) {
            let is_type = matches!(pair[0].as_str(), "struct" | "enum" | "trait" | "union");
            if is_type && pair[1].starts_with(|c: char| c.is_ascii_uppercase()) {
                homes.entry(pair[1].clone()).or_default().insert(path.as_str());
            }
        }
    }
    homes.retain(|_, files| files.len() > 1);
    homes
}

#[test]
fn no_two_files_define_a_type_of_the_same_name() {
    let files = source_files();
    let mut found = defined_twice(&files);
    for (name, _) in DEFINED_TWICE {
        assert!(found.remove(*name).is_some(), "{name} is defined once: remove it from the list");
    }
    assert!(found.is_empty(), "add a qualifier to one of the names: {found:#?}");
    assert!(DEFINED_TWICE.len() <= 10);
}

#[test]
fn a_name_in_two_files_is_found() {
    let files = [
        ("keys.rs", "pub struct Key(u8); impl Key { const TEXT: &str = \"struct Lock;\"; }"),
        ("pool.rs", "// enum Key\nenum Lock {}\n#[cfg(test)] mod tests { struct Bolt; }"),
        ("door.rs", "fn f() { struct Key; }\n#[cfg(a)] struct Door;\n#[cfg(not(a))] struct Door;"),
        ("lock.rs", "pub(crate) trait Bolt {}\ntype Lock = u8;"),
    ];
    let files = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
    let found = defined_twice(&files);
    assert_eq!(found.keys().collect::<Vec<_>>(), ["Bolt", "Key"]);
    assert_eq!(found["Key"].iter().collect::<Vec<_>>(), [&"door.rs", &"keys.rs"]);
}
