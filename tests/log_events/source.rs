//! What the sources of the crate write: every call of one of tracing's macros.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Target, level, and message or span name of each call.
pub(crate) fn written() -> BTreeSet<(String, String, String)> {
    let mut found = BTreeSet::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    found
}

fn read(folder: &Path, found: &mut BTreeSet<(String, String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            assert!(!text.contains("instrument]"), "{path:?}: the attribute is not read here");
            found.extend(calls(&text).map(|call| entry_of(call, &path)));
        }
    }
}

/// The text of each call, from the macro's name to the end of its arguments.
fn calls(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("tracing::").filter_map(|(at, path)| {
        let call = &text[at + path.len()..];
        let (name, arguments) = call.split_once('!')?;
        let is_macro = name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        // `enabled!` asks whether a subscriber listens, and writes nothing.
        let writes = is_macro && name != "enabled";
        writes.then(|| &call[..name.len() + 1 + length(arguments)])
    })
}

/// Up to the parenthesis that closes the first one. There is none in a message.
fn length(arguments: &str) -> usize {
    let mut depth = 0;
    let closes = arguments.find(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth == 0
    });
    closes.unwrap()
}

fn entry_of(call: &str, path: &Path) -> (String, String, String) {
    let (name, arguments) = call.split_once('!').unwrap();
    let level = name.strip_suffix("_span").unwrap_or(name);
    let levels = ["trace", "debug", "info", "warn", "error"];
    assert!(levels.contains(&level), "{path:?}: {name}! is not read here");
    let texts: Vec<_> = arguments.split('"').skip(1).step_by(2).collect();
    let [target, .., last] = texts[..] else { panic!("{path:?}: {call}") };
    assert!(target.starts_with("cognito_auth::"), "{path:?}: no target in {call}");
    // A span's name comes first, an event's message last.
    let what = if name.ends_with("_span") { texts[1] } else { last };
    assert!(!what.contains('{'), "{path:?}: a message that is not always the same: {call}");
    (target.to_owned(), level.to_owned(), what.to_owned())
}
