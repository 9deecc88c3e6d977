//! A setting: why it cannot be used.

use super::JwkProblem;

reasons! {

/// Why a setting or a text cannot be used.
pub enum ValueProblem {
    /// No certificate in PEM, for TLS to Redis.
    NotACertificate = "it is no certificate in PEM",
    /// No certificate in PEM, for HTTPS.
    NoCertificate = "there is no PEM certificate in it",
    /// The TLS library could not be set up.
    TlsSetup = "the TLS library could not be set up, for instance for want of root certificates",
    /// Not one of the [`RefusalCode`](crate::RefusalCode)s.
    NotARefusalCode = "this version of the crate has no such code",
    /// Not one of the [`IssuerKind`](crate::IssuerKind)s.
    NotAnIssuerKind = "it is neither original nor updated",
    /// Not one of the [`Partition`](crate::Partition)s.
    NotAPartition = "it is not a partition of AWS that is known here, such as aws or aws-cn",
    /// Not one of the [`Algorithm`](crate::keys::Algorithm)s.
    NotAnAlgorithm = "it is neither RS256 nor ES256",
    /// Not the ARN of an Application Load Balancer or of a Verified Access instance.
    NotASigner = "it is not the ARN of an Application Load Balancer or of a Verified Access instance",
    /// A second signer, of another Region or service than the first.
    SignerElsewhere = "it is of another Region or service than the first signer: use a verifier for each",
    /// An app client for a Verified Access instance.
    NoClientInTokens = "tokens of Verified Access name no app client: leave it out",
    /// An issuer that no token can name.
    NotAnIssuer = "it is not 1 to 1024 visible ASCII characters",
    /// Both `issuer_kind` and `issuers`.
    IssuerKindToo = "issuer_kind is given, too: give one of the two",
    /// A local pool on an address that is not of this machine alone.
    NotLoopback = "the pool would be open to the network: give a loopback address",
    /// The crypto backend generated no key.
    NoKeyGenerated = "the crypto backend made none",
    /// The [`PoolSet`](crate::PoolSet) has a pool with this issuer.
    IssuerTwice = "a pool with this issuer is in the set already: remove it first",
    /// The [`PoolSet`](crate::PoolSet) has no pool with these issuers.
    NotInTheSet = "no pool with the same issuers is in the set: add it",
    /// Another form than the path of the endpoints has.
    NotABasePath = "it is not of the form /auth or /api/auth, without a slash at its end",
    /// Plain `http` through a proxy on another machine.
    UnencryptedProxy = "an address of the pool is plain http, and would leave this machine \
        unencrypted: use https for it, or a proxy on this machine",
    /// Plain `http` to another machine, by a name that was resolved to it.
    UnencryptedHost = "it leads plain http, which is for this machine only, to another one: use \
        https for the host, or a loopback address",
    /// A proxy with another scheme than `http` or `https`.
    ProxyScheme = "it is not an http or https address",
    /// An address that the HTTP client does not take for a proxy.
    NotAProxy = "the HTTP client takes no such proxy",
    /// The operating system gave no random bytes.
    NoRandomness = "it gave nothing",
    /// A provider whose sign-in cannot be started for a web site's redirect URI.
    NoSignIn = "it begins no sign-in for this redirect URI",
    /// A provider whose login address names no app client.
    NoClientId = "the address of its login page has no client_id",
    /// The name of a session cookie.
    NotACookieName = "it is not 1 to 64 letters, digits, `-`, `_` or `.`, or it is that of another \
        cookie",
    /// More than 16 session keys.
    TooManySessionKeys = "there are more than 16 keys",
    /// A session key of one octet, repeated.
    SessionKeyNotRandom = "a key has 32 times the same octet: make it at random",
    /// A session key that occurs twice.
    SessionKeyTwice = "a key stands there twice",
    /// A session key of another form.
    NotASessionKey = "a key is not 32 octets in base64url (43 characters, no padding)",
    /// The path of a route.
    NotARoutePath = "its path is not of the form /login or /app/login",
    /// Two routes with one path.
    RouteTwice = "its path is that of another route",
    /// The name of the cookie that a bearer token is read from.
    CookieNameNotAToken = "its name is not 1 to 128 letters, digits or characters of !#$%&'*+-.^_`|~",
    /// The method of a route of a Lambda authorizer.
    NotAMethod = "its method is not GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS or *",
    /// The path of a route of a Lambda authorizer.
    NotAPolicyPath = "its path is not of the form /orders or /orders/*, of at most 256 octets: \
        write * for {id} and for {proxy+}",
    /// A client secret that is empty, or longer than 1024 bytes.
    SecretLength = "it is not 1 to 1024 bytes: copy it from the app client's page",
    /// A client secret behind a byte order mark.
    SecretWithByteOrderMark = "it begins with a byte order mark: save the file that it is in as \
        UTF-8 without one",
    /// JSON in the place of a client secret.
    SecretInJson = "it is JSON, such as Secrets Manager gives: give the member with the secret \
        alone",
    /// White space or a control character in a client secret.
    SecretWithWhiteSpace = "there is white space in it, such as the line feed at the end of a \
        file: give it without",
    /// Quotes in a client secret.
    SecretInQuotes = "there are quotes in it: give it without",
    /// A character outside ASCII in a client secret.
    SecretNotAscii = "there are other characters than ASCII in it: copy it from the app client's \
        page",
}
and {
    /// A JWK that is no usable key.
    Jwk(JwkProblem),
}

}
