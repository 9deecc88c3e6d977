//! Why an input is of no use: one enum for each kind of input.

/// An enum whose variants have a text each.
macro_rules! reasons {
    ($(
        $(#[$enum_doc:meta])*
        pub enum $Name:ident {$(
            $(#[$doc:meta])*
            $Variant:ident = $text:literal,
        )*}
    )*) => {$(
        $(#[$enum_doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $Name {$(
            $(#[$doc])*
            $Variant,
        )*}

        impl std::fmt::Display for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(match self {
                    $(Self::$Variant => $text,)*
                })
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

}
