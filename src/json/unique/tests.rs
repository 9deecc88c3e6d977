//! Tests of `json::unique`.

use super::*;

fn check(names: &[String], check: fn(&[Member], Names<'_>) -> Result<(), JsonError>) -> bool {
    let (text, mut at) = (names.concat(), 0);
    let members: Vec<_> = names
        .iter()
        .map(|name| {
            at += name.len();
            Member::new(at - name.len()..at, 0..0)
        })
        .collect();
    check(&members, Names { text: &text, resolved: &[] }).is_ok()
}

#[test]
fn a_name_that_stands_twice_is_found_wherever_it_stands() {
    for check_names in [check_many as fn(&[Member], Names<'_>) -> _, check_sorted] {
        let names: Vec<_> = (0..500).map(|number| format!("n{number}")).collect();
        assert!(check(&names, check_names));
        for (first, second) in [(0, 1), (0, 499), (250, 251), (498, 499)] {
            let mut twice = names.clone();
            twice[second] = twice[first].clone();
            assert!(!check(&twice, check_names), "{first} {second}");
        }
        let mut private = names.clone();
        private[7] = "$serde_json::private::Number".to_owned();
        assert!(!check(&private, check_names));
        assert!(check(&[], check_names) && check(&[String::new()], check_names));
    }
}
