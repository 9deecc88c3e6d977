//! [`AuthorizerRequest`]: the event.

use std::collections::BTreeMap;
use std::fmt;

use http::header::{AUTHORIZATION, COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::bearer::request_head::RequestHead;

/// The event of a Lambda authorizer: TOKEN or REQUEST, of format 1.0 or 2.0. Of its members the headers, the cookies, the
/// method and the ARN of the route are read. `Debug` shows no header.
///
/// A REST API has the last of several header fields in `headers`, and all of them in `multiValueHeaders`, which are
/// read; format 2.0 has the cookies beside the headers. The token of a TOKEN event counts as `Authorization`, whatever
/// field it came in, and has the word `Bearer` before it.
#[derive(Clone)]
pub struct AuthorizerRequest {
    /// Up to the stage, with a slash behind it.
    stage_arn: String,
    method: Option<Method>,
    headers: HeaderMap,
}

impl AuthorizerRequest {
    pub(super) fn head(&self) -> RequestHead<'_> {
        match &self.method {
            Some(method) => (method, &self.headers).into(),
            None => (&self.headers).into(),
        }
    }

    pub(super) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The ARN of routes of the API and the stage that the request is for.
    pub(super) fn resource(&self, pattern: &str) -> String {
        format!("{}{pattern}", self.stage_arn)
    }
}

impl fmt::Debug for AuthorizerRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizerRequest")
            .field("stage_arn", &self.stage_arn)
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

/// Maps may be `null`, and so may values.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EventMembers {
    #[serde(rename = "type")]
    kind: Option<String>,
    authorization_token: Option<String>,
    method_arn: Option<String>,
    route_arn: Option<String>,
    http_method: Option<String>,
    headers: Option<BTreeMap<String, Option<String>>>,
    multi_value_headers: Option<BTreeMap<String, Option<Vec<String>>>>,
    cookies: Option<Vec<String>>,
    request_context: Option<RequestContextMembers>,
}

#[derive(Deserialize)]
struct RequestContextMembers {
    http: Option<HttpMembers>,
}

#[derive(Deserialize)]
struct HttpMembers {
    method: Option<String>,
}

impl<'de> Deserialize<'de> for AuthorizerRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let event = EventMembers::deserialize(deserializer)?;
        let arn = event.route_arn.as_deref().or(event.method_arn.as_deref()).unwrap_or_default();
        let stage_arn = stage_arn(arn).ok_or_else(|| {
            D::Error::custom("the event has no ARN of a route: is it one of an authorizer?")
        })?;
        let of_context = event.request_context.and_then(|context| context.http);
        // Format 1.0 of HTTP APIs has both, and that of the request is the outer one.
        let method = event.http_method.or(of_context.and_then(|http| http.method));
        let method = method.and_then(|method| Method::from_bytes(method.as_bytes()).ok());
        let mut headers = HeaderMap::new();
        match event.multi_value_headers.filter(|fields| !fields.is_empty()) {
            Some(fields) => {
                let fields = fields.into_iter().flat_map(|(name, values)| {
                    values.unwrap_or_default().into_iter().map(move |value| (name.clone(), value))
                });
                fields.for_each(|(name, value)| append(&mut headers, &name, &value));
            }
            None => {
                for (name, value) in event.headers.unwrap_or_default() {
                    append(&mut headers, &name, value.as_deref().unwrap_or_default());
                }
            }
        }
        if event.kind.as_deref() == Some("TOKEN") {
            let token = event.authorization_token.unwrap_or_default();
            headers.insert(AUTHORIZATION, field_value(&token));
        }
        let cookies = event.cookies.unwrap_or_default();
        if !headers.contains_key(COOKIE) && !cookies.is_empty() {
            headers.insert(COOKIE, field_value(&cookies.join("; ")));
        }
        Ok(Self { stage_arn, method, headers })
    }
}

fn append(headers: &mut HeaderMap, name: &str, value: &str) {
    if let Ok(name) = HeaderName::from_bytes(name.as_bytes()) {
        headers.append(name, field_value(value));
    }
}

/// What no header field has counts as an empty one, and not as none: a token in it is malformed.
fn field_value(text: &str) -> HeaderValue {
    HeaderValue::from_bytes(text.as_bytes()).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// `arn:<partition>:execute-api:<region>:<account>:<api>/<stage>/` of an ARN with a method and a path behind it.
fn stage_arn(arn: &str) -> Option<String> {
    let (api, rest) = arn.split_once('/')?;
    let (stage, _) = rest.split_once('/')?;
    let parts: Vec<_> = api.split(':').collect();
    let ["arn", _, "execute-api", _, _, id] = parts.as_slice() else { return None };
    let fits = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_$*".contains(&byte))
    };
    (fits(stage) && fits(id)).then(|| format!("{api}/{stage}/"))
}
