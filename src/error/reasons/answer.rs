//! What the identity provider, or the browser, brought: why it cannot be read.

reasons! {

/// Why an answer of the identity provider cannot be read.
pub enum AnswerProblem {
    /// The body is larger than what is read of an answer.
    TooLarge = "it is too large",
    /// A redirect, which is never followed.
    Redirect = "it is a redirect",
    /// A status that the contract does not know.
    Status = "the status has no meaning here",
    /// A page of HTML: a proxy's, or that of another server.
    Html = "it is a page of HTML",
    /// Compressed, which was not asked for.
    Compressed = "it is compressed, which was not asked for",
    /// A proxy that wants to know who asks (status 407).
    ProxyLogin = "a proxy on the way asks for a user name and a password",
    /// No JSON object, or one with a member twice.
    NotJsonObject = "it is not a JSON object",
    /// A member of another type.
    NotAText = "a member that should be a text is none",
    /// An error without `error`.
    NoError = "it has no text named error",
    /// An `error` that RFC 6749 does not allow.
    NotAnError = "its error is no error code of OAuth",
    /// An error of the JSON API without a type.
    NoErrorType = "it has no error type",
    /// No `token_type`.
    NoTokenType = "it has no token_type",
    /// Another token type than `Bearer`.
    NotBearer = "its token type is not Bearer",
    /// No access token.
    NoAccessToken = "it has no access token",
    /// An expiry that is no number of seconds, or too large.
    NotAnExpiry = "its expiry is no number of seconds",
    /// No `AuthenticationResult`.
    NoAuthenticationResult = "it has no AuthenticationResult",
    /// Neither tokens nor a challenge.
    NoChallenge = "it has neither tokens nor a challenge",
    /// Tokens and a challenge in one answer.
    TokensAndChallenge = "it has both tokens and a challenge",
    /// A challenge that lacks a parameter, or whose parameter has another form.
    ChallengeParameters = "its challenge lacks a parameter, or has one of another form",
    /// A member that the operation always has is missing, or is of another type.
    MemberMissing = "a member that it should have is missing, or of another type",
    /// A challenge that no answer was prepared for.
    UnexpectedChallenge = "its challenge belongs to another flow",
    /// More challenges than a sign-in can have.
    TooManyChallenges = "it is the eleventh challenge of one sign-in",
    /// The server's number of SRP is one that no honest server sends.
    DishonestSrp = "its number for SRP is none that an honest server sends",
    /// An ID token that is no JWT.
    IdTokenNotAJwt = "its ID token is no JWT",
    /// No user in JSON.
    NotAUser = "it is not a user in JSON",
    /// Neither a user nor an error.
    NeitherUserNorError = "it is neither a user nor a readable error",
    /// An attribute that stands in it twice.
    AttributeTwice = "it has an attribute twice",
    /// No `sub`.
    NoSub = "it has no sub",
    /// No user name.
    NoUserName = "it has no user name",
    /// Another `sub` than the token's.
    OtherUser = "it is about another user than the token",
    /// A login page without a form.
    NoForm = "the login page has no form",
    /// A fault that a test ordered from the local pool.
    OrderedFault = "it is the fault that was ordered",
}
and {
    /// The text of an [`IdentityProvider`](crate::IdentityProvider) of your own.
    Other(&'static str),
}

/// Why a callback is no authorization response.
pub enum CallbackProblem {
    /// The address cannot be parsed.
    NotAUrl = "it is no URL",
    /// The query is longer than 8 KiB.
    TooLong = "it is longer than 8 KiB",
    /// `code`, `state`, `iss`, `error` or `error_description` stands in the query twice
    /// ([RFC 6749 §3.1](https://www.rfc-editor.org/rfc/rfc6749#section-3.1)).
    ParameterTwice = "a parameter stands in it twice",
    /// Both `code` and `error`.
    CodeAndError = "it has both a code and an error",
    /// Neither `code` nor `error`.
    NeitherCodeNorError = "it has neither a code nor an error",
    /// `code` is longer than 4096 bytes, or not printable ASCII
    /// ([RFC 6749 appendix A.11](https://www.rfc-editor.org/rfc/rfc6749#appendix-A.11)).
    NotACode = "its code is no code",
}

}
