//! The token in a request: which field is read, what is answered, and the extractor of axum.

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use cognito_auth::alb::{AlbClaims, AlbVerifier};
use http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode};
use tower::ServiceExt as _;

use crate::forge::{Forge, IDENTITY_CENTER, Service};
use crate::row::verifier;
use crate::world::world;

const FIELDS: [&str; 2] = ["x-amzn-oidc-data", "x-amzn-ava-user-context"];

fn headers(fields: &[(&'static str, &[u8])]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        let name = HeaderName::from_static(name);
        headers.append(name, HeaderValue::from_bytes(value).unwrap());
    }
    headers
}

#[tokio::test]
async fn one_field_is_read_and_it_is_there_once() {
    for service in Service::ALL {
        let server = world().serve(service).await;
        let verifier = verifier(service, &server).build().unwrap();
        let field = FIELDS[service as usize];
        assert_eq!(verifier.header_field(), field);
        let good = Forge::good(service).token();
        let good = good.as_bytes();
        let forged = Forge::good(service).by_stranger().token();
        let forged = forged.as_bytes();
        let other = FIELDS[1 - service as usize];
        let spaced = [b" ", good, b"\t"].concat();
        type Fields<'a> = Vec<(&'static str, &'a [u8])>;
        type Outcome = Result<(), (u16, &'static str)>;
        let rows: Vec<(&str, Fields<'_>, Outcome)> = vec![
            ("one", vec![(field, good)], Ok(())),
            ("one, and the other service's", vec![(other, b"x"), (field, good)], Ok(())),
            ("with white space around it", vec![(field, &spaced)], Ok(())),
            ("none", vec![], Err((401, "missing_token"))),
            ("the other service's", vec![(other, good)], Err((401, "missing_token"))),
            ("Authorization", vec![("authorization", good)], Err((401, "missing_token"))),
            ("two equal ones", vec![(field, good); 2], Err((400, "invalid_request"))),
            (
                "a forged one behind it",
                vec![(field, good), (field, forged)],
                Err((400, "invalid_request")),
            ),
            (
                "a forged one before it",
                vec![(field, forged), (field, good)],
                Err((400, "invalid_request")),
            ),
            (
                "one beside an empty one",
                vec![(field, b""), (field, good)],
                Err((400, "invalid_request")),
            ),
            ("no text", vec![(field, b"\xff\xfe")], Err((400, "invalid_request"))),
            ("empty", vec![(field, b"")], Err((401, "invalid_token"))),
            ("forged", vec![(field, forged)], Err((401, "invalid_token"))),
        ];
        for (name, fields, expected) in rows {
            let headers = headers(&fields);
            let verdict = verifier.user_of(&headers).await;
            let read = verdict.map(drop).map_err(|no| (no.status().as_u16(), no.code()));
            assert_eq!(read, expected, "{service:?}: {name}");
            // The same, but that a request without the field is let in.
            let optional = verifier.optional_user_of(&headers).await;
            let optional = optional.map(|user| user.is_some());
            let optional = optional.map_err(|no| (no.status().as_u16(), no.code()));
            let expected = match expected {
                Err((_, "missing_token")) => Ok(false),
                other => other.map(|()| true),
            };
            assert_eq!(optional, expected, "{service:?}: {name}");
        }
    }
}

#[tokio::test]
async fn the_claims_are_those_of_the_payload() {
    for service in Service::ALL {
        let server = world().serve(service).await;
        let verifier = verifier(service, &server).build().unwrap();
        let token = Forge::good(service).claim("custom:tenant", "acme").token();
        let user = verifier.verify(&token).await.unwrap();
        assert_eq!(user.sub(), "a33408e2-2071-70ef-04ae-70f524b3b6c6");
        assert_eq!((user.username(), user.name()), (Some("bob"), Some("Bob Example")));
        assert_eq!((user.email(), user.email_verified()), (Some("bob@example.com"), Some(true)));
        assert_eq!(user.issuer(), crate::support::ISSUER);
        assert_eq!(user.signer(), service.arn());
        let client = (service == Service::LoadBalancer).then_some(crate::support::CLIENT_ID);
        assert_eq!(user.client_id(), client);
        let expires_at = user.expires_at().duration_since(std::time::UNIX_EPOCH).unwrap();
        assert_eq!(expires_at.as_secs(), crate::support::NOW + 120);

        #[derive(serde::Deserialize)]
        struct Tenant {
            #[serde(rename = "custom:tenant")]
            tenant: String,
        }
        assert_eq!(user.custom::<Tenant>().unwrap().tenant, "acme");
        assert_eq!(user.custom::<Vec<u8>>().unwrap_err().code(), "claim_malformed");
        let json = serde_json::to_value(&user).unwrap();
        assert_eq!(json["custom:tenant"], "acme");
        // E-mail address and name are personal data.
        let shown = format!("{user:?}");
        assert!(shown.contains(user.sub()) && !shown.contains("example.com\""), "{shown}");
        assert!(!shown.contains("bob@") && !shown.contains("Bob"), "{shown}");
    }
}

#[tokio::test]
async fn a_user_of_iam_identity_center_has_the_same_accessors() {
    let server = world().serve(Service::VerifiedAccess).await;
    let verifier = verifier(Service::VerifiedAccess, &server).build().unwrap();
    // The example of AWS's page "User claims passing and signature verification".
    let payload = r#"{"user": {"user_id": "f478d4c8-a001-7064-6ea6-12423523", "user_name": "test-123",
        "email": {"address": "test@amazon.com", "verified": false}}}"#;
    let token = |issuer, payload: &str| {
        Forge::good(Service::VerifiedAccess).header("iss", issuer).payload_text(payload).token()
    };
    let user = verifier.verify(token(IDENTITY_CENTER, payload)).await.unwrap();
    assert_eq!(user.sub(), "f478d4c8-a001-7064-6ea6-12423523");
    assert_eq!((user.username(), user.name()), (Some("test-123"), None));
    assert_eq!((user.email(), user.email_verified()), (Some("test@amazon.com"), Some(false)));
    assert_eq!(user.issuer(), IDENTITY_CENTER);

    // Beside a claim of the same name: all of it from one place, which is the issuer's.
    let both = payload.replacen('{', r#"{"sub": "a1", "email": "a@example.com","#, 1);
    let user = verifier.verify(token(IDENTITY_CENTER, &both)).await.unwrap();
    assert_eq!(user.sub(), "f478d4c8-a001-7064-6ea6-12423523");
    assert_eq!((user.email(), user.email_verified()), (Some("test@amazon.com"), Some(false)));
    let verified = both.replace("false", "true");
    let user = verifier.verify(token(crate::support::ISSUER, &verified)).await.unwrap();
    assert_eq!((user.sub(), user.username()), ("a1", None));
    assert_eq!((user.email(), user.email_verified()), (Some("a@example.com"), None));
    let unsaid = payload.replace(r#""address": "test@amazon.com", "verified": false"#, "");
    let said = unsaid.replacen('{', r#"{"email": "a@example.com", "email_verified": true,"#, 1);
    let user = verifier.verify(token(IDENTITY_CENTER, &said)).await.unwrap();
    assert_eq!((user.email(), user.email_verified()), (None, None));
}

async fn hello(user: AlbClaims) -> String {
    format!("hello {}", user.username().unwrap_or_default())
}

async fn greet(user: Option<AlbClaims>) -> String {
    format!("hello {}", user.as_ref().and_then(AlbClaims::username).unwrap_or("stranger"))
}

fn app(verifier: AlbVerifier) -> Router {
    Router::new().route("/hello", get(hello)).route("/greet", get(greet)).with_state(verifier)
}

#[tokio::test]
async fn axum_takes_the_user_as_an_argument() {
    let server = world().serve(Service::LoadBalancer).await;
    let app = app(verifier(Service::LoadBalancer, &server).build().unwrap());
    let good = Forge::good(Service::LoadBalancer).token();
    let forged = Forge::good(Service::LoadBalancer).by_stranger().token();
    for (path, tokens, status, text) in [
        ("/hello", vec![&good], 200, "hello bob"),
        ("/greet", vec![&good], 200, "hello bob"),
        ("/hello", vec![], 401, "missing_token"),
        ("/greet", vec![], 200, "hello stranger"),
        ("/hello", vec![&forged], 401, "invalid_token"),
        ("/greet", vec![&forged], 401, "invalid_token"),
        ("/hello", vec![&good, &good], 400, "invalid_request"),
        ("/greet", vec![&good, &forged], 400, "invalid_request"),
    ] {
        let mut request = Request::get(path);
        for token in tokens {
            request = request.header(FIELDS[0], token);
        }
        let response = app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::from_u16(status).unwrap(), "{path} {text}");
        let body = axum::body::to_bytes(response.into_body(), 4096).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        assert!(body.contains(text), "{path}: {body}");
    }
}
