//! The token in a cookie: the table at every skin, and which requests a page of another site may not cause.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use axum::routing::any;
use cognito_auth::AccessClaims;
use cognito_auth::bearer::{CsrfRules, JwtBearer};
use cognito_auth::web::RequireAccessLayer;
use http::header::{COOKIE, ORIGIN, UPGRADE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response};
use tower::{Layer, ServiceExt, service_fn};

use crate::actix::ask_by;
use crate::answer::{Answer, MALFORMED, MISSING};
use crate::cases::{Entry, Stage};
use crate::token_sources::{answer, every_case, tokens};

const NAME: &str = "__Host-token";
const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const OWN: &str = "https://app.example.com";
const CROSS_SITE: &str =
    r#"{"error":"csrf","message":"This request did not come from a page of this site."}"#;

/// Method, header fields beside the cookie, expected answer.
type CrossSiteRow<'a> = (Method, &'a [(HeaderName, &'a str)], Answer);

fn cookies(tokens: &[&str]) -> HeaderMap {
    let fields = tokens.iter().map(|token| format!("theme=dark; {NAME}={token}"));
    fields.map(|text| (COOKIE, HeaderValue::try_from(text).unwrap())).collect()
}

fn reading(bearer: &JwtBearer) -> JwtBearer {
    bearer.token_in_cookie(NAME, CsrfRules::new(OWN).unwrap()).unwrap()
}

fn request(method: &Method, headers: &HeaderMap) -> Request<Body> {
    let mut request = Request::new(Body::empty());
    *request.method_mut() = method.clone();
    *request.headers_mut() = headers.clone();
    request
}

/// Each skin's answer to one request for a route that requires an access token.
async fn ask(
    bearer: &JwtBearer,
    method: &Method,
    headers: &HeaderMap,
) -> Vec<(&'static str, Answer)> {
    let plain = bearer.access((method, headers)).await;
    let plain = answer(plain.map(|credentials| credentials.claims().sub().to_owned()));

    let service = service_fn(|request: Request<Body>| async move {
        let claims = request.extensions().get::<AccessClaims>().unwrap();
        Ok::<_, Infallible>(Response::new(claims.sub().to_owned()))
    });
    let service = RequireAccessLayer::new(bearer.clone()).layer(service);
    let (parts, body) = service.oneshot(request(method, headers)).await.unwrap().into_parts();
    let body = axum::body::to_bytes(Body::new(body), 4096).await.unwrap();
    let tower = Answer::of(parts.status.as_u16(), &parts.headers, &body);

    let hello = async |claims: AccessClaims| claims.sub().to_owned();
    let router = Router::new().route("/", any(hello)).with_state(bearer.clone());
    let (parts, body) = router.oneshot(request(method, headers)).await.unwrap().into_parts();
    let body = axum::body::to_bytes(body, 4096).await.unwrap();
    let axum = Answer::of(parts.status.as_u16(), &parts.headers, &body);

    let actix = ask_by(bearer, method, headers).await;
    vec![("JwtBearer", plain), ("tower", tower), ("axum", axum), ("Actix Web", actix)]
}

/// Without the method, a request counts as one that may change something.
#[tokio::test]
async fn every_case_without_a_method() {
    let headers = |tokens: &[&str]| {
        let mut headers = cookies(tokens);
        headers.insert(SITE, HeaderValue::from_static("same-origin"));
        headers
    };
    every_case(headers, reading).await;
}

#[actix_web::test]
async fn every_case_at_every_skin() {
    let stage = Stage::set().await;
    let mut asked = 0;
    for case in stage.cases(Entry::Access) {
        let Some(tokens) = tokens(&case) else { continue };
        asked += 1;
        let (bearer, headers) = (reading(&case.question.bearer), cookies(&tokens));
        for (skin, answer) in ask(&bearer, &Method::GET, &headers).await {
            assert_eq!(answer, case.expected, "{skin}, {}", case.name);
        }
    }
    assert!(asked > 35, "{asked}");
}

#[actix_web::test]
async fn a_page_of_another_site_causes_nothing() {
    let stage = Stage::set().await;
    let token = stage.pool.access_token("alice");
    let bearer = reading(&stage.machines);
    let alice = || Answer::said(stage.pool.sub("alice").unwrap());
    let refused = || Answer::without_challenge(403, CROSS_SITE);
    let rows: [CrossSiteRow<'_>; 14] = [
        (Method::GET, &[], alice()),
        (Method::GET, &[(SITE, "cross-site")], alice()),
        (Method::OPTIONS, &[(SITE, "cross-site")], alice()),
        (Method::POST, &[], refused()),
        (Method::POST, &[(SITE, "cross-site")], refused()),
        (Method::POST, &[(SITE, "same-site"), (ORIGIN, "https://blog.example.com")], refused()),
        (Method::POST, &[(SITE, "same-origin")], alice()),
        (Method::POST, &[(ORIGIN, OWN)], alice()),
        (Method::POST, &[(ORIGIN, "https://evil.example")], refused()),
        (Method::DELETE, &[(ORIGIN, "null")], refused()),
        (Method::PUT, &[(HeaderName::from_static("x-csrf"), "1")], alice()),
        (Method::from_bytes(b"PROPFIND").unwrap(), &[(SITE, "cross-site")], refused()),
        (Method::GET, &[(UPGRADE, "websocket"), (ORIGIN, "https://evil.example")], refused()),
        (Method::GET, &[(UPGRADE, "websocket"), (ORIGIN, OWN)], alice()),
    ];
    for (method, fields, expected) in rows {
        let mut headers = cookies(&[token.expose()]);
        headers.extend(
            fields
                .iter()
                .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap())),
        );
        for (skin, answer) in ask(&bearer, &method, &headers).await {
            assert_eq!(answer, expected, "{skin}: {method} {fields:?}");
        }
    }
    // The method is not given.
    let answered = bearer.access(&cookies(&[token.expose()])).await;
    assert_eq!(answered.unwrap_err().code(), "csrf");
}

