//! Requests that get no further than this service: no token is needed to tell.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cognito_auth::{AuthEndpoints, JwtVerifier, UserPool};
use http::Request;

use super::support::{
    Answer, BAD_REQUEST, CLIENT, INCOMPLETE, NOT_AUTHENTICATED, REDIRECT_URI, UNAVAILABLE,
    Unreached, ask, request, sign_in, unreached, with_token,
};

#[tokio::test]
async fn paths_and_methods() {
    let (endpoints, provider) = unreached();
    let not_found =
        || Answer::new(404, r#"{"error":"not_found","message":"There is nothing at this path."}"#);
    for path in [
        "/",
        "/auth",
        "/auth/",
        "/auth/me/",
        "/auth//me",
        "/auth/ME",
        "/auth/m%65",
        "/me",
        "/x/auth/me",
        "/authme",
        "/auth/sign-in/",
        "/auth/../auth/me",
        "*",
    ] {
        for method in ["GET", "POST", "OPTIONS"] {
            assert_eq!(ask(&endpoints, request(method, path)).await, not_found(), "{path}");
        }
    }
    let not_allowed = |allow| {
        let body =
            r#"{"error":"method_not_allowed","message":"This path does not answer this method."}"#;
        Answer::new(405, body).allow(allow)
    };
    for (path, allow, methods) in [
        ("/auth/sign-in", "POST", ["GET", "HEAD", "OPTIONS", "PUT", "post", "BREW"].as_slice()),
        ("/auth/me", "GET", &["POST", "HEAD", "OPTIONS", "DELETE", "get", "BREW"]),
        ("/auth/logout", "GET, POST", &["HEAD", "OPTIONS", "PUT", "DELETE", "GET,", "BREW"]),
    ] {
        for method in methods {
            let Ok(request) = Request::builder().method(*method).uri(path).body(Vec::new()) else {
                continue;
            };
            assert_eq!(ask(&endpoints, request).await, not_allowed(allow), "{method} {path}");
        }
    }
    assert_eq!(provider.calls(), 0);
}

#[tokio::test]
async fn the_base_path_is_what_the_builder_was_told() {
    let pool = UserPool::new("eu-west-1_AbCdEf123").unwrap();
    let verifier = Arc::new(JwtVerifier::new(&pool, CLIENT).unwrap());
    let builder =
        AuthEndpoints::builder(Arc::new(Unreached::default()), verifier).redirect_uri(REDIRECT_URI);
    for (base_path, path) in [("", "/me"), ("/api/v1/auth", "/api/v1/auth/me")] {
        let endpoints = builder.clone().base_path(base_path).build().unwrap();
        assert_eq!(ask(&endpoints, request("GET", path)).await.status, 403);
        assert_eq!(ask(&endpoints, request("GET", "/auth/me")).await.status, 404);
    }
}

#[tokio::test]
async fn settings_that_cannot_work_are_found_at_the_start() {
    let pool = UserPool::new("eu-west-1_AbCdEf123").unwrap();
    let verifier = Arc::new(JwtVerifier::new(&pool, CLIENT).unwrap());
    let builder = AuthEndpoints::builder(Arc::new(Unreached::default()), verifier);
    let error = builder.clone().build().unwrap_err();
    assert_eq!(
        error.to_string(),
        "redirect_uri is missing: give the callback URL that the app client has"
    );
    for uri in [
        "",
        "/cb",
        "http://app.example.com/cb",
        "app.example.com/cb",
        "https://app.example.com/cb#x",
    ] {
        let error = builder.clone().redirect_uri(REDIRECT_URI).redirect_uri(uri).build();
        assert_eq!(error.unwrap_err().code(), "url", "{uri}");
    }
    let error = builder.redirect_uri(REDIRECT_URI).base_path("/auth/").build().unwrap_err();
    assert_eq!(
        error.to_string(),
        "base_path cannot be used: it is not of the form /auth or /api/auth, without a slash at its end"
    );
}

#[tokio::test]
async fn bodies_of_a_sign_in() {
    let (endpoints, provider) = unreached();
    let huge = format!(r#"{{"code":"{}"}}"#, "a".repeat(16 * 1024));
    for body in [
        "",
        "null",
        "[]",
        r#""code""#,
        "code=abc",
        "{}",
        r#"{"code":""}"#,
        r#"{"code":null}"#,
        r#"{"code":1}"#,
        r#"{"code":["abc"]}"#,
        r#"{"Code":"abc"}"#,
        r#"{"code":"abc""#,
        r#"{"code":"abc"} {}"#,
        r#"{"code":"abc","code":"abd"}"#,
        r#"{"code":"abc","\u0063ode":"abd"}"#,
        r#"{"code":"abc","x":{"a":1,"a":2}}"#,
        "\u{feff}{\"code\":\"abc\"}",
        r#"{"code":"abc","code_verifier":1}"#,
        r#"{"code":"abc","redirect_uri":true}"#,
        r#"{"code":"abc","redirect_uri":""}"#,
        r#"{"code":"abc","redirect_uri":"https://app.example.com/cb/"}"#,
        r#"{"code":"abc","redirect_uri":"https://app.example.com/CB"}"#,
        r#"{"code":"abc","redirect_uri":"https://APP.example.com/cb"}"#,
        r#"{"code":"abc","redirect_uri":"https://evil.example/cb"}"#,
        &huge,
    ] {
        let name = &body[..body.len().min(60)];
        assert_eq!(ask(&endpoints, sign_in(body)).await, Answer::new(400, BAD_REQUEST), "{name}");
    }
    let not_utf8 = sign_in(&b"{\"code\":\"\xff\"}"[..]);
    assert_eq!(ask(&endpoints, not_utf8).await, Answer::new(400, BAD_REQUEST));
    assert_eq!(provider.calls(), 0);

    // The accepted ones get as far as the provider.
    let longest = format!(r#"{{"code":"{}"}}"#, "a".repeat(16 * 1024 - 11));
    assert_eq!(longest.len(), 16 * 1024);
    for (calls, body) in [
        r#"{"code":"abc"}"#,
        " {\n\"code\" : \"abc\" }\n",
        r#"{"code":"abc","state":"of the front end","n":[1,{}]}"#,
        r#"{"code":"abc","redirect_uri":null,"code_verifier":null}"#,
        r#"{"code":"abc","redirect_uri":"https:\/\/app.example.com\/cb"}"#,
        r#"{"code":"abc","redirect_uri":"http://localhost:5173/cb","code_verifier":"x"}"#,
        &longest,
    ]
    .into_iter()
    .enumerate()
    {
        let answer = ask(&endpoints, sign_in(body)).await;
        assert_eq!(answer, Answer::new(503, INCOMPLETE), "{body:.60}");
        assert_eq!(provider.calls(), calls + 1);
    }
}

#[tokio::test]
async fn content_types_of_a_sign_in() {
    let (endpoints, provider) = unreached();
    let ask_with = async |content_types: &[&str]| {
        let mut request = request("POST", "/auth/sign-in");
        *request.body_mut() = br#"{"code":"abc"}"#.to_vec();
        for content_type in content_types {
            request.headers_mut().append("content-type", content_type.parse().unwrap());
        }
        ask(&endpoints, request).await
    };
    let expected = || {
        let body = r#"{"error":"unsupported_media_type","message":"The request body must be application/json."}"#;
        Answer::new(415, body)
    };
    for content_type in [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=application/json",
        "application/jsonp",
        "application/problem+json",
        "text/json",
        "json",
        "text/plain; application/json",
        "application/json, text/plain",
    ] {
        assert_eq!(ask_with(&[content_type]).await, expected(), "{content_type}");
    }
    assert_eq!(ask_with(&[]).await, expected());
    assert_eq!(ask_with(&["application/json", "application/json"]).await, expected());
    assert_eq!(provider.calls(), 0);

    for content_type in [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        " application/json ;x=y",
    ] {
        assert_eq!(ask_with(&[content_type]).await.status, 503, "{content_type}");
    }
}

#[tokio::test]
async fn authorization_headers_that_let_no_request_in() {
    let (endpoints, provider) = unreached();
    for (fields, challenge) in [
        ([].as_slice(), "Bearer"),
        (&["Basic dXNlcjpwYXNz"], "Bearer"),
        (&["Bearer"], r#"Bearer error="invalid_request""#),
        (&["Bearer a b"], r#"Bearer error="invalid_request""#),
        (&["Bearer a, Bearer b"], r#"Bearer error="invalid_request""#),
        (&["Bearer a", "Bearer a"], r#"Bearer error="invalid_request""#),
        (&["Bearer abc"], r#"Bearer error="invalid_token""#),
        (&["bearer a.b.c"], r#"Bearer error="invalid_token""#),
    ] {
        for (method, path, status) in
            [("GET", "/auth/me", 403), ("GET", "/auth/logout", 401), ("POST", "/auth/logout", 401)]
        {
            let mut request = request(method, path);
            for field in fields {
                request.headers_mut().append("authorization", field.parse().unwrap());
            }
            let expected = Answer::new(status, NOT_AUTHENTICATED).challenge(challenge);
            assert_eq!(ask(&endpoints, request).await, expected, "{path} {fields:?}");
        }
    }
    // Tokens anywhere else are not seen.
    let mut elsewhere = request("POST", "/auth/logout?access_token=a.b.c");
    elsewhere.headers_mut().insert("cookie", "access_token=a.b.c".parse().unwrap());
    *elsewhere.body_mut() = b"access_token=a.b.c".to_vec();
    let expected = Answer::new(401, NOT_AUTHENTICATED).challenge("Bearer");
    assert_eq!(ask(&endpoints, elsewhere).await, expected);
    assert_eq!(provider.calls(), 0);
}

#[tokio::test]
async fn without_keys_nothing_can_be_told() {
    let (endpoints, provider) = unreached();
    let part = |json: &str| URL_SAFE_NO_PAD.encode(json);
    let issuer = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123";
    let token = format!(
        "{}.{}.c2ln",
        part(r#"{"kid":"k","alg":"RS256"}"#),
        part(&format!(r#"{{"iss":"{issuer}"}}"#))
    );
    for (method, path) in [("GET", "/auth/me"), ("GET", "/auth/logout"), ("POST", "/auth/logout")] {
        let answer = ask(&endpoints, with_token(method, path, &token)).await;
        assert_eq!(answer, Answer::new(503, UNAVAILABLE).retry_after("5"), "{path}");
    }
    assert_eq!(provider.calls(), 0);
}
