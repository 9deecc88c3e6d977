//! Many names: whether one of them stands twice.

use std::hash::{BuildHasher as _, Hasher as _};

use foldhash::quality::RandomState;

use super::Fault;
use super::stack::{Member, Names};

/// How names begin by which serde_json means something of its own: behind them it reads another value
/// than stands there, and callers read claims with it.
pub(super) const PRIVATE_NAME: &[u8] = b"$serde_json::private::";

/// Any number of names, in time that grows with them and no faster: a table with open addressing, of
/// which at least half is empty. The hash has a random seed in every call, so that a sender cannot
/// choose names that collide. Where many collide all the same, the names are sorted instead.
pub(super) fn check_many(members: &[Member], names: Names<'_>) -> Result<(), Fault> {
    let places = (2 * members.len()).next_power_of_two();
    let mut table = vec![0_u32; places];
    let (state, mut met) = (RandomState::default(), 0);
    for (index, number) in (0..members.len()).zip(1..) {
        let name = members[index].name(names);
        if name.starts_with(PRIVATE_NAME) {
            return Err(Fault::NotObject);
        }
        let mut hasher = state.build_hasher();
        hasher.write(name);
        let mut place = hasher.finish() as usize % places;
        while let Some(other) = (table[place] as usize).checked_sub(1) {
            if members[other].name(names) == name {
                return Err(Fault::Duplicate);
            }
            met += 1;
            place = (place + 1) % places;
        }
        table[place] = number;
        if met > 4 * members.len() {
            return check_sorted(members, names);
        }
    }
    Ok(())
}

fn check_sorted(members: &[Member], names: Names<'_>) -> Result<(), Fault> {
    let mut all: Vec<_> = members.iter().map(|member| member.name(names)).collect();
    all.sort_unstable();
    if all.iter().any(|name| name.starts_with(PRIVATE_NAME)) {
        return Err(Fault::NotObject);
    }
    if all.windows(2).any(|pair| pair[0] == pair[1]) { Err(Fault::Duplicate) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(names: &[String], check: fn(&[Member], Names<'_>) -> Result<(), Fault>) -> bool {
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
}
