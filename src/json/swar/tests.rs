//! Tests of `json::swar`.

use super::*;

#[test]
fn the_first_of_them_ends_the_run_wherever_it_stands() {
    for length in 0..24 {
        assert_eq!(plain("é".repeat(length).as_bytes()), 2 * length);
        for at in 0..length {
            for byte in 0..=255_u8 {
                // What follows is such that borrows run through it.
                let mut bytes = vec![b'x'; length];
                bytes[at] = byte;
                bytes[at + 1..].fill(b'"' + 1);
                let ends = matches!(byte, 0..0x20 | b'"' | b'\\');
                let expected = if ends { at } else { length };
                assert_eq!(plain(&bytes), expected, "{byte} at {at} of {length}");
                let expected = if byte == b'\\' { at } else { length };
                let found = before_byte(&bytes, b'\\');
                assert_eq!(found, expected, "{byte} at {at} of {length}");
            }
        }
    }
}
