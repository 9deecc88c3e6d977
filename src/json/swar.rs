//! Searches for bytes that end a run of plain text, eight bytes at a time (SIMD within a register).

const ONES: u64 = u64::from_ne_bytes([1; 8]);
const HIGHEST_BITS: u64 = ONES << 7;

/// The number of bytes before the first quote, backslash or control character.
#[inline]
pub(super) fn plain(bytes: &[u8]) -> usize {
    before(bytes, |word| {
        let control = word.wrapping_sub(eight(b' ')) & !word;
        control | zeros(word ^ eight(b'"')) | zeros(word ^ eight(b'\\'))
    })
}

/// The number of bytes before the first of this value.
#[inline]
pub(crate) fn before_byte(bytes: &[u8], byte: u8) -> usize {
    before(bytes, |word| zeros(word ^ eight(byte)))
}

/// The number of bytes before the first whose highest bit is set in `marks`. Borrows run upwards, so a
/// mark above the first may be wrong; the first is right, and only it is used.
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

/// Sets the highest bit of each byte that is zero.
fn zeros(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word
}

#[cfg(test)]
mod tests;
