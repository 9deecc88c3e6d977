//! [`ChallengeParameters`]: what a [`JwtBearer`](super::super::JwtBearer) adds to each of its challenges.

/// The parameters of a challenge that come from the settings of a route. All are text that was quoted
/// already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::bearer) struct ChallengeParameters {
    realm: Option<String>,
    scopes: Vec<String>,
    resource_metadata: Option<String>,
}

impl ChallengeParameters {
    /// A text that a header field cannot contain is left out.
    pub(in crate::bearer) fn set_realm(&mut self, realm: &str) {
        self.realm = quotable(realm);
    }

    /// A scope that is none by [RFC 6749 §3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3) is left
    /// out: no token has it.
    pub(in crate::bearer) fn add_scope(&mut self, scope: &str) {
        let is_scope = |byte: u8| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
        if !scope.is_empty() && scope.bytes().all(is_scope) {
            self.scopes.push(scope.to_owned());
        }
    }

    pub(in crate::bearer) fn set_resource_metadata(&mut self, address: &str) {
        self.resource_metadata = quotable(address);
    }

    /// `realm` before the error code, as [RFC 6750 §3](https://www.rfc-editor.org/rfc/rfc6750#section-3) has
    /// it in its examples.
    pub(super) fn realm(&self) -> Option<&str> {
        self.realm.as_deref()
    }

    /// The scopes that the route requires, with spaces between them.
    pub(super) fn scope(&self) -> Option<String> {
        (!self.scopes.is_empty()).then(|| self.scopes.join(" "))
    }

    /// [RFC 9728 §5.1](https://www.rfc-editor.org/rfc/rfc9728#section-5.1).
    pub(super) fn resource_metadata(&self) -> Option<&str> {
        self.resource_metadata.as_deref()
    }
}

/// The inside of a quoted string
/// ([RFC 9110 §5.6.4](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.4)).
pub(super) fn quotable(text: &str) -> Option<String> {
    let is_printable = |byte: u8| matches!(byte, b' '..=b'~');
    text.bytes().all(is_printable).then(|| text.replace('\\', r"\\").replace('"', r#"\""#))
}
