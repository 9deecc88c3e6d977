//! Tests of `pool::issuer`.

use super::*;

#[test]
fn a_kind_of_issuer_is_read_from_the_word_that_it_shows() {
    for kind in IssuerKind::ALL {
        assert_eq!(kind.to_string().parse(), Ok(kind));
        assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{kind}\""));
    }
    let error = "Updated".parse::<IssuerKind>().unwrap_err().to_string();
    assert_eq!(error, "issuer_kind cannot be used: it is neither original nor updated");
}
