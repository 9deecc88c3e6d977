//! Tests of `revocation::entry_set::moments`.

use super::*;

fn identity(number: usize) -> Fingerprint {
    Fingerprint::of(&format!("7c5f0f0e-0123-4000-8000-{number:012x}"))
}

#[test]
fn each_identity_keeps_its_moment_when_the_map_is_divided() {
    let mut moments = Moments::default();
    for number in 0..3 * UNDIVIDED {
        let moment = EntryMoment { at: number as u64, is_held: false };
        assert!(moments.insert(identity(number), moment).is_none());
        assert_eq!(moments.parts.len(), if number < UNDIVIDED { 1 } else { PARTS });
    }
    let moment = EntryMoment { at: 7, is_held: true };
    assert!(moments.insert(identity(0), moment).is_some_and(|before| before.at == 0));
    assert_eq!((moments.len(), moments.iter().count()), (3 * UNDIVIDED, 3 * UNDIVIDED));
    for number in 1..3 * UNDIVIDED {
        assert_eq!(moments.get(&identity(number)).map(|one| one.at), Some(number as u64));
    }
    // No part has much more than its share, whatever the texts have in common.
    let largest = moments.parts.iter().map(Part::len).max();
    assert!(largest <= Some(2 * moments.len() / PARTS), "{largest:?}");
    for number in 0..3 * UNDIVIDED {
        moments.remove(&identity(number));
        moments.remove(&identity(number));
    }
    assert!(moments.is_empty() && moments.iter().next().is_none());
    moments.shrink();
    assert_eq!((moments.parts.len(), moments.capacity()), (1, 0));
}

#[test]
fn room_is_given_back_by_parts() {
    const MANY: usize = 32 * UNDIVIDED;
    let mut moments = Moments::default();
    for number in 0..MANY {
        moments.insert(identity(number), EntryMoment { at: 1, is_held: false });
    }
    for number in 2 * UNITED..MANY {
        moments.remove(&identity(number));
    }
    let before = moments.capacity();
    moments.shrink();
    let parts = PARTS * (before - moments.capacity()) / before;
    assert!((0..=2).contains(&parts), "{parts}");
    for _ in 0..PARTS {
        moments.shrink();
    }
    assert!(moments.capacity() < before / 10, "{} of {before}", moments.capacity());
    for number in UNITED..2 * UNITED {
        moments.remove(&identity(number));
    }
    moments.shrink();
    assert_eq!((moments.parts.len(), moments.len()), (PARTS, UNITED));
    moments.remove(&identity(1));
    moments.shrink();
    assert_eq!((moments.parts.len(), moments.len()), (1, UNITED - 1));
    assert!(moments.get(&identity(0)).is_some());
}

#[test]
fn a_part_is_copied_where_it_is_much_too_large_and_not_before() {
    // What removed entries leave behind counts as taken: they are few from the start.
    let of = |entries: usize| {
        let mut moments = Moments::default();
        moments.parts.push(Part::with_capacity_and_hasher(100, RandomState::default()));
        for number in 0..entries {
            moments.insert(identity(number), EntryMoment { at: 1, is_held: false });
        }
        let before = moments.capacity();
        moments.shrink();
        (before, moments.capacity())
    };
    let (capacity, _) = of(100);
    let enough = capacity / 4 - SPARE;
    assert!(capacity % 4 == 0 && (3..50).contains(&enough), "{capacity}");
    assert_eq!(of(enough), (capacity, capacity));
    // Room for as many again: the next entries do not make it grow.
    let (_, after) = of(enough - 1);
    assert!((2 * (enough - 1)..capacity / 2).contains(&after), "{after} of {capacity}");
}
