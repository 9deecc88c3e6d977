//! The README's tables of operations and flows: a column for each emulator.

use std::collections::BTreeSet;

use crate::stories::{README, Stories};

/// The story that the dashes of the first table stand for.
pub(super) const STORY_OF_DASHES: &str = "operations that it does not have";

/// The first cell of each row of a table, and the one in an emulator's column.
fn rows(first_head: &str, emulator: &str) -> Vec<(&'static str, &'static str)> {
    let cells = |line: &'static str| -> Vec<&'static str> {
        line.trim().trim_matches('|').split(" | ").map(str::trim).collect()
    };
    let begins = format!("| {first_head} |");
    let mut lines = README.lines().skip_while(|line| !line.starts_with(&begins));
    let heads = cells(lines.next().unwrap());
    let column = heads.iter().position(|head| *head == emulator).unwrap();
    let rows = lines.skip(1).take_while(|line| line.starts_with('|')).map(cells);
    rows.map(|cells| (cells[0], cells[column])).collect()
}

/// The operations that an emulator does not have.
pub(super) fn operations_without(emulator: &str) -> Vec<&'static str> {
    let dashes = rows("operation", emulator).into_iter().filter(|(_, cell)| *cell == "–");
    dashes.map(|(operation, _)| operation.trim_matches('`')).collect()
}

/// Each story has a row, and each that a row names was told.
pub(super) fn compare(emulator: &str, stories: &Stories) {
    let mut named = BTreeSet::from([STORY_OF_DASHES]);
    for head in ["operation", "flow or challenge"] {
        for (_, cell) in rows(head, emulator) {
            named.extend(cell.split('“').skip(1).map(|text| text.split_once('”').unwrap().0));
        }
    }
    let told: BTreeSet<_> = stories.told.iter().copied().collect();
    assert_eq!(named, told, "the stories in the tables of tests/interop/README.md, and those told");
}
