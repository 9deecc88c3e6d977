//! `ProtectedResourceMetadata`: the document that names the user pool, and how a client gets to it.

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use cognito_auth::bearer::{JwtBearer, ProtectedResourceMetadata};
use cognito_auth::web::RequireAccessLayer;
use cognito_auth::{JwtVerifier, UserPool};
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt as _;

const ISSUER: &str = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123";

fn pool() -> UserPool {
    UserPool::new("eu-west-1_AbCdEf123").unwrap()
}

fn metadata(resource: &str) -> ProtectedResourceMetadata {
    ProtectedResourceMetadata::new(resource, &pool()).unwrap()
}

/// RFC 9728 §3.1.
#[test]
fn the_well_known_path_stands_before_that_of_the_service() {
    for (resource, address) in [
        ("https://api.example", "https://api.example/.well-known/oauth-protected-resource"),
        ("https://api.example/", "https://api.example/.well-known/oauth-protected-resource"),
        ("https://api.example/v1", "https://api.example/.well-known/oauth-protected-resource/v1"),
        ("https://api.example/v1/", "https://api.example/.well-known/oauth-protected-resource/v1/"),
        (
            "http://127.0.0.1:8080/mcp",
            "http://127.0.0.1:8080/.well-known/oauth-protected-resource/mcp",
        ),
    ] {
        assert_eq!(metadata(resource).address().as_str(), address);
    }
}

#[test]
fn what_is_no_address_of_a_service_is_refused() {
    for (resource, code) in [
        ("api.example", "url"),
        ("http://api.example", "insecure_url"),
        ("ftp://api.example", "url"),
        ("https://user:password@api.example", "url"),
        ("https://api.example/?a=b", "url"),
        ("https://api.example/#part", "url"),
    ] {
        let error = ProtectedResourceMetadata::new(resource, &pool()).unwrap_err();
        assert_eq!(error.code(), code, "{resource}: {error}");
    }
}

#[test]
fn only_what_is_set_is_in_the_document() {
    let of = |metadata: &ProtectedResourceMetadata| -> Value {
        let response = metadata.respond(&Method::GET, metadata.path());
        serde_json::from_str(response.body()).unwrap()
    };
    let plain = metadata("https://api.example/v1");
    let mut expected = json!({
        "resource": "https://api.example/v1",
        "authorization_servers": [ISSUER],
        "bearer_methods_supported": ["header"],
    });
    assert_eq!(of(&plain), expected);
    let whole = plain
        .clone()
        .scopes_supported(["orders/read", "orders/write"])
        .resource_name("Orders \"of\" <all>")
        .resource_documentation("https://docs.example/orders".parse().unwrap());
    expected["scopes_supported"] = json!(["orders/read", "orders/write"]);
    expected["resource_name"] = json!("Orders \"of\" <all>");
    expected["resource_documentation"] = json!("https://docs.example/orders");
    assert_eq!(of(&whole), expected);
    assert_ne!(of(&plain), expected, "a clone has members of its own");
}

#[test]
fn each_method_and_path_has_its_answer() {
    let metadata = metadata("https://api.example");
    let path = metadata.path();
    for (method, path, status) in [
        (Method::GET, path, 200),
        (Method::HEAD, path, 200),
        (Method::OPTIONS, path, 204),
        (Method::POST, path, 405),
        (Method::DELETE, path, 405),
        (Method::GET, "/", 404),
        (Method::GET, "/.well-known/oauth-protected-resource/", 404),
        (Method::OPTIONS, "/orders", 404),
    ] {
        let response = metadata.respond(&method, path);
        assert_eq!(response.status(), status, "{method} {path}");
        let open = response.headers().get("access-control-allow-origin").is_some();
        assert_eq!(open, status < 300, "{method} {path}");
    }
    let refused = metadata.respond(&Method::POST, path);
    assert_eq!(refused.headers()["allow"], "GET, HEAD, OPTIONS");
    let document = metadata.respond(&Method::GET, path);
    assert_eq!(document.headers()["content-type"], "application/json");
    assert_eq!(document.headers()["cache-control"], "public, max-age=3600");
    let preflight = metadata.respond(&Method::OPTIONS, path);
    assert_eq!(preflight.headers()["access-control-allow-methods"], "GET, HEAD");
    assert_eq!(preflight.headers()["access-control-allow-headers"], "*");
}

/// As a client of MCP does it: a 401 names the document, which names the pool.
#[tokio::test]
async fn a_client_finds_the_pool_from_a_401() {
    let metadata = metadata("https://api.example/mcp");
    let verifier = JwtVerifier::new(&pool(), "1example23456789abcdefghij").unwrap();
    let bearer = JwtBearer::new(verifier).resource_metadata(metadata.address());
    let app = Router::new()
        .route("/mcp", get(async || "tools"))
        .layer(RequireAccessLayer::new(bearer.require_scope("tools/call")))
        .route_service(metadata.path(), metadata.clone());
    let ask = async |path: &str| {
        let request = Request::get(path).body(Body::empty()).unwrap();
        app.clone().oneshot(request).await.unwrap()
    };
    let refused = ask("/mcp").await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    let challenge = refused.headers()["www-authenticate"].to_str().unwrap();
    let address = "https://api.example/.well-known/oauth-protected-resource/mcp";
    assert_eq!(challenge, format!(r#"Bearer scope="tools/call", resource_metadata="{address}""#));
    let document = ask(address.strip_prefix("https://api.example").unwrap()).await;
    assert_eq!(document.status(), StatusCode::OK);
    let body = axum::body::to_bytes(document.into_body(), 4096).await.unwrap();
    let document: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(document["resource"], "https://api.example/mcp");
    assert_eq!(document["authorization_servers"], json!([ISSUER]));
}
