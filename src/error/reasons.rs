//! Why an input is of no use: one enum for each kind of input.

/// An enum whose variants have a text each, `and` variants that hold what says it.
macro_rules! reasons {
    ($(
        $(#[$enum_doc:meta])*
        pub enum $Name:ident {$(
            $(#[$doc:meta])*
            $Variant:ident = $text:literal,
        )*}
        $(and {$(
            $(#[$held_doc:meta])*
            $Holds:ident($Held:ty),
        )*})?
    )*) => {$(
        $(#[$enum_doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $Name {
            $($(#[$doc])* $Variant,)*
            $($($(#[$held_doc])* $Holds($Held),)*)?
        }

        impl std::fmt::Display for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    $(Self::$Variant => f.write_str($text),)*
                    $($(Self::$Holds(held) => std::fmt::Display::fmt(held, f),)*)?
                }
            }
        }
    )*};
}

reasons! {

/// Why a JWKS that the caller gave cannot be used.
pub enum JwksProblem {
    /// Not a JSON object with an array `keys`.
    NotJwks = "it is not a JSON object with an array `keys`",
    /// More than is read of a JWKS.
    TooLarge = "it is larger than 256 KiB or 100 keys",
    /// RS256 was asked for, and there is no key for it.
    NoRsaKey = "none of its keys is an RSA signature key of 2048 to 8192 bits with a key id",
    /// ES256 was asked for, and there is no key for it.
    NoP256Key = "none of its keys is an elliptic-curve signature key on P-256 with a key id",
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

/// Why an address cannot be used.
pub enum UrlProblem {
    /// Longer than 1024 characters.
    TooLong = "it is longer than 1024 characters",
    /// Longer than 1024 characters, or with others than visible ASCII.
    TooLongOrNotAscii = "it is longer than 1024 characters, or has others than visible ASCII",
    /// White space, a control character, or one outside ASCII.
    NotEncoded = "it contains white space, or something else that has to be encoded",
    /// No absolute URL.
    NotAbsolute = "it is not an absolute URL, such as https://auth.example.com",
    /// A callback that is no absolute URL.
    CallbackNotAbsolute = "it is not an absolute URL, such as https://app.example.com/callback",
    /// A user name or a password, which a base address has no place for.
    Credentials = "it contains a user name or password",
    /// A user name or a password in a callback.
    CallbackCredentials = "it contains a user name or password: leave them out",
    /// A query or a fragment, which a base address has no place for.
    QueryOrFragment = "it contains a query or a fragment",
    /// A fragment ([RFC 6749 §3.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-3.1.2)).
    Fragment = "it contains a fragment: leave out # and what follows it",
    /// Another scheme than `https`, or `http` to this machine.
    NotHttps = "its scheme is not https",
    /// Plain `http` to another machine, in a callback.
    CallbackNotHttps = "plain http is for loopback addresses only: use https",
    /// A scheme that runs or reads something on the user's machine, such as `javascript`.
    NotAnApplication = "its scheme leads to no application",
    /// The address of Cognito's API, in the place of a domain.
    ApiForDomain = "it is the address of Cognito's API: copy the domain from the Cognito console (Branding, Domain), such as https://my-app.auth.eu-west-1.amazoncognito.com",
    /// An address of a page, in the place of a domain.
    PageForDomain = "it leads to a page of the domain: leave out the path, such as in https://my-app.auth.eu-west-1.amazoncognito.com",
    /// A prefix domain of another Region than the user pool's.
    DomainOfOtherRegion = "it is not of the user pool's Region: a prefix domain has the form https://my-app.auth.eu-west-1.amazoncognito.com, with the Region that the user pool id begins with",
    /// A domain or an issuer, in the place of the API.
    DomainForApi = "it is a domain or an issuer: the API is at the host alone, such as https://cognito-idp.eu-west-1.amazonaws.com",
    /// Another scheme than `redis`, `rediss`, `valkey` or `valkeys`.
    NotRedis = "it must begin with redis:// or rediss://",
    /// A query or a fragment in the URL of Redis.
    AfterDatabaseNumber = "it must end after the database number",
    /// No host.
    NoHost = "it names no host",
    /// A path that is no database number.
    NotADatabaseNumber = "what follows the host must be a database number",
    /// A user name or a password that cannot be decoded.
    CredentialsNotEncoded = "user name and password must be UTF-8, percent-encoded",
}

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
    /// Another address than the authorize endpoint of the local pool.
    OfOtherPool = "it is not the authorize endpoint of this pool",
}
and {
    /// A redirect URI that is no usable address.
    Url(UrlProblem),
    /// The text of an [`IdentityProvider`](crate::IdentityProvider) of your own.
    Other(&'static str),
}

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

}
