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
mod tests;
