//! A form for the pool's domain, and how the client says who it is in it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use url::form_urlencoded;
use zeroize::Zeroizing;

use crate::error::{AuthError, InputProblem};
use crate::secret::ClientSecret;

/// The longest token that is sent, in bytes. Cognito's are 1 to 4 KiB.
const MAX_SENT_TOKEN_BYTES: usize = 64 * 1024;

const SCHEME: &str = "Basic ";

/// An app client: public without a secret, confidential with one.
#[derive(Clone, Copy)]
pub(crate) struct Client<'a> {
    pub(crate) id: &'a str,
    pub(crate) secret: Option<&'a ClientSecret>,
}

/// The parts of a form request that matter.
pub(crate) struct Form {
    pub(crate) authorization: Option<HeaderValue>,
    pub(crate) body: Zeroizing<String>,
}

impl Form {
    /// These fields, from this client.
    ///
    /// A confidential client authenticates with `Authorization: Basic` and does not repeat its id
    /// in the body: one method of authentication for a request
    /// ([RFC 6749 §2.3](https://www.rfc-editor.org/rfc/rfc6749#section-2.3)), and Cognito reads the
    /// id from the header. A public one identifies itself with `client_id` in the body
    /// ([RFC 6749 §3.2.1](https://www.rfc-editor.org/rfc/rfc6749#section-3.2.1)).
    pub(crate) fn new(fields: &[(&str, &str)], client: Client<'_>) -> Self {
        // It does not grow: what it grew from would not be wiped.
        let mut form =
            form_urlencoded::Serializer::new(String::with_capacity(Self::room(fields, client)));
        form.extend_pairs(fields);
        let authorization = match client.secret {
            Some(secret) => Some(basic(client.id, secret)),
            None => {
                form.append_pair("client_id", client.id);
                None
            }
        };
        Self { authorization, body: Zeroizing::new(form.finish()) }
    }

    /// The length of the body, or a little more. An encoded octet has three characters.
    fn room(fields: &[(&str, &str)], client: Client<'_>) -> usize {
        let client_id = ("client_id", client.id);
        let fields = fields.iter().chain([&client_id]);
        fields.map(|(name, text)| encoded_length(name) + encoded_length(text) + 2).sum()
    }
}

fn encoded_length(text: &str) -> usize {
    form_urlencoded::byte_serialize(text.as_bytes()).map(str::len).sum()
}

/// Id and secret form-urlencoded each, then base64 on one line
/// ([RFC 6749 §2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1)). Cognito's own ids and
/// secrets are letters and digits, which that leaves as they are.
fn basic(id: &str, secret: &ClientSecret) -> HeaderValue {
    sensitive(&basic_line(id, secret))
}

/// As a body, it does not grow while it is written.
fn basic_line(id: &str, secret: &ClientSecret) -> Zeroizing<String> {
    let secret = secret.expose();
    let length = encoded_length(id) + 1 + encoded_length(secret);
    let mut pair = Zeroizing::new(String::with_capacity(length));
    pair.extend(form_urlencoded::byte_serialize(id.as_bytes()));
    pair.push(':');
    pair.extend(form_urlencoded::byte_serialize(secret.as_bytes()));
    let mut line = Zeroizing::new(String::with_capacity(SCHEME.len() + length.div_ceil(3) * 4));
    line.push_str(SCHEME);
    STANDARD.encode_string(pair.as_bytes(), &mut line);
    line
}

/// A header value that is left out of debug output. The text is ASCII by construction.
pub(crate) fn sensitive(line: &str) -> HeaderValue {
    let mut value = HeaderValue::from_str(line).unwrap_or_else(|_| HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}

/// Checks a token before it is sent: 1 byte to 64 KiB of printable ASCII without a space, as every token
/// is.
pub(crate) fn check_token(what: &'static str, text: &str) -> Result<(), AuthError> {
    let reason = if text.is_empty() {
        InputProblem::Empty
    } else if text.len() > MAX_SENT_TOKEN_BYTES {
        InputProblem::TooLong
    } else if !text.bytes().all(|b| b.is_ascii_graphic()) {
        InputProblem::NotPrintable
    } else {
        return Ok(());
    };
    Err(AuthError::Input { what, reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "1example23456789abcdefghij";

    #[test]
    fn a_confidential_client_authenticates_in_the_header_only() {
        let secret = ClientSecret::new("exampleSecret0123456789abcdefghijklmnopqrstuvwxyz12");
        let form = Form::new(&[("token", "a b")], Client { id: ID, secret: Some(&secret) });
        assert_eq!(form.body.as_str(), "token=a+b");
        let line = form.authorization.unwrap();
        assert_eq!(
            line,
            "Basic MWV4YW1wbGUyMzQ1Njc4OWFiY2RlZmdoaWo6ZXhhbXBsZVNlY3JldDAxMjM0NTY3ODlhYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejEy"
        );
        assert_eq!(format!("{line:?}"), "Sensitive");
    }

    #[test]
    fn a_public_client_names_itself_in_the_body() {
        let form = Form::new(&[("token", "x")], Client { id: ID, secret: None });
        assert!(form.authorization.is_none());
        assert_eq!(form.body.as_str(), format!("token=x&client_id={ID}"));
    }

    /// A string that grows leaves a copy behind that is not wiped. One that has grown has another capacity than it
    /// was made with: it has doubled.
    #[test]
    fn what_has_secrets_is_written_without_growing() {
        let secret = ClientSecret::new("é=&/+%".repeat(100));
        for text in ["", "plain", "a b+c/d==", "é&%\0\u{1f600}", &"\0=%/é".repeat(300)] {
            let fields = [("code", text), ("code_verifier", text), (text, "b c")];
            for secret in [None, Some(&secret)] {
                let client = Client { id: ID, secret };
                let body = Form::new(&fields, client).body;
                let room = Form::room(&fields, client);
                assert_eq!(body.capacity(), room, "{text:?}");
                assert!(body.len() <= room && room <= body.len() + ID.len() + 12, "{text:?}");
            }
            let odd = ClientSecret::new(text);
            let line = basic_line(ID, &odd);
            assert_eq!(line.capacity(), line.len(), "{text:?}");
        }
    }

    #[test]
    fn odd_secrets_are_form_urlencoded_before_base64() {
        let line = basic("conf", &ClientSecret::new("s3cr+t/with=odd:chars%& é"));
        let encoded = STANDARD.encode("conf:s3cr%2Bt%2Fwith%3Dodd%3Achars%25%26+%C3%A9");
        assert_eq!(line, format!("Basic {encoded}"));
    }

    #[test]
    fn long_secrets_stay_on_one_line() {
        let line = basic(ID, &ClientSecret::new("x".repeat(500)));
        assert!(line.as_bytes().iter().all(|b| b.is_ascii_graphic() || *b == b' '));
    }

    #[test]
    fn what_cannot_be_a_token_is_not_sent() {
        check_token("the token", "a.b-c_d~e+f/g==").unwrap();
        check_token("the token", &"a".repeat(64 * 1024)).unwrap();
        for bad in ["", "a b", "a\r\nb", "é", &"a".repeat(64 * 1024 + 1)] {
            assert_eq!(check_token("the token", bad).unwrap_err().code(), "input");
        }
    }
}
