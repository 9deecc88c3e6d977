//! gRPC: the answer to a refused call, and which calls need no token.

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

use crate::bearer::challenge::Challenge;

const GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");
const GRPC_MESSAGE: HeaderName = HeaderName::from_static("grpc-message");

/// The methods of [gRPC's health service](https://github.com/grpc/grpc/blob/master/doc/health-checking.md). Whole
/// paths: what is compared by its beginning may lead elsewhere behind this layer.
const HEALTH: [&str; 3] =
    ["/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch", "/grpc.health.v1.Health/List"];

const REFLECTION: [&str; 2] = [
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
];

/// Which calls need no token.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct OpenCalls {
    pub(super) health: bool,
    pub(super) reflection: bool,
}

impl OpenCalls {
    pub(super) fn include(self, path: &str) -> bool {
        self.health && HEALTH.contains(&path) || self.reflection && REFLECTION.contains(&path)
    }
}

/// The media type of the answer to a gRPC call: that of the request, without its message format.
pub(super) fn media_type(request: &HeaderMap) -> Option<&'static str> {
    let media_type = request.get(CONTENT_TYPE)?.as_bytes().trim_ascii();
    ["application/grpc-web-text", "application/grpc-web", "application/grpc"].into_iter().find(
        |known| {
            let Some((name, rest)) = media_type.split_at_checked(known.len()) else { return false };
            let ends = rest.first().is_none_or(|byte| b"+; ".contains(byte));
            name.eq_ignore_ascii_case(known.as_bytes()) && ends
        },
    )
}

/// The status is in the headers, and there is no message
/// ([Trailers-Only](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#responses)). HTTP's own says 200,
/// or a client takes the answer for a proxy's. The client finds the fields of the challenge among the metadata.
pub(super) fn refusal(challenge: Challenge, media_type: &'static str) -> Response<()> {
    let (status, message) = (code(challenge.status()), challenge.message());
    let (mut parts, _) = challenge.into_response().into_parts();
    parts.status = StatusCode::OK;
    for (name, value) in [
        (CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (GRPC_STATUS, HeaderValue::from(status)),
        // Percent-encoded by the protocol: no message has a character that would be.
        (GRPC_MESSAGE, HeaderValue::from_static(message)),
    ] {
        parts.headers.insert(name, value);
    }
    Response::from_parts(parts, ())
}

/// As gRPC's clients read a status of HTTP
/// ([table](https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md)).
fn code(status: StatusCode) -> u16 {
    match status {
        StatusCode::UNAUTHORIZED => 16,
        StatusCode::FORBIDDEN => 7,
        StatusCode::SERVICE_UNAVAILABLE => 14,
        _ => 13,
    }
}

#[cfg(test)]
mod tests;