#[tokio::test]
async fn the_forms_of_a_cookie() {
    let stage = Stage::set().await;
    let token = stage.pool.access_token("alice");
    let token = token.expose();
    let alice = || Answer::said(stage.pool.sub("alice").unwrap());
    let malformed = || Answer::challenge(400, r#"Bearer error="invalid_request""#, MALFORMED);
    let missing = || Answer::challenge(401, "Bearer", MISSING);
    let bearer = reading(&stage.machines);
    let field = |name: HeaderName, text: String| {
        HeaderMap::from_iter([(name, HeaderValue::try_from(text).unwrap())])
    };
    for (headers, expected) in [
        (cookies(&[token]), alice()),
        (field(COOKIE, format!("{NAME}={token};a=b")), alice()),
        // HTTP/2 splits the field.
        (
            [("a=b".to_owned()), format!("{NAME}={token}")]
                .map(|text| (COOKIE, HeaderValue::try_from(text).unwrap()))
                .into_iter()
                .collect(),
            alice(),
        ),
        (field(COOKIE, format!("{NAME}=\"{token}\"")), malformed()),
        (field(COOKIE, format!("{NAME}=Bearer {token}")), malformed()),
        (field(COOKIE, format!("{NAME}=")), malformed()),
        (field(COOKIE, format!("{NAME}={token}; {NAME}={token}")), malformed()),
        (field(COOKIE, format!("token={token}; {NAME}x={token}; x{NAME}={token}")), missing()),
        (field(http::header::AUTHORIZATION, format!("Bearer {token}")), missing()),
    ] {
        let credentials = bearer.access((&Method::GET, &headers)).await;
        let answer = answer(credentials.map(|one| one.claims().sub().to_owned()));
        assert_eq!(answer, expected, "{headers:?}");
    }
}

/// Signing out is not for a page of another site, whatever the endpoints are mounted beside.
#[tokio::test]
async fn the_endpoints_read_no_cookie() {
    use cognito_auth::AuthEndpoints;

    use crate::local_pool::{CALLBACK, pool, verifier};

    let pool = pool();
    let token = pool.access_token("alice");
    let endpoints = AuthEndpoints::builder(pool.clone(), verifier(&pool))
        .redirect_uri(CALLBACK)
        .build()
        .unwrap();
    let headers = cookies(&[token.expose()]);
    for (method, path) in [(Method::POST, "/auth/logout"), (Method::GET, "/auth/me")] {
        let mut request = Request::new(Vec::new());
        (*request.method_mut(), *request.uri_mut()) = (method, path.parse().unwrap());
        *request.headers_mut() = headers.clone();
        request.headers_mut().insert(SITE, HeaderValue::from_static("same-origin"));
        assert!([401, 403].contains(&endpoints.handle(request).await.status().as_u16()), "{path}");
    }
    reading(&JwtBearer::new(verifier(&pool))).access((&Method::GET, &headers)).await.unwrap();
}

#[tokio::test]
async fn a_name_that_no_cookie_has_is_a_wrong_setting() {
    let stage = Stage::set().await;
    let rules = || CsrfRules::new(OWN).unwrap();
    let name = |name: &str| stage.machines.token_in_cookie(name, rules()).map(drop);
    for fine in [NAME, "token", "a.b!c", &"a".repeat(128)] {
        assert_eq!(name(fine), Ok(()), "{fine}");
    }
    for wrong in ["", "a b", "token=", "a;b", "a,b", "a\"b", "t\u{f6}ken", "a\n", &"a".repeat(129)]
    {
        let error = name(wrong).unwrap_err().to_string();
        assert!(error.starts_with("token_in_cookie cannot be used: its name is not"), "{error}");
    }
}
