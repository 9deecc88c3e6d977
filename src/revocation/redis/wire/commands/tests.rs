//! Where the next page of all entries begins.

use super::*;

/// A page of entries, each with its moment.
fn page(entries: usize, moment: impl Fn(usize) -> usize) -> Vec<String> {
    let both = |number| [format!("member {number}"), moment(number).to_string()];
    (0..entries).flat_map(both).collect()
}

fn next(page: &[String]) -> Option<String> {
    ScanCursor::after_moments(page).map(|cursor| format!("{cursor:?}"))
}

#[test]
fn a_page_that_is_not_full_is_the_last() {
    for entries in [0, 1, SCAN_PAGE / 2 + 2, SCAN_PAGE - 1] {
        assert_eq!(next(&page(entries, |number| number)), None, "{entries}");
        assert_eq!(next(&page(entries, |_| 7)), None, "{entries}");
    }
}

#[test]
fn a_full_page_goes_on_at_its_last_moment_or_by_the_hash_table() {
    let last = format!("Moment(\"{}\")", SCAN_PAGE - 1);
    assert_eq!(next(&page(SCAN_PAGE, |number| number)), Some(last));
    assert_eq!(next(&page(SCAN_PAGE, |_| 7)), Some("Hash(0)".to_owned()));
}
