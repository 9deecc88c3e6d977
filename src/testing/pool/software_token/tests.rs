//! Tests of `testing::pool::software_token`.

use super::*;

/// RFC 6238, appendix B: its SHA-1 rows, of which an app with six digits shows the last six.
#[test]
fn codes_are_those_of_the_rfc() {
    let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    for (seconds, code) in [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ] {
        let now = Duration::from_secs(seconds);
        assert_eq!(code_at(secret, now).as_deref(), Some(code), "{seconds}");
        assert_eq!(step_of_code(secret, now, code), Some(seconds / 30), "{seconds}");
    }
}

#[test]
fn a_clock_may_be_off_by_one_step() {
    let secret = new_secret(&mut Random::from_system().unwrap());
    assert_eq!(secret.len(), 32);
    let now = Duration::from_secs(1_000_020);
    let code = |seconds| code_at(&secret, Duration::from_secs(seconds)).unwrap();
    assert_eq!(step_of_code(&secret, now, &code(1_000_019)), Some(33_333));
    assert_eq!(step_of_code(&secret, now, &code(1_000_050)), Some(33_335));
    for far in [1_000_080, 999_989] {
        // Two steps of six digits can be equal by chance, once in a million.
        let same = [999_990, 1_000_020, 1_000_050].map(code).contains(&code(far));
        assert!(same || step_of_code(&secret, now, &code(far)).is_none(), "{far}");
    }
}

#[test]
fn secrets_are_base32() {
    assert_eq!(from_base32("MZXW6YTB").as_deref(), Some(b"fooba".as_slice()));
    assert_eq!(from_base32("mzxw 6===").as_deref(), Some(b"foo".as_slice()));
    assert_eq!((from_base32("0189"), from_base32("")), (None, None));
}
