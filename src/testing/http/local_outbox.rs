//! `GET /_local/outbox`: what a program in another process does with [`LocalUserPool::outbox`].
//!
//! [`LocalUserPool::outbox`]: crate::testing::LocalUserPool::outbox

use http::{Method, Request, StatusCode};
use serde_json::json;

use crate::testing::http::local_request::{json_response, refused_request};
use crate::testing::http::response::HttpResponse;
use crate::testing::pool::state::Core;

/// The response to a request for the outbox, the oldest message first; `None` for any other path.
pub(crate) fn respond(core: &Core, request: &Request<Vec<u8>>) -> Option<HttpResponse> {
    (request.uri().path() == "/_local/outbox").then(|| list(core, request))
}

fn list(core: &Core, request: &Request<Vec<u8>>) -> HttpResponse {
    if let Some(refused) = refused_request(request, &Method::GET) {
        return refused;
    }
    let messages = core.enter().0.outbox.messages();
    json_response(StatusCode::OK, &json!(messages))
}
