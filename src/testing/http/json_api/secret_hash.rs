//! SECRET_HASH: how a client with a secret shows it to InitiateAuth.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::testing::http::json_api::hmac::hmac_sha256;

/// `base64(HMAC-SHA256(client secret, username + client id))` (Developer Guide, "Computing secret
/// hash values").
pub(crate) fn secret_hash(client_secret: &str, username: &str, client_id: &str) -> String {
    let message = format!("{username}{client_id}");
    STANDARD.encode(hmac_sha256(client_secret.as_bytes(), message.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_fits_a_known_pair() {
        let hash = secret_hash(
            "exampleSecret0123456789abcdefghijklmnopqrstuvwxyz12",
            "a33408e2-2071-70ef-04ae-70f524b3b6c6",
            "1example23456789abcdefghij",
        );
        assert_eq!(hash, "/NfVCDGE3d1aLV1ZZuMjMn6b5idYMq1Dt+mrBzUtIpI=");
    }
}
