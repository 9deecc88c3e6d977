//! Tests of `jwt::parts`.

use super::*;

#[test]
fn the_first_dot_is_found_wherever_it_stands() {
    for length in 0..100 {
        let none = vec![b'a'; length];
        assert_eq!(first_dot(&none), None);
        for at in 0..length {
            let mut text = none.clone();
            text[at] = b'.';
            assert_eq!(first_dot(&text), Some(at), "{length}");
            text[length - 1] = b'.';
            assert_eq!(first_dot(&text), Some(at), "{length}");
        }
    }
}

#[test]
fn a_token_has_three_parts_and_no_fourth() {
    for (first, second, third) in [(0, 0, 0), (1, 2, 3), (31, 32, 33), (90, 650, 342)] {
        let [header, payload, signature] =
            [("h", first), ("p", second), ("s", third)].map(|(of, times)| of.repeat(times));
        let token = format!("{header}.{payload}.{signature}");
        let parts = Parts::split(&token).unwrap();
        assert_eq!((parts.header, parts.payload), (header.as_str(), payload.as_str()));
        assert_eq!(parts.signature, signature);
        assert_eq!(parts.signing_input, format!("{header}.{payload}"));
        for wrong in [format!("{token}."), format!("{token}.x"), format!("{header}.{payload}")] {
            let refused = Parts::split(&wrong).err().map(|error| error.code());
            assert_eq!(refused, Some("not_three_parts"), "{wrong}");
        }
    }
}
