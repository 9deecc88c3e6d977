//! What a route requires beside the rules of its verifier: `JwtBearer::require_scope` and its relatives.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cognito_auth::bearer::JwtBearer;
use cognito_auth::testing::TokenSpec;

use crate::answer::{Answer, FORBIDDEN, MALFORMED, MISSING, NO_USER, REFUSED, STEP_UP};
use crate::cases::{Entry, Row, Stage};

const METADATA: &str = "https://api.example/.well-known/oauth-protected-resource";

impl Stage {
    pub(crate) fn requirements(&self, entry: Entry) -> Vec<Row> {
        let spec =
            || if entry.takes_id() { TokenSpec::id("alice") } else { TokenSpec::access("alice") };
        let token = |spec: TokenSpec| vec![format!("Bearer {}", self.pool.token(&spec))];
        let alice = || Answer::said(self.pool.sub("alice").unwrap());
        let forbidden =
            || Answer::challenge(403, r#"Bearer error="insufficient_scope""#, FORBIDDEN);
        let for_access = |answer: Answer| if entry.takes_id() { forbidden() } else { answer };
        let for_id = |answer: Answer| if entry.takes_id() { answer } else { forbidden() };
        let challenge = |status, www_authenticate: &str, body| {
            Answer::challenge(status, www_authenticate, body)
        };
        let plain = &self.machines;
        let scope = plain.require_scope("orders/read");
        let scopes = scope.require_scope("orders/write");
        let any_scope = plain.require_any_scope(["orders/read", "orders/write"]);
        let group = plain.require_group("clerks");
        let any_group = plain.require_any_group(["clerks", "admins"]);
        let named = plain.realm("or\"ders").resource_metadata(&METADATA.parse().unwrap());
        let hour = plain.require_auth_within(Duration::from_secs(3600));
        let level_2 = plain.require_acr("urn:cognito:loa:2");
        let email = plain.require_verified_email();
        let (user, machine) = (plain.require_user(), plain.require_machine());
        let ago = |seconds: u64| {
            SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() - seconds
        };
        let too_old = r#"Bearer error="insufficient_user_authentication", max_age="3600""#;
        let too_weak =
            r#"Bearer error="insufficient_user_authentication", acr_values="urn:cognito:loa:2""#;
        let both = r#"Bearer error="insufficient_scope", scope="orders/read orders/write""#;
        let one = r#"Bearer error="insufficient_scope", scope="orders/read""#;
        let without_scope = || challenge(403, one, FORBIDDEN);
        let with_scopes = |scopes: &[&str]| token(spec().scopes(scopes.iter().copied()));
        let missing = |www_authenticate: &str| {
            if entry.is_optional() {
                Answer::said(NO_USER)
            } else {
                challenge(401, www_authenticate, MISSING)
            }
        };
        let mut rows: Vec<Row> = vec![
            (
                "no token for a scope",
                scope.clone(),
                vec![],
                missing(r#"Bearer scope="orders/read""#),
            ),
            ("another scope", scope.clone(), with_scopes(&["orders/write"]), without_scope()),
            (
                "the scope",
                scope.clone(),
                with_scopes(&["openid", "orders/read"]),
                if entry.takes_id() { without_scope() } else { alice() },
            ),
            (
                "one of two scopes",
                scopes,
                with_scopes(&["orders/read"]),
                challenge(403, both, FORBIDDEN),
            ),
            (
                "any of two scopes",
                any_scope.clone(),
                with_scopes(&["orders/write"]),
                for_access(alice()),
            ),
            ("none of two scopes", any_scope, with_scopes(&["orders"]), forbidden()),
            (
                "no scope of none",
                plain.require_any_scope([""; 0]),
                with_scopes(&["a"]),
                forbidden(),
            ),
            ("the group", group.clone(), token(spec().groups(["clerks"])), alice()),
            ("another group", group.clone(), token(spec().groups(["admins"])), forbidden()),
            ("no group", group, token(spec()), forbidden()),
            ("any of two groups", any_group.clone(), token(spec().groups(["admins"])), alice()),
            ("none of two groups", any_group, token(spec().groups(["clerk"])), forbidden()),
            (
                "a sign-in of the last hour",
                hour.clone(),
                token(spec().claim("auth_time", ago(3000))),
                alice(),
            ),
            (
                "a sign-in before",
                hour.clone(),
                token(spec().claim("auth_time", ago(3700))),
                challenge(401, too_old, STEP_UP),
            ),
            (
                "a sign-in at no time",
                hour,
                token(spec().without_claim("auth_time")),
                challenge(401, r#"Bearer error="invalid_token""#, REFUSED),
            ),
            (
                "the level",
                level_2.clone(),
                token(spec().claim("acr", "urn:cognito:loa:2")),
                alice(),
            ),
            (
                "a higher level",
                level_2.clone(),
                token(spec().claim("acr", "urn:cognito:loa:3")),
                alice(),
            ),
            (
                "a lower level",
                level_2.clone(),
                token(spec().claim("acr", "urn:cognito:loa:1")),
                challenge(401, too_weak, STEP_UP),
            ),
            ("no level", level_2.clone(), token(spec()), challenge(401, too_weak, STEP_UP)),
            (
                "a level that is no text",
                level_2,
                token(spec().claim("acr", 3)),
                challenge(401, too_weak, STEP_UP),
            ),
            (
                "a verified address",
                email.clone(),
                token(spec().claim("email_verified", true)),
                for_id(alice()),
            ),
            (
                "an address that is not",
                email,
                token(spec().claim("email_verified", false)),
                forbidden(),
            ),
            ("a user where one is required", user.clone(), token(spec()), alice()),
            ("a user where a machine is required", machine.clone(), token(spec()), forbidden()),
            (
                "the realm and the metadata without a token",
                named.clone(),
                vec![],
                missing(&format!(r#"Bearer realm="or\"ders", resource_metadata="{METADATA}""#)),
            ),
            (
                "the realm and the metadata with a bad token",
                named.clone(),
                token(spec().expired()),
                challenge(
                    401,
                    &format!(
                        r#"Bearer realm="or\"ders", error="invalid_token", resource_metadata="{METADATA}""#
                    ),
                    REFUSED,
                ),
            ),
            (
                "the realm and the metadata with a malformed field",
                named,
                vec!["Bearer".into()],
                challenge(
                    400,
                    &format!(
                        r#"Bearer realm="or\"ders", error="invalid_request", resource_metadata="{METADATA}""#
                    ),
                    MALFORMED,
                ),
            ),
        ];
        if !entry.takes_id() {
            let of_machine = || token(TokenSpec::machine());
            let refused = challenge(401, r#"Bearer error="invalid_token""#, REFUSED);
            rows.push(("a machine where a user is required", user, of_machine(), refused));
            let said = Answer::said(self.pool.client_id());
            rows.push(("a machine where one is required", machine, of_machine(), said));
        }
        rows
    }
}

/// A scope that no token can have is not named, and neither is a realm that no header field can contain.
#[tokio::test]
async fn what_a_header_field_cannot_contain_is_left_out() {
    let stage = Stage::set().await;
    let without_token = |bearer: &JwtBearer| {
        let bearer = bearer.clone();
        async move { bearer.access(&http::HeaderMap::new()).await.unwrap_err() }
    };
    for scope in ["", "a b", "a\"b", "a\\b", "a\nb", "\u{e9}"] {
        let challenge = without_token(&stage.machines.require_scope(scope)).await;
        assert_eq!(challenge.www_authenticate().unwrap(), "Bearer", "{scope:?}");
    }
    for realm in ["a\nb", "\u{e9}", "\u{7f}"] {
        let challenge = without_token(&stage.machines.realm(realm)).await;
        assert_eq!(challenge.www_authenticate().unwrap(), "Bearer", "{realm:?}");
    }
}
