//! R3: the times of a token that was just issued, and a clock of this machine that is off.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cognito_auth::{AuthCode, AuthError, IdentityProvider, RefreshToken, Tokens};
use wiremock::MockServer;

use crate::log::listen;
use crate::{CLIENT, Call, ISSUER, REDIRECT, REFRESH, jwt, peer};

/// When the tokens are issued, by Cognito's clock; they live for an hour.
const ISSUED: u64 = 1_767_225_600;

async fn cognito(call: Call) -> MockServer {
    let id_token = jwt(&format!(
        r#"{{"iss":"{ISSUER}","aud":"{CLIENT}","sub":"u1","token_use":"id","iat":{ISSUED},"exp":{}}}"#,
        ISSUED + 3600
    ));
    let body = match call {
        Call::JsonRefresh => {
            format!(r#"{{"AuthenticationResult":{{"AccessToken":"at","IdToken":"{id_token}"}}}}"#)
        }
        _ => format!(r#"{{"access_token":"at","id_token":"{id_token}","token_type":"Bearer"}}"#),
    };
    peer(200, &[], &body).await
}

async fn at(
    call: Call,
    seconds: u64,
    leeway: Option<u64>,
    server: &MockServer,
) -> Result<Tokens, AuthError> {
    let clock = move || -> SystemTime { UNIX_EPOCH + Duration::from_secs(seconds) };
    let mut builder = call.client(&server.uri()).clock(clock);
    if let Some(leeway) = leeway {
        builder = builder.leeway(Duration::from_secs(leeway));
    }
    let client = builder.build().unwrap();
    match call {
        Call::Code => client.auth_with_code(AuthCode::new("c", REDIRECT)).await,
        _ => client.refresh(&RefreshToken::new(REFRESH)).await,
    }
}

#[tokio::test]
async fn a_clock_that_is_off_has_refused_no_user() {
    let clock = |claim, ahead, by| AuthError::Clock { claim, ahead, by: Duration::from_secs(by) };
    for call in [Call::Code, Call::Refresh, Call::JsonRefresh] {
        let server = cognito(call).await;
        for (name, now, leeway, expected) in [
            ("right", ISSUED, None, None),
            ("60 s behind", ISSUED - 60, None, None),
            ("61 s behind", ISSUED - 61, None, Some(clock("iat", false, 61))),
            ("70 s behind, and 300 allowed", ISSUED - 70, Some(300), None),
            (
                "301 s behind, and 300 allowed",
                ISSUED - 301,
                Some(300),
                Some(clock("iat", false, 301)),
            ),
            ("1 s behind, and none allowed", ISSUED - 1, Some(0), Some(clock("iat", false, 1))),
            ("an hour ahead", ISSUED + 3600, None, None),
            ("an hour and a minute ahead", ISSUED + 3660, None, Some(clock("exp", true, 3660))),
            ("10 minutes more, and allowed", ISSUED + 4199, Some(600), None),
            ("at the epoch", 0, None, Some(clock("iat", false, ISSUED))),
        ] {
            let error = at(call, now, leeway, &server).await.err();
            assert_eq!(error, expected, "{call:?}: {name}");
            let Some(error) = error else { continue };
            assert!(error.is_unavailable() && !error.is_refusal(), "{call:?}: {name}");
            assert_eq!(error.code(), "clock");
        }
    }
}

#[tokio::test]
async fn the_log_names_the_clock_and_by_how_much() {
    let server = cognito(Call::Refresh).await;
    let (lines, _guard) = listen();
    let behind = at(Call::Refresh, ISSUED - 70, None, &server).await.unwrap_err().to_string();
    let ahead = at(Call::Refresh, ISSUED + 4000, None, &server).await.unwrap_err().to_string();
    assert_eq!(
        behind,
        "this machine's clock is 70 seconds behind the identity provider's, by iat of a token that was just issued"
    );
    assert_eq!(
        ahead,
        "this machine's clock is 4000 seconds ahead of the identity provider's, by exp of a token that was just issued"
    );
    let text = lines.text();
    for error in [behind, ahead] {
        let line = format!(
            r#"WARN cognito_auth::idp: the times of a token that was just issued do not fit this machine's clock code="clock" error={error}"#
        );
        assert!(text.contains(&line), "{line} is not in\n{text}");
    }
}
