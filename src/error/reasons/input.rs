//! What the caller passed in: why it cannot be sent.

use super::UrlProblem;

reasons! {

/// Why something that the caller passed in cannot be sent.
pub enum InputProblem {
    /// Nothing in it.
    Empty = "it is empty",
    /// Longer than 64 KiB.
    TooLong = "it is longer than 64 KiB",
    /// A space, a control character, or one outside ASCII.
    NotPrintable = "it contains something else than printable ASCII",
    /// An access token that is no JWT.
    NotAJwt = "it is not a JWT",
    /// A code of another sign-in: [`AuthCode::check_issued_to`](crate::AuthCode::check_issued_to).
    OfOtherClient = "it is of a sign-in at another user pool or app client",
    /// A code that no provider makes.
    NotACode = "it is not 1 to 4096 printable characters",
    /// A code verifier of another form than
    /// [RFC 7636 §4.1](https://www.rfc-editor.org/rfc/rfc7636#section-4.1) demands.
    NotACodeVerifier = "it is not 43 to 128 letters, digits, `-`, `.`, `_` or `~`",
    /// A parameter of a sign-in that is empty or longer than 1024 bytes.
    ParameterLength = "it is not 1 to 1024 bytes long",
    /// A control character.
    ControlCharacter = "it contains a control character",
    /// `prompt` with `none` and another word.
    NoneWithOthers = "`none` goes with no other word",
    /// A resource that is no absolute URL, or has a fragment
    /// ([RFC 8707 §2](https://www.rfc-editor.org/rfc/rfc8707#section-2)).
    NotAResource = "it is not an absolute URL without a fragment",
    /// [`SignInRequest::valid_for`](crate::SignInRequest::valid_for) out of its range.
    NotValidFor = "it is not 1 minute to 1 hour",
    /// A maximal age, and no ID token that would have `auth_time`.
    NoOpenidScope = "without the scope openid there is no ID token to check it with",
    /// A scope that cannot be sent
    /// ([RFC 6749 §3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3)).
    NotAScope = "one is not 1 to 256 printable characters without a space",
    /// More than 50 scopes.
    TooManyScopes = "there are more than 50",
    /// It cannot be written as JSON.
    NotJson = "it cannot be written as JSON",
    /// A user name that Cognito does not know the form of (API reference, `Username`).
    NotAUserName = "it is not 1 to 128 characters without white space and invisible characters",
    /// A password of another length than 1 to 256 characters.
    PasswordLength = "it is not 1 to 256 characters long",
    /// A password that no user of Cognito can have.
    PasswordWhiteSpace = "it begins or ends with white space",
    /// A new password that no pool's policy allows.
    PasswordTooShort = "it has fewer than 6 characters",
    /// A code that Cognito does not know the form of.
    NotAOneTimeCode = "it is not 1 to 2048 characters without white space",
    /// The code of an authenticator app that is none.
    NotSixDigits = "it is not six digits",
    /// A choice that the challenge does not offer.
    NotOffered = "it is not among those that were offered",
    /// An attribute that has to be there, and is not.
    AttributeMissing = "a required attribute is missing",
    /// A name or value that no attribute can have, or one that is not asked for.
    NotAnAttribute = "its name or value cannot be that of an attribute here",
    /// The key of a device that is not Cognito's (API reference, `DeviceKeyType`).
    NotADeviceKey = "it is not a Region, `_` and hexadecimal digits, of at most 55 characters",
    /// A name that a device cannot have.
    NotADeviceName = "it is not 1 to 1024 characters long",
    /// A text of over 131,072 characters (API reference, `StringType`).
    TextTooLong = "it is longer than 131,072 characters",
    /// Something else than a JSON object, or one of over 64 KiB.
    NotAJsonObject = "it is not a JSON object of at most 64 KiB",
    /// A text that is no sealed challenge of this app client, or one that is too old.
    NotASealedChallenge = "it is not a challenge that was sealed here within the last 15 minutes",
    /// A value that is made from random octets, and there are none.
    NoRandomness = "the operating system gave no random octets",
    /// A sign-in whose pending state does not fit into a cookie.
    TooLongForACookie = "it does not fit into a cookie: the redirect URI is too long",
    /// Another address than the authorize endpoint of the local pool.
    OfOtherPool = "it is not the authorize endpoint of this pool",
}
and {
    /// A redirect URI that is no usable address.
    Url(UrlProblem),
    /// The text of an [`IdentityProvider`](crate::IdentityProvider) of your own.
    Other(&'static str),
}

}
