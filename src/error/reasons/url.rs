//! An address: why it cannot be used.

reasons! {

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
    ApiForDomain = "it is the address of Cognito's API: copy the domain from the Cognito console \
        (Branding, Domain), such as https://my-app.auth.eu-west-1.amazoncognito.com",
    /// An address of a page, in the place of a domain.
    PageForDomain = "it leads to a page of the domain: leave out the path, such as in \
        https://my-app.auth.eu-west-1.amazoncognito.com",
    /// A prefix domain of another Region than the user pool's.
    DomainOfOtherRegion = "it is not of the user pool's Region: a prefix domain has the form \
        https://my-app.auth.eu-west-1.amazoncognito.com, with the Region that the user pool id \
        begins with",
    /// A domain or an issuer, in the place of the API.
    DomainForApi = "it is a domain or an issuer: the API is at the host alone, such as \
        https://cognito-idp.eu-west-1.amazonaws.com",
    /// Another scheme than `redis`, `rediss`, `valkey` or `valkeys`, or one of them and `+cluster` or
    /// `+sentinel`.
    NotRedis = "it must begin with redis:// or rediss://",
    /// A query or a fragment in the URL of Redis.
    AfterDatabaseNumber = "it must end after the database number",
    /// No host.
    NoHost = "it names no host",
    /// A path that is no database number.
    NotADatabaseNumber = "what follows the host must be a database number",
    /// A database number in the URL of a Redis cluster.
    DatabaseOfCluster = "a cluster has no database but 0",
    /// Sentinels without the name of the primary that they watch.
    NoPrimaryName = "the name of the primary must follow the hosts, as in \
        rediss+sentinel://one.example.com,two.example.com/main",
    /// A user name or a password that cannot be decoded.
    CredentialsNotEncoded = "user name and password must be UTF-8, percent-encoded",
    /// A web site's callback with another scheme than `https`, or `http` on loopback.
    NotAWebSite = "a web site's begins with https://, or with http:// on loopback",
    /// A web site's callback with a query.
    CallbackQuery = "it has a query, which a web site's callback needs none of",
    /// An origin that is no address.
    OriginNotAnAddress = "it is not an address such as https://app.example.com",
    /// An origin with more than scheme, host and port.
    NotAnOrigin = "it is not scheme, host and port alone",
}

}
