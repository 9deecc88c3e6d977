//! `explain`: every rule in words, and never the token.

#[path = "../../examples/explain/demands.rs"]
#[allow(dead_code)]
mod demands;
#[path = "../../examples/explain/reason.rs"]
mod reason;
#[path = "../../examples/shared/settings.rs"]
mod settings;

use cognito_auth::testing::{LocalUser, LocalUserPool, TokenSpec};
use cognito_auth::{IssuerKind, UserPool, VerifyError};

use super::{command, run};
use demands::Demands;
use reason::Reason;
use settings::Settings;

/// Settings beside those of the pool, the token, and what each line has to say.
struct Case {
    settings: &'static [(&'static str, &'static str)],
    token: String,
    rule: &'static str,
    found: String,
    change: &'static str,
}

#[tokio::test(flavor = "multi_thread")]
async fn every_rule_has_words_and_a_remedy() {
    let pool = LocalUserPool::start().await.unwrap();
    pool.add_user(LocalUser::new("alice", "Passw0rd!23").group("clerks"));
    let issuer = pool.user_pool().issuers()[0].clone();
    let client = pool.client_id();
    let updated = UserPool::new("eu-west-1_LocalPool").unwrap();
    let updated = updated.with_issuer_kind(IssuerKind::Updated).issuers()[0].clone();
    let access = || TokenSpec::access("alice");
    let case = |token: &TokenSpec, rule, found: &str, change| Case {
        settings: &[],
        token: pool.token(token),
        rule,
        found: found.to_owned(),
        change,
    };
    let cases = vec![
        case(
            &TokenSpec::id("alice"),
            "token_use_mismatch",
            "an ID token, and an access token is expected",
            "send `access_token` of the token endpoint's answer",
        ),
        Case {
            settings: &[("EXPECT", "id")],
            ..case(
                &access(),
                "token_use_mismatch",
                "an access token, and an ID token is expected",
                "send `id_token` of the token endpoint's answer",
            )
        },
        case(
            &access().client_id("2example"),
            "client_not_allowed",
            &format!("the app client \"2example\", and only {client:?} is accepted"),
            "set COGNITO_CLIENT_ID",
        ),
        Case {
            settings: &[("EXPECT", "id")],
            ..case(
                &TokenSpec::id("alice").client_id("2example"),
                "client_not_allowed",
                &format!("the app client \"2example\", and only {client:?} is accepted"),
                "set COGNITO_CLIENT_ID",
            )
        },
        case(
            &access().issuer(&updated),
            "issuer_not_allowed",
            &format!("the pool's updated issuer, {updated}, and only {issuer} is accepted"),
            "accept both kinds",
        ),
        case(
            &access().issuer("https://example.com/\u{1b}[2J"),
            "issuer_not_allowed",
            &format!(
                "the issuer \"https://example.com/\\u{{1b}}[2J\", and only {issuer} is accepted"
            ),
            "check COGNITO_USER_POOL_ID",
        ),
        Case {
            settings: &[("REQUIRE_SCOPES", "openid orders/read orders/write")],
            ..case(
                &access().scopes(["openid", "orders/read"]),
                "scope_missing",
                "without orders/write; the token has \"openid orders/read\"",
                "Custom scopes",
            )
        },
        Case {
            settings: &[("REQUIRE_SCOPES", "orders/read")],
            ..case(
                &access().scopes(["aws.cognito.signin.user.admin"]),
                "scope_missing",
                "without orders/read; the token has \"aws.cognito.signin.user.admin\"",
                "InitiateAuth gives no other scope",
            )
        },
        Case {
            settings: &[("REQUIRE_GROUPS", "admins clerks")],
            ..case(
                &access(),
                "group_missing",
                "not in admins; the token has the groups [\"clerks\"]",
                "add the user to the group",
            )
        },
        case(
            &access().expires_in(-3 * 86_400),
            "expired",
            "the token expired 3 days ago",
            "Access token expiration",
        ),
        case(
            &access().expires_in(2 * 86_400),
            "lifetime_too_long",
            "the token was made to live longer than 24 hours",
            "set `exp` to an hour after `iat`",
        ),
        case(
            &access().claim("aud", "https://other.example"),
            "audience_not_allowed",
            "the audience \"https://other.example\", and it is not this service's",
            "name it: resource()",
        ),
        case(
            &access().claim("nbf", 4_102_444_800_u64),
            "not_yet_valid",
            "days from now",
            "set this machine's clock",
        ),
        case(
            &access().kid("another"),
            "unknown_key",
            "no key with the id \"another\"",
            "sign in again",
        ),
        case(
            &access().with_broken_signature(),
            "signature_invalid",
            "the signature does not hold",
            "copy the whole token again",
        ),
        case(
            &TokenSpec::machine(),
            "user_required",
            "the token is a machine's",
            "ACCEPT_MACHINES=yes",
        ),
        case(
            &access().algorithm_text("HS256"),
            "algorithm_not_allowed",
            "the algorithm is not the configured one",
            "the pool's own token endpoint",
        ),
        Case {
            token: "a.b.c.d.e".to_owned(),
            ..case(
                &access(),
                "not_three_parts",
                "as Cognito's refresh tokens are",
                "the access token",
            )
        },
        Case {
            token: "opaque".to_owned(),
            ..case(&access(), "not_three_parts", "1 part(s)", "copy the token again")
        },
    ];
    for case in cases {
        let Some(mut explain) = command("explain", &pool) else { return };
        explain.envs(case.settings.iter().copied());
        let (code, out, err) = run(&mut explain, &format!("Bearer {}\n", case.token));
        assert_eq!((code, err.as_str()), (1, ""), "{out}");
        let lines: Vec<&str> = out.lines().collect();
        let [rule, found, change] = lines[..] else { panic!("not three lines: {out}") };
        assert_eq!(rule, format!("rule: {}", case.rule), "{out}");
        assert!(found.contains(&case.found), "{:?} should say {:?}", found, case.found);
        assert!(change.contains(case.change), "{:?} should say {:?}", change, case.change);
        for part in case.token.split('.').filter(|part| part.len() > 8) {
            assert!(!out.contains(part), "{out}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn good_tokens_and_no_keys() {
    let pool = LocalUserPool::start().await.unwrap();
    pool.add_user(LocalUser::new("alice", "Passw0rd!23"));
    let Some(mut explain) = command("explain", &pool) else { return };
    let token = pool.access_token("alice");
    let good = (0, "The token is good.\n".to_owned(), String::new());
    assert_eq!(run(&mut explain, token.expose()), good);

    let Some(mut machines) = command("explain", &pool) else { return };
    machines.env("ACCEPT_MACHINES", "yes");
    assert_eq!(run(&mut machines, &pool.token(&TokenSpec::machine())), good);

    pool.stop();
    let (code, out, _) = run(&mut explain, token.expose());
    assert_eq!(code, 3);
    assert!(
        out.starts_with("rule: keys_unavailable\nfound: the pool's keys are not available"),
        "{out}"
    );
    assert!(out.contains(pool.user_pool().jwks_uri().as_str()), "{out}");

    explain.env("EXPECT", "refresh");
    let (code, _, err) = run(&mut explain, token.expose());
    assert_eq!((code, err.as_str()), (2, "EXPECT is `access` or `id`\n"));
}

#[test]
fn every_code_has_words_of_its_own() {
    let environment = |name: &str| match name {
        "COGNITO_USER_POOL_ID" => Some("eu-west-1_AbCdEf123".to_owned()),
        "COGNITO_CLIENT_ID" => Some("1example23456789abcdefghij".to_owned()),
        _ => None,
    };
    let settings = Settings::of_cognito(environment).unwrap().unwrap();
    let demands = Demands::from_environment(|_| None).unwrap();
    for error in VerifyError::one_of_each_code() {
        let told = Reason::of(&error, "opaque", &settings, &demands).to_string();
        let lines: Vec<_> = told.lines().collect();
        assert_eq!(lines.len(), 3, "{told}");
        assert_eq!(lines[0], format!("rule: {}", error.code()));
        assert!(lines[1..].iter().all(|line| line.len() > "change: ".len() + 8), "{told}");
    }
}
