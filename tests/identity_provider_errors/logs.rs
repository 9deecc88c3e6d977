//! What is logged of a call, at the loudest level.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cognito_auth::{AuthCode, IdentityProvider};

use crate::log::listen;
use crate::{Bench, CLIENT, Call, EVERY_CALL, REDIRECT, REFRESH, SECRET, access_token, peer};

#[tokio::test]
async fn operation_status_and_code_are_logged_and_no_secret() {
    let bench = Bench::new().await;
    let tokens =
        r#"{"access_token":"issued-token","refresh_token":"issued-refresh","token_type":"Bearer"}"#;
    let (lines, _guard) = listen();
    for call in EVERY_CALL {
        bench.outcome(call, 200, &[], tokens).await.ok();
        bench.outcome(call, 400, &[], r#"{"error":"invalid_grant"}"#).await.ok();
    }
    let server = peer(500, &[], "").await;
    let verifier = "verifier".repeat(8);
    let code = AuthCode::new("a1b2c3d4-code", REDIRECT).with_code_verifier(verifier.as_str());
    Call::Code.client(&server.uri()).build().unwrap().auth_with_code(code).await.unwrap_err();

    let text = lines.text();
    for line in [
        r#"answered operation="authorization_code" status=200 code="ok""#,
        r#"answered operation="authorization_code" status=400 code="invalid_grant""#,
        r#"answered operation="authorization_code" status=500 code="server_error""#,
        r#"answered operation="GlobalSignOut" status=200 code="ok""#,
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    let basic = STANDARD.encode(format!("{CLIENT}:{SECRET}"));
    for secret in [
        SECRET,
        basic.as_str(),
        REFRESH,
        verifier.as_str(),
        "a1b2c3d4-code",
        "issued-token",
        "issued-refresh",
        access_token(Call::GetUser).expose(),
        access_token(Call::UserInfo).expose(),
    ] {
        assert!(!text.contains(secret), "{secret} is in the log");
    }
}
