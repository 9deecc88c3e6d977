//! Responses of the JSON API.

use http::header::{CONTENT_TYPE, HeaderName};
use http::{Response, StatusCode};
use serde::Serialize;

use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::response::{HttpResponse, put};

/// A success of the JSON API; `null` is an empty body.
pub(crate) fn api(body: &serde_json::Value) -> HttpResponse {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    json_api(StatusCode::OK, body.into_bytes())
}

/// A refusal of the JSON API: always 400, the exception in the body and, with a colon behind it, in
/// a header.
pub(crate) fn api_error(error: &ApiError) -> HttpResponse {
    #[derive(Serialize)]
    struct ExceptionBody<'a> {
        #[serde(rename = "__type")]
        exception: &'a str,
        message: &'a str,
    }

    let body = ExceptionBody { exception: error.exception, message: &error.message };
    let body = serde_json::to_vec(&body).unwrap_or_default();
    let mut response = json_api(StatusCode::BAD_REQUEST, body);
    let exception = format!("{}:", error.exception);
    put(&mut response, HeaderName::from_static("x-amzn-errortype"), &exception);
    put(&mut response, HeaderName::from_static("x-amzn-errormessage"), &error.message);
    response
}

fn json_api(status: StatusCode, body: Vec<u8>) -> HttpResponse {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    put(&mut response, CONTENT_TYPE, "application/x-amz-json-1.1");
    response
}
