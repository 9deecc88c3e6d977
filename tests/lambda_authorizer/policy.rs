//! What a policy allows, as IAM reads it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cognito_auth::bearer::JwtBearer;
use cognito_auth::lambda_authorizer::LambdaAuthorizer;
use cognito_auth::testing::TokenSpec;
use cognito_auth::{
    AccessClaims, ConfigError, IdClaims, IdTokenChecks, JwtVerifier, RevocationError, SignOut,
    TokenVerifier, VerifyError, async_trait,
};

use super::local_pool::{pool, verifier, verifier_builder};
use super::{API, bearer, resources, token_event};

const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// As IAM does: `*` stands for any characters, slashes included, and `?` for one.
fn matches(pattern: &[u8], arn: &[u8]) -> bool {
    match pattern.split_first() {
        None => arn.is_empty(),
        Some((b'*', rest)) => (0..=arn.len()).any(|from| matches(rest, &arn[from..])),
        Some((b'?', rest)) => arn.split_first().is_some_and(|(_, arn)| matches(rest, arn)),
        Some((one, rest)) => {
            arn.split_first().is_some_and(|(byte, arn)| byte == one && matches(rest, arn))
        }
    }
}

#[tokio::test]
async fn iam_allows_the_routes_of_the_policy_and_no_other() {
    let pool = pool();
    let bearer = bearer(&pool);
    let routes = [("GET", "/orders/*"), ("*", "/admin/*"), ("POST", "/"), ("*", "/status")];
    let mut authorizer = LambdaAuthorizer::new(bearer.clone());
    for (method, path) in routes {
        authorizer = authorizer.route(method, path, bearer.clone()).unwrap();
    }
    let event = token_event(pool.access_token("alice").expose(), "GET/orders");
    let (effect, allowed) = resources(&authorizer.policy(&event).await.unwrap());
    assert_eq!((effect.as_str(), allowed.len()), ("Allow", 16));
    assert!(allowed.iter().all(|arn| arn.len() <= 512));
    let paths = [
        "",
        "orders",
        "orders/",
        "orders/7",
        "orders/7/lines",
        "orders/admin/7",
        "orders/status",
        "admin",
        "admin/",
        "admin/users",
        "admin/a/b",
        "GET/orders/7",
        "POST/",
        "x/GET/admin/y",
        "status",
        "status/x",
        "x/status",
    ];
    for method in METHODS {
        for path in paths {
            let wanted = (method == "GET" && path.starts_with("orders/"))
                || path.starts_with("admin/")
                || (method == "POST" && path.is_empty())
                || path == "status";
            let arn = format!("{API}/test/{method}/{path}");
            let allows = allowed.iter().any(|one| matches(one.as_bytes(), arn.as_bytes()));
            assert_eq!(allows, wanted, "{method} /{path}");
        }
    }
}

/// Whatever the status is that the route answers such a token with.
#[tokio::test]
async fn a_route_that_refuses_a_token_leaves_the_others() {
    let pool = pool();
    let bearer = bearer(&pool);
    let elsewhere = verifier_builder(&pool).require_group("clerks").build().unwrap();
    let token = pool.token(&TokenSpec::access("alice"));
    for strict in [
        bearer.require_acr("urn:cognito:loa:4"),
        bearer.require_machine(),
        bearer.require_scope("orders/write"),
        bearer.require_verified_email(),
        JwtBearer::new(elsewhere),
    ] {
        let status = strict.access_of(&token).await.unwrap_err().status();
        let authorizer = LambdaAuthorizer::new(bearer.clone())
            .route("POST", "/orders", strict)
            .unwrap()
            .route("GET", "/orders", bearer.clone())
            .unwrap();
        let answer = authorizer.policy(&token_event(&token, "POST/orders")).await.unwrap();
        let expected = ("Allow".to_owned(), vec![format!("{API}/test/GET/orders")]);
        assert_eq!(resources(&answer), expected, "{status}");
    }
}

/// It counts the verifications.
#[derive(Debug, Clone)]
struct Counted(JwtVerifier, Arc<AtomicUsize>);

#[async_trait]
impl TokenVerifier for Counted {
    async fn verify_access(&self, token: &str) -> Result<AccessClaims, VerifyError> {
        self.1.fetch_add(1, Ordering::SeqCst);
        self.0.verify_access(token).await
    }

    async fn verify_id(
        &self,
        token: &str,
        checks: IdTokenChecks<'_>,
    ) -> Result<IdClaims, VerifyError> {
        self.0.verify_id(token, checks).await
    }

    async fn sign_out(&self, claims: &AccessClaims) -> Result<SignOut, RevocationError> {
        TokenVerifier::sign_out(&self.0, claims).await
    }
}

#[tokio::test]
async fn a_token_is_verified_once_for_all_routes_of_a_verifier() {
    let pool = pool();
    let count = Arc::new(AtomicUsize::new(0));
    let bearer = JwtBearer::new(Counted(verifier(&pool), count.clone()));
    let mut authorizer = LambdaAuthorizer::new(bearer.clone());
    for number in 0..20 {
        let route = bearer.require_group(if number % 2 == 0 { "admins" } else { "clerks" });
        authorizer = authorizer.route("GET", &format!("/{number}"), route).unwrap();
    }
    let event = token_event(pool.access_token("alice").expose(), "GET/orders");
    let (_, allowed) = resources(&authorizer.policy(&event).await.unwrap());
    assert_eq!((allowed.len(), count.load(Ordering::SeqCst)), (10, 1));
    // A route with a verifier of its own.
    let other = JwtBearer::new(Counted(verifier(&pool), count.clone()));
    let authorizer = authorizer.route("GET", "/other", other).unwrap();
    let (_, allowed) = resources(&authorizer.policy(&event).await.unwrap());
    assert_eq!((allowed.len(), count.load(Ordering::SeqCst)), (11, 3));
}

#[tokio::test]
async fn groups_with_spaces_are_told_apart() {
    let pool = pool();
    let spec = TokenSpec::access("alice").groups(["night shift", "a \"b\""]);
    let event = token_event(&pool.token(&spec), "GET/orders");
    let answer = LambdaAuthorizer::new(bearer(&pool)).policy(&event).await.unwrap();
    assert_eq!(answer.context["groups"], r#"["night shift","a \"b\""]"#);
}

#[tokio::test]
async fn routes_that_no_request_has_are_wrong_settings() {
    let bearer = bearer(&pool());
    let route = |method: &str, path: &str| {
        LambdaAuthorizer::new(bearer.clone()).route(method, path, bearer.clone()).map(drop)
    };
    let longest = format!("/{}", "a".repeat(255));
    for (method, path) in [("GET", "/"), ("*", "/*"), ("DELETE", "/a/*/b"), ("PUT", &longest)] {
        assert_eq!(route(method, path), Ok(()), "{method} {path}");
    }
    for method in ["", "get", "ANY", "GET/x", "G*", "$connect", "CONNECT"] {
        let error = route(method, "/orders").unwrap_err();
        let text = "route cannot be used: its method is not GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS or *";
        assert_eq!(error.to_string(), text, "{method}");
    }
    let too_long = format!("{longest}a");
    for path in [
        "",
        "orders",
        "//orders",
        "/orders/{id}",
        "/{proxy+}",
        "/a?b",
        "/a b",
        "/\u{e4}",
        &too_long,
    ] {
        let error = route("GET", path).unwrap_err();
        assert!(matches!(error, ConfigError::Value { setting: "route", .. }), "{path}");
        assert!(error.to_string().contains("write * for {id}"), "{error}");
    }
}
