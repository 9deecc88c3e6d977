//! Tests of `verify::remembered::digest`.

use super::*;

/// A text of so many bytes that repeat nothing.
fn text(bytes: usize) -> Vec<u8> {
    let byte = |index: usize| (index * index + 31 * index + 7) as u8;
    (0..bytes).map(byte).collect()
}

fn key() -> DigestKey {
    DigestKey::random(2048).unwrap()
}

fn digest(key: &DigestKey, text: &[u8]) -> TokenDigest {
    key.digest(text).unwrap()
}

/// By the definition of NH, over the text with zeros at its end.
fn by_definition(key: &[u64], text: &[u8]) -> u128 {
    let mut padded = text.to_vec();
    padded.resize((text.len() / 16 + 1) * 16, 0);
    let words: Vec<_> =
        padded.chunks(8).map(|word| u64::from_le_bytes(word.try_into().unwrap())).collect();
    let mut sum = 0_u128;
    for index in (0..words.len()).step_by(2) {
        let factor = |index: usize| u128::from(words[index].wrapping_add(key[index]));
        sum = sum.wrapping_add(factor(index) * factor(index + 1));
    }
    sum
}

#[test]
fn it_is_nh_twice_the_second_time_with_the_key_moved_on() {
    let key = key();
    let flat: Vec<_> = key.0.iter().flatten().copied().collect();
    for bytes in [0, 1, 15, 16, 17, 31, 32, 33, 1087, 2047, 2048] {
        let text = text(bytes);
        let [first, second] = [by_definition(&flat, &text), by_definition(&flat[2..], &text)];
        let halves = [first as u64, (first >> 64) as u64, second as u64, (second >> 64) as u64];
        assert!(digest(&key, &text).hash == halves, "{bytes}");
    }
}

#[test]
fn no_byte_is_left_out() {
    let key = key();
    for bytes in [1, 16, 40, 1087, 2048] {
        let known = text(bytes);
        let known_digest = digest(&key, &known);
        for index in 0..bytes {
            for bit in [1, 0x80] {
                let mut other = known.clone();
                other[index] ^= bit;
                assert!(digest(&key, &other) != known_digest, "{bytes}: byte {index}");
            }
        }
        for shorter in 0..bytes {
            assert!(digest(&key, &known[..shorter]) != known_digest, "{bytes}: {shorter} of them");
        }
    }
}

#[test]
fn places_and_zeros_count() {
    let key = key();
    let known = text(160);
    for (one, other) in [(0, 16), (0, 8), (16, 24), (32, 144)] {
        let mut swapped = known.clone();
        for offset in 0..8 {
            swapped.swap(one + offset, other + offset);
        }
        assert!(digest(&key, &swapped) != digest(&key, &known), "{one} and {other}");
    }
    let zeros = [0; 64];
    for count in 1..64 {
        assert!(digest(&key, &zeros[..count]) != digest(&key, &zeros[..count - 1]), "{count}");
    }
}

/// To show what the second pass is for, by texts that only the owner of the key can write.
#[test]
fn what_is_equal_in_one_pass_is_not_in_the_other() {
    let key = key();
    for (pass, at) in [(0, 0), (1, 1)] {
        let [cancels, _] = key.0[at];
        let of = |second: u64| {
            let mut text = cancels.wrapping_neg().to_le_bytes().to_vec();
            text.extend(second.to_le_bytes());
            digest(&key, &text)
        };
        let [one, other] = [of(1), of(2)];
        let [equal, different] = [pass, 1 - pass].map(|pass| 2 * pass..2 * pass + 2);
        assert!(one.hash[equal.clone()] == other.hash[equal], "pass {pass}");
        assert!(one.hash[different.clone()] != other.hash[different], "pass {pass}");
        assert!(one != other);
    }
}

#[test]
fn a_text_that_is_longer_than_the_key_has_none() {
    for most in [2048, 2049, 16 * 1024, 64 * 1024] {
        let key = DigestKey::random(most).unwrap();
        assert!(key.digest(&text(most)).is_some(), "{most}");
        assert!(key.most_bytes() < most + 2 * STEP_BYTES, "{most}");
        assert!(key.digest(&text(key.most_bytes())).is_some(), "{most}");
        assert!(key.digest(&text(key.most_bytes() + 1)).is_none(), "{most}");
    }
}

#[test]
fn verifiers_share_a_key_that_is_long_enough_and_no_two_keys_are_alike() {
    let known = Mutex::new(Weak::new());
    let of = |most_bytes| DigestKey::shared(&known, most_bytes).unwrap();
    let one = of(4096);
    assert!(Arc::ptr_eq(&one, &of(4096)) && Arc::ptr_eq(&one, &of(2048)));
    let longer = of(one.most_bytes() + 1);
    assert!(!Arc::ptr_eq(&one, &longer));
    assert!(Arc::ptr_eq(&longer, &of(4096)));
    let text = text(1087);
    assert!(digest(&one, &text) != digest(&longer, &text));
    assert!(one.0.iter().flatten().all(|word| *word != 0), "all of it is random");
}

/// Single words of NH are weak: none may decide.
#[test]
fn digests_are_equal_in_all_words_and_the_length() {
    let key = key();
    let known = digest(&key, &text(1087));
    assert!(digest(&key, &text(1087)) == known);
    assert!(known.has_length_of(&text(1087)));
    for word in 0..4 {
        for bit in [0, 31, 32, 63] {
            let mut other = known;
            other.hash[word] ^= 1 << bit;
            assert!(other != known, "{word}: {bit}");
        }
    }
    let other = TokenDigest { bytes: 1088, ..known };
    assert!(other != known && !other.has_length_of(&text(1087)));
    // Two differences do not cancel.
    let mut other = known;
    (other.hash[0], other.hash[2]) = (known.hash[0] ^ 1, known.hash[2] ^ 1);
    assert!(other != known);
}
