//! `POST /_local/clock`: what a program in another process does with [`LocalUserPool::advance`].
//!
//! [`LocalUserPool::advance`]: crate::testing::LocalUserPool::advance

use std::time::Duration;

use http::{Method, Request, StatusCode};
use serde::Deserialize;
use serde_json::json;

use crate::testing::http::local_request::{json_response, refused, refused_request};
use crate::testing::http::response::HttpResponse;
use crate::testing::pool::state::Core;

/// Ten years, the longest that anything of a pool lives.
const MOST_SECONDS: u64 = 315_360_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_seconds: u64,
}

/// The response to a request for the clock; `None` for any other path.
pub(crate) fn respond(core: &Core, request: &Request<Vec<u8>>) -> Option<HttpResponse> {
    (request.uri().path() == "/_local/clock").then(|| move_clock(core, request))
}

fn move_clock(core: &Core, request: &Request<Vec<u8>>) -> HttpResponse {
    if let Some(refused) = refused_request(request, &Method::POST) {
        return refused;
    }
    match serde_json::from_slice(request.body()) {
        Ok(Advance { advance_seconds }) if advance_seconds <= MOST_SECONDS => {
            core.clock.advance(Duration::from_secs(advance_seconds));
            json_response(StatusCode::OK, &json!({ "now": core.clock.since_epoch().as_secs() }))
        }
        _ => {
            let message = "the body is {\"advance_seconds\": n}, n from 0 to 315360000 (10 years)";
            refused(StatusCode::BAD_REQUEST, message)
        }
    }
}
