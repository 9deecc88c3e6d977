//! Tests of `jwt::base64url`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as REFERENCE;

use super::*;

fn agrees(text: &str) {
    let expected = REFERENCE.decode(text).map_err(|_| "header_not_base64url");
    let decoded = decode(text, Part::Header).map_err(|error| error.code());
    assert_eq!(decoded, expected, "{text}");
    let mut buffer = Buffer::new();
    let decoded = buffer.decode(text, Part::Header).map_err(|error| error.code());
    assert_eq!(decoded.map(|bytes| bytes.to_vec()), expected, "{text}");
    #[cfg(feature = "sessions")]
    for room in 0..text.len() {
        let mut octets = vec![0; room];
        let decoded = decode_exact(text, &mut octets).map(|()| octets);
        let expected = expected.clone().ok().filter(|expected| expected.len() == room);
        assert_eq!(decoded, expected, "{text} in {room}");
    }
}

/// Every byte at every place of texts as long as, and a little longer than, what is decoded in
/// one vector, against a decoder that works byte by byte.
#[test]
fn each_byte_at_each_place_is_judged_as_the_reference_does() {
    for length in (1..9).chain([16, 18, 32, 34, 35, 36, 64, 66, 67]) {
        for at in 0..length {
            for byte in 0..=255_u8 {
                let mut text = vec![b'A'; length];
                text[at] = byte;
                let text: String = text.into_iter().map(char::from).collect();
                agrees(&text);
            }
        }
    }
}

#[test]
fn what_is_not_canonical_is_refused() {
    for text in ["A", "AAAAA", "AB", "AAB", "AA==", "AA=", "A+", "A/", " AA", "AA\n", "é"] {
        assert!(decode(text, Part::Payload).is_err(), "{text}");
        agrees(text);
    }
    assert_eq!(decode("", Part::Payload), Ok(Vec::new()));
}

#[test]
fn the_longest_part_has_room_and_no_longer_one_is_tried() {
    let longest = "A".repeat(DEFAULT_MAX_TOKEN_BYTES);
    assert_eq!(Buffer::new().decode(&longest, Part::Payload).unwrap().len(), MAX_PART_BYTES);
    let large = "A".repeat(LARGEST_TOKEN_BYTES);
    let decoded = LARGEST_TOKEN_BYTES / 4 * 3;
    assert_eq!(Buffer::new().decode(&large, Part::Payload).unwrap().len(), decoded);
    let longer = "A".repeat(LARGEST_TOKEN_BYTES + 4);
    assert!(Buffer::new().decode(&longer, Part::Payload).is_err());
}
