//! How numbers are hashed and written.

use crypto_bigint::U3072;
use zeroize::{Zeroize as _, Zeroizing};

/// The octets of a 3072-bit number.
pub(crate) const NUMBER_BYTES: usize = 384;

/// `pad(n)`: the shortest big-endian two's complement of a number that is not negative. There is a zero in
/// front where the first bit is set, no other zero, and `00` for zero.
pub(crate) fn pad(octets: &[u8]) -> Zeroizing<Vec<u8>> {
    // The loop runs over all octets, whatever they are.
    let (mut zeros, mut seen) = (0, 0_u8);
    for octet in octets {
        seen |= *octet;
        zeros += usize::from(seen == 0);
    }
    let digits = &octets[zeros..];
    let mut padded = Zeroizing::new(Vec::with_capacity(octets.len() + 1));
    if digits.first().is_none_or(|octet| *octet >= 0x80) {
        padded.push(0);
    }
    padded.extend_from_slice(digits);
    padded
}

/// `pad(n)` of a number of the group.
pub(crate) fn pad_number(number: &U3072) -> Zeroizing<Vec<u8>> {
    let mut octets = number.to_be_bytes();
    let padded = pad(octets.as_ref());
    octets.zeroize();
    padded
}

/// The number in lower-case hexadecimal digits, without leading zeros.
pub(crate) fn hex(octets: &[u8]) -> String {
    let digits: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() { "0".to_owned() } else { digits.to_owned() }
}

/// The octets of a number in hexadecimal digits, without leading zeros: what a server sends may have an
/// odd number of digits, or zeros in front. `None` for other characters, for none, and for a number of
/// more than 3072 bits.
pub(crate) fn octets(hex: &str) -> Option<Vec<u8>> {
    if hex.is_empty() || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let digits = hex.trim_start_matches('0');
    if digits.len() > 2 * NUMBER_BYTES {
        return None;
    }
    let value = |digit: u8| char::from(digit).to_digit(16).map_or(0, |value| value as u8);
    let (first, pairs) = digits.as_bytes().split_at(digits.len() % 2);
    let first = first.iter().map(|digit| value(*digit));
    let pairs = pairs.chunks_exact(2).map(|pair| value(pair[0]) << 4 | value(pair[1]));
    Some(first.chain(pairs).collect())
}

/// A number of at most 3072 bits from its octets, which may have zeros in front.
pub(crate) fn number(octets: &[u8]) -> Option<U3072> {
    let zeros = octets.iter().take_while(|octet| **octet == 0).count();
    let digits = &octets[zeros..];
    let mut whole = Zeroizing::new([0; NUMBER_BYTES]);
    let start = NUMBER_BYTES.checked_sub(digits.len())?;
    whole[start..].copy_from_slice(digits);
    Some(U3072::from_be_slice(whole.as_ref()))
}

#[cfg(test)]
mod tests;
