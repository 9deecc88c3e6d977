//! Tests of `testing::pool::codes`.

use super::*;

#[test]
fn the_verifier_has_to_fit_the_challenge() {
    // RFC 7636, appendix B.
    let challenge = Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    let verifier = Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    assert!(verifier_fits(challenge, verifier));
    assert!(verifier_fits(None, None));
    assert!(!verifier_fits(challenge, None));
    assert!(!verifier_fits(None, verifier));
    assert!(!verifier_fits(challenge, challenge));
}
