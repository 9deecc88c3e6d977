//! Eight bytes at a time: how long it goes on as before.

const ONES: u64 = u64::from_ne_bytes([1; 8]);
const HIGHEST_BITS: u64 = ONES << 7;

/// How many bytes stand before the first quote, backslash or control character.
#[inline]
pub(super) fn plain(bytes: &[u8]) -> usize {
    before(bytes, |word| {
        let control = word.wrapping_sub(eight(b' ')) & !word;
        control | zeros(word ^ eight(b'"')) | zeros(word ^ eight(b'\\'))
    })
}

/// How many bytes stand before the first backslash that a slash follows.
pub(super) fn before_backslash_and_slash(bytes: &[u8]) -> usize {
    // Most texts have no other escapes, and to look for one byte takes half the time.
    let mut at = before(bytes, |word| zeros(word ^ eight(b'\\')));
    if bytes.get(at..at + 2).is_none_or(|pair| pair == br"\/") {
        return if at + 2 > bytes.len() { bytes.len() } else { at };
    }
    // Words overlap by a byte, so that none of the pairs is cut in two.
    while let Some(word) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let word = u64::from_le_bytes(*word);
        let pairs = exact_zeros(word ^ eight(b'\\')) << 8 & exact_zeros(word ^ eight(b'/'));
        if pairs != 0 {
            return at + pairs.trailing_zeros() as usize / 8 - 1;
        }
        at += 7;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    let pair = rest.windows(2).position(|pair| pair == br"\/");
    pair.map_or(bytes.len(), |pair| at + pair)
}

/// Marks the bytes that are zero, and no others.
fn exact_zeros(word: u64) -> u64 {
    const REST: u64 = !HIGHEST_BITS;
    !(((word & REST) + REST) | word) & HIGHEST_BITS
}

/// How many bytes stand before the first that `marks` sets the highest bit of. Borrows run upwards:
/// a mark above the first may be wrong, the first is right, and it is the only one that counts.
#[inline(always)]
fn before(bytes: &[u8], marks: impl Fn(u64) -> u64) -> usize {
    let (words, rest) = bytes.as_chunks();
    for (index, word) in words.iter().enumerate() {
        let marks = marks(u64::from_le_bytes(*word)) & HIGHEST_BITS;
        if marks != 0 {
            return index * 8 + marks.trailing_zeros() as usize / 8;
        }
    }
    let plain = rest.iter().take_while(|byte| {
        let marks = marks(eight(**byte));
        marks & 0x80 == 0
    });
    words.len() * 8 + plain.count()
}

fn eight(byte: u8) -> u64 {
    ONES * u64::from(byte)
}

/// Marks the bytes that are zero.
fn zeros(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word
}

#[cfg(test)]
mod tests {
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
                }
            }
        }
    }

    #[test]
    fn the_first_pair_is_found_wherever_it_stands() {
        for length in 0..40 {
            for at in 0..length {
                for pair in [br"\/", br"/\", br"\."] {
                    for others in [b'x', b'/', b'\\', 0xaf, 0xdc] {
                        let mut bytes = vec![others; length];
                        bytes[at..].iter_mut().zip(pair).for_each(|(byte, new)| *byte = *new);
                        let expected = bytes.windows(2).position(|pair| pair == br"\/");
                        let expected = expected.unwrap_or(length);
                        let shown = format!("{others} {at} of {length}");
                        assert_eq!(before_backslash_and_slash(&bytes), expected, "{shown}");
                    }
                }
            }
        }
    }
}
