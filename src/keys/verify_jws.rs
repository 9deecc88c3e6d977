//! [`VerifyingKey::verify_jws`]: the signature of a compact JWS, checked with one key.

use super::verifying::VerifyingKey;
use crate::error::{Part, VerifyError};
use crate::jwt::{DEFAULT_MAX_TOKEN_BYTES, Parts, decode, read_header};

impl VerifyingKey {
    /// Checks one compact JWS ([RFC 7515 §7.1](https://www.rfc-editor.org/rfc/rfc7515#section-7.1))
    /// against this key, and returns its payload.
    ///
    /// The form, the header and the signature are checked as a [`JwtVerifier`](crate::JwtVerifier)
    /// checks them, and **nothing else**: no claim is read, so the payload may be expired, or meant for
    /// another service. A key id in the header must be this key's; it may be missing
    /// (RFC 7515 §4.1.4 makes it optional).
    ///
    /// ```
    /// use cognito_auth::keys::VerifyingKey;
    ///
    /// # let jwk = r#"{"kty":"RSA","kid":"1","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}"#;
    /// # let jws = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    /// // The key and the JWS of RFC 7515, appendix A.2.
    /// let key = VerifyingKey::from_jwk_json(jwk)?;
    /// assert!(key.verify_jws(jws)?.starts_with(br#"{"iss":"joe""#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The [`VerifyError`] that a verifier would give for form, header and signature;
    /// [`VerifyError::UnknownKey`] when the header has the key id of another key.
    pub fn verify_jws(&self, compact: &str) -> Result<Vec<u8>, VerifyError> {
        let parts = Parts::split_within(compact, DEFAULT_MAX_TOKEN_BYTES)?;
        let key_id = read_header(parts.header, |name| name == self.algorithm().as_str())?;
        if key_id.is_some_and(|key_id| key_id != self.key_id()) {
            return Err(VerifyError::UnknownKey);
        }
        let payload = decode(parts.payload, Part::Payload)?;
        let signature = decode(parts.signature, Part::Signature)?;
        self.verify(parts.signing_input.as_bytes(), &signature)?;
        Ok(payload)
    }
}
