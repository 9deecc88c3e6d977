//! ECDSA signatures as authenticators write them: in DER
//! ([WebAuthn §6.5.6](https://www.w3.org/TR/webauthn-2/#sctn-signature-attestation-types)).

/// Octets of each number of a signature on P-256.
const NUMBER_OCTETS: usize = 32;

/// The two numbers side by side, as JOSE has them; `None` for what is not DER
/// ([X.690](https://www.itu.int/rec/T-REC-X.690): a sequence of two integers, each as short as it can be).
pub(crate) fn fixed_from_der(der: &[u8]) -> Option<[u8; 2 * NUMBER_OCTETS]> {
    let (content, after) = read(der, 0x30)?;
    let (r, rest) = read(content, 0x02)?;
    let (s, end) = read(rest, 0x02)?;
    if !after.is_empty() || !end.is_empty() {
        return None;
    }
    let mut fixed = [0; 2 * NUMBER_OCTETS];
    for (number, place) in [r, s].iter().zip(fixed.chunks_exact_mut(NUMBER_OCTETS)) {
        let digits = unsigned(number)?;
        place.get_mut(NUMBER_OCTETS.checked_sub(digits.len())?..)?.copy_from_slice(digits);
    }
    Some(fixed)
}

/// The content of an element with this tag, and what follows it. A signature has fewer than 128 octets, so
/// that lengths have one.
fn read(input: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    match input {
        [first, length @ 0..128, rest @ ..] if *first == tag => {
            rest.split_at_checked(usize::from(*length))
        }
        _ => None,
    }
}

/// The digits of a number that is not negative, without the octet for its sign.
fn unsigned(number: &[u8]) -> Option<&[u8]> {
    match number {
        [] | [0x80..=0xff, ..] | [0, 0..0x80, ..] => None,
        [0, digits @ ..] => Some(digits),
        digits => Some(digits),
    }
}

#[cfg(test)]
mod tests;
