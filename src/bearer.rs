//! Bearer tokens: reading `Authorization`, writing `WWW-Authenticate`
//! ([RFC 6750](https://www.rfc-editor.org/rfc/rfc6750),
//! [RFC 9110 §11](https://www.rfc-editor.org/rfc/rfc9110#section-11)).
//!
//! [`JwtBearer`] does both for a request. Its two parts are public too, for a framework that needs them
//! separately: [`unverified_token`] and [`Challenge`].
//!
//! # What is read
//!
//! Only the header field `Authorization`, unless a [`JwtBearer`] is told to read another
//! ([`token_in_header`](JwtBearer::token_in_header), [`token_in_cookie`](JwtBearer::token_in_cookie),
//! [`token_in_websocket_protocol`](JwtBearer::token_in_websocket_protocol)). A token in the query or in a form is ignored
//! ([RFC 9700 §4.3.2](https://www.rfc-editor.org/rfc/rfc9700#section-4.3.2): addresses are written to
//! logs and browser histories).
//!
//! | `Authorization` | answer |
//! |---|---|
//! | absent | no token |
//! | another scheme: `Basic …`, `Digest …`, or a token without its scheme | no token |
//! | `Bearer <token>`, the scheme in any case, one or more spaces, white space around it all | the token |
//! | `Bearer <token>` longer than the [verifier's bound](crate::JwtVerifierBuilder::max_token_bytes), 16 KiB by default | 401 `invalid_token` |
//! | `Bearer` with nothing behind it | 400 `invalid_request` |
//! | `Bearer` with a tab, `=`, `:` or `,` where the space belongs | 400 `invalid_request` |
//! | `Bearer` and anything outside the [`b64token`](https://www.rfc-editor.org/rfc/rfc6750#section-2.1) characters: a second word, quotes, a comma (two fields joined by a proxy), control characters, non-ASCII | 400 `invalid_request` |
//! | empty, or not beginning with a scheme | 400 `invalid_request` |
//! | twice or more, whatever the schemes | 400 `invalid_request` |
//!
//! # What is answered
//!
//! | verdict | status | `WWW-Authenticate` |
//! |---|---|---|
//! | no token | 401 | `Bearer` |
//! | the field is malformed | 400 | `Bearer error="invalid_request"` |
//! | the token is refused, whatever the reason | 401 | `Bearer error="invalid_token"` |
//! | a scope or group is missing | 403 | `Bearer error="insufficient_scope"` |
//! | the sign-in is too old or too weak | 401 | `Bearer error="insufficient_user_authentication"`, and `max_age` or `acr_values` ([RFC 9470](https://www.rfc-editor.org/rfc/rfc9470)) |
//! | the token is in a cookie, and a page of another site may have caused the request | 403, `csrf` | none |
//! | the token could not be checked | 503, `Retry-After: 5` | none: the token may be valid, and the client must keep it |
//!
//! A [`JwtBearer`] adds `scope` where a route [requires one](JwtBearer::require_scope), and
//! [`realm`](JwtBearer::realm) and [`resource_metadata`](JwtBearer::resource_metadata) where they are set.
//!
//! ```
//! use cognito_auth::VerifyError;
//! use cognito_auth::bearer::{Challenge, unverified_token};
//! use http::{HeaderMap, HeaderValue, StatusCode, header::AUTHORIZATION};
//!
//! let mut headers = HeaderMap::new();
//! assert_eq!(unverified_token(&headers), Ok(None));
//!
//! headers.insert(AUTHORIZATION, HeaderValue::from_static("bearer mF_9.B5f-4.1JqM"));
//! assert_eq!(unverified_token(&headers), Ok(Some("mF_9.B5f-4.1JqM")));
//!
//! let challenge = Challenge::from(&VerifyError::Revoked);
//! assert_eq!(challenge.status(), StatusCode::UNAUTHORIZED);
//! assert_eq!(challenge.www_authenticate().unwrap(), r#"Bearer error="invalid_token""#);
//! ```

pub(crate) mod authorization;
pub(crate) mod challenge;
pub(crate) mod cookie;
pub(crate) mod credentials;
pub(crate) mod csrf;
pub(crate) mod from_bearer;
pub(crate) mod jwt_bearer;
mod refusal;
pub(crate) mod request_head;
mod resource_metadata;
pub(crate) mod response;
mod token_source;

pub use authorization::unverified_token;
pub use challenge::Challenge;
pub use credentials::{Credentials, VerifiedClaims};
pub use csrf::{CrossSiteRequest, CsrfRules};
pub use from_bearer::FromBearer;
pub use jwt_bearer::JwtBearer;
pub use request_head::RequestHead;
pub use resource_metadata::ProtectedResourceMetadata;
