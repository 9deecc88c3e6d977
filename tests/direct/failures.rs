//! Errors, by the names of exceptions.

use cognito_auth::direct::{NextStep, SignInAttempt, SignInFailure};
use cognito_auth::{AuthError, InputProblem, Refusal, RefusalCode, Unreachable};
use serde_json::json;

use crate::{Answer, Peer, asked, challenge, id_token, jwt, tokens};
use crate::{CLIENT, ISSUER, NOW, SUB};

/// A name, the code, what a login page does, and who has to act: the user, the operator, or the caller later.
const EXCEPTIONS: &[(&str, &str, &str, &str)] = &[
    ("NotAuthorizedException", "not_authorized", "refused", "user"),
    ("UserNotFoundException", "not_authorized", "refused", "user"),
    ("UserNotConfirmedException", "user_not_confirmed", "confirm", "user"),
    ("PasswordResetRequiredException", "password_reset_required", "reset", "user"),
    ("CodeMismatchException", "code_mismatch", "refused", "user"),
    ("ExpiredCodeException", "expired_code", "refused", "user"),
    ("InvalidPasswordException", "invalid_password", "refused", "user"),
    ("PasswordHistoryPolicyViolationException", "password_in_history", "refused", "user"),
    ("UsernameExistsException", "username_exists", "refused", "user"),
    ("AliasExistsException", "alias_exists", "refused", "user"),
    ("UserLambdaValidationException", "trigger_failed", "refused", "user"),
    ("MFAMethodNotFoundException", "mfa_method_not_found", "refused", "user"),
    ("SoftwareTokenMFANotFoundException", "mfa_method_not_found", "refused", "user"),
    ("EnableSoftwareTokenMFAException", "software_token_rejected", "refused", "user"),
    ("WebAuthnChallengeNotFoundException", "passkey_challenge_over", "start over", "user"),
    ("WebAuthnClientMismatchException", "passkey_rejected", "refused", "user"),
    ("WebAuthnCredentialNotSupportedException", "passkey_rejected", "refused", "user"),
    ("LimitExceededException", "limit_exceeded", "slow down", "later"),
    ("TooManyFailedAttemptsException", "too_many_failed_attempts", "slow down", "later"),
    ("TooManyRequestsException", "rate_limited", "slow down", "later"),
    ("WebAuthnOriginNotAllowedException", "passkey_origin", "fault", "operator"),
    ("WebAuthnRelyingPartyMismatchException", "passkey_origin", "fault", "operator"),
    ("WebAuthnNotEnabledException", "feature_unavailable", "fault", "operator"),
    ("WebAuthnConfigurationMissingException", "feature_unavailable", "fault", "operator"),
    ("FeatureUnavailableInTierException", "feature_unavailable", "fault", "operator"),
    ("UserPoolAddOnNotEnabledException", "feature_unavailable", "fault", "operator"),
    ("InvalidParameterException", "invalid_parameter", "fault", "operator"),
    ("ResourceNotFoundException", "resource_not_found", "fault", "operator"),
    ("InvalidUserPoolConfigurationException", "pool_configuration", "fault", "operator"),
    ("InvalidSmsRoleAccessPolicyException", "pool_configuration", "fault", "operator"),
    ("InvalidSmsRoleTrustRelationshipException", "pool_configuration", "fault", "operator"),
    ("InvalidEmailRoleAccessPolicyException", "pool_configuration", "fault", "operator"),
    ("CodeDeliveryFailureException", "code_delivery_failed", "fault", "later"),
    ("ConcurrentModificationException", "concurrent_modification", "fault", "later"),
    ("DeviceKeyExistsException", "concurrent_modification", "fault", "later"),
    ("UnexpectedLambdaException", "server_error", "fault", "later"),
    ("InvalidLambdaResponseException", "server_error", "fault", "later"),
    ("InternalErrorException", "server_error", "fault", "later"),
    ("ForbiddenException", "blocked", "fault", "later"),
    ("UnsupportedOperationException", "unsupported_operation", "fault", "operator"),
    ("OperationNotEnabledException", "operation_not_enabled", "fault", "later"),
    ("AnExceptionOfNextYearException", "other", "fault", "later"),
];

fn sort(error: &AuthError) -> &'static str {
    match SignInFailure::of(error) {
        SignInFailure::Refused => "refused",
        SignInFailure::NextStep(NextStep::ConfirmSignUp) => "confirm",
        SignInFailure::NextStep(NextStep::ResetPassword) => "reset",
        SignInFailure::NextStep(NextStep::StartOver) => "start over",
        SignInFailure::NextStep(NextStep::ForgetDevice) => "forget the device",
        SignInFailure::SlowDown { .. } => "slow down",
        SignInFailure::Fault => "fault",
        other => panic!("{other:?}"),
    }
}

pub(crate) fn who(error: &AuthError) -> &'static str {
    match [error.is_refusal(), error.is_misconfiguration(), error.is_unavailable()] {
        [true, false, false] => "user",
        [false, true, false] => "operator",
        [false, false, true] => "later",
        answers => panic!("{error:?}: {answers:?}"),
    }
}

#[tokio::test]
async fn the_name_of_an_exception_decides_and_not_its_text() {
    let peer = Peer::start().await;
    let direct = peer.direct();
    for (name, code, page, acts) in EXCEPTIONS {
        for text in ["", "Incorrect username or password.", "User does not exist.", "Lorem ipsum"] {
            for kind in [(*name).to_owned(), format!("com.amazonaws.x#{name}")] {
                peer.script([Answer::exception(&kind, text)]);
                let attempt = SignInAttempt::with_plain_password("alice", "Passw0rd!");
                let error = direct.start(attempt).await.unwrap_err();
                let told = (error.code(), sort(&error), who(&error));
                assert_eq!(told, (*code, *page, *acts), "{kind} {text}");
            }
        }
    }
}

#[tokio::test]
async fn an_unknown_user_is_a_wrong_password() {
    let attempt = || SignInAttempt::with_password("alice", "Passw0rd!");
    let unknown = Answer::exception("UserNotFoundException", "User does not exist.");
    let wrong = Answer::exception("NotAuthorizedException", "Incorrect username or password.");
    let mut told = Vec::new();
    for answer in [unknown, wrong] {
        let peer = Peer::with([answer]).await;
        let error = peer.direct().start(attempt()).await.unwrap_err();
        told.push((error.to_string(), error.code(), format!("{error:?}")));
    }
    assert_eq!(told[0], told[1]);
}

/// Pages that anyone can open: a name that does not exist, or has no address, reads like any other.
#[tokio::test]
async fn an_account_that_does_not_exist_reads_like_any_other() {
    let peer = Peer::start().await;
    let (direct, code) = (peer.direct(), "123456".into());
    for name in ["UserNotFoundException", "InvalidParameterException"] {
        peer.script([Answer::exception(name, "")]);
        assert_eq!(direct.forgot_password("alice").await, Ok(None), "{name}");
        assert_eq!(direct.resend_confirmation_code("alice").await, Ok(None), "{name}");
    }
    peer.script([Answer::exception("UserNotFoundException", "")]);
    let error = direct.confirm_forgot_password("alice", &code, &"N3w-Passw0rd".into()).await;
    assert_eq!(error.unwrap_err().code(), "code_mismatch");
    let error = direct.confirm_sign_up("alice", &code, None).await.unwrap_err();
    assert_eq!((error.code(), sort(&error)), ("code_mismatch", "refused"));
    // What is refused of any name is ours.
    peer.script([Answer::exception("ResourceNotFoundException", "")]);
    let error = direct.forgot_password("alice").await.unwrap_err();
    assert_eq!((error.code(), sort(&error)), ("resource_not_found", "fault"));
}

/// What is gone already is no error of this service.
#[tokio::test]
async fn what_is_removed_twice_is_removed() {
    let peer = Peer::with([Answer::exception("ResourceNotFoundException", "")]).await;
    let (direct, token) = (peer.direct(), crate::access_token().into());
    let device = "eu-west-1_00000000-0000-4000-8000-000000000001";
    assert_eq!(direct.forget_device(&token, device).await, Ok(()));
    assert_eq!(direct.delete_passkey(&token, "a-passkey").await, Ok(()));
    let error = direct.remember_device(&token, device, true).await.unwrap_err();
    assert_eq!(error.code(), "device_not_found");
}

/// A page that was open for too long, and a token that has expired, are no wrong password; nor is a pool that
/// is not the one that was set.
#[test]
fn what_is_over_is_started_again_and_our_own_fault_is_no_refusal() {
    let of = |error: &AuthError| sort(error);
    let not_sealed =
        AuthError::Input { what: "the challenge", reason: InputProblem::NotASealedChallenge };
    assert_eq!(of(&not_sealed), "start over");
    assert_eq!(of(&AuthError::SignInExpired), "start over");
    for code in [
        RefusalCode::TokenExpired,
        RefusalCode::TokenRevoked,
        RefusalCode::InvalidToken,
        RefusalCode::InvalidGrant,
        RefusalCode::InvalidRefreshToken,
        RefusalCode::RefreshTokenReused,
    ] {
        assert_eq!(of(&Refusal::new(code).into()), "start over", "{code}");
    }
    // Of a refresh that was granted, the error within it.
    let mismatch = AuthError::IdTokenMismatch { claim: "aud" };
    assert!(mismatch.is_refusal());
    assert_eq!(of(&mismatch.with_new_refresh_token(Some("refresh.me".into()))), "fault");
    assert_eq!(of(&Refusal::new(RefusalCode::DeviceNotFound).into()), "forget the device");
    let no_random =
        AuthError::Input { what: "the number for SRP", reason: InputProblem::NoRandomness };
    assert_eq!(of(&no_random), "fault");
    assert_eq!(of(&Refusal::new(RefusalCode::InsufficientScope).into()), "fault");
}

#[tokio::test]
async fn texts_that_say_that_a_challenge_is_over() {
    for (text, page) in [
        ("Invalid session for the user.", "start over"),
        ("Invalid session for the user, session is expired.", "start over"),
        ("Invalid session for the user, session can only be used once.", "start over"),
        ("Password attempts exceeded", "refused"),
        ("User is disabled.", "refused"),
        ("Unable to verify secret hash for client 1example23456789abcdefghij", "fault"),
    ] {
        let mfa = Answer::from(challenge("SMS_MFA", json!({})));
        let peer = Peer::with([mfa, Answer::exception("NotAuthorizedException", text)]).await;
        let attempt = SignInAttempt::with_plain_password("alice", "Passw0rd!");
        let cognito_auth::direct::SignInChallenge::SmsMfa(challenge) =
            asked(peer.direct().start(attempt).await)
        else {
            panic!("another challenge");
        };
        let error = challenge.answer(&"123456".into()).await.unwrap_err();
        assert_eq!(sort(&error), page, "{text}");
    }
}

#[tokio::test]
async fn a_retry_after_is_passed_on() {
    let throttled = Answer::exception("TooManyRequestsException", "Rate exceeded");
    let peer = Peer::with([throttled.header("retry-after", "7")]).await;
    let attempt = SignInAttempt::with_password("alice", "Passw0rd!");
    let error = peer.direct().start(attempt).await.unwrap_err();
    let seven = Some(std::time::Duration::from_secs(7));
    assert_eq!(SignInFailure::of(&error), SignInFailure::SlowDown { retry_after: seven });
}

#[tokio::test]
async fn an_answer_that_is_lost_is_no_refusal() {
    let error = AuthError::Unreachable(Unreachable::CutOff);
    assert_eq!(SignInFailure::of(&error), SignInFailure::Fault);
    assert_eq!(SignInFailure::of(&AuthError::SignInExpired), {
        SignInFailure::NextStep(NextStep::StartOver)
    });
}

/// Tokens that are not this sign-in's are refused, and their session is ended.
#[tokio::test]
async fn tokens_of_another_client_or_user_are_refused_and_revoked() {
    let access = |claims: serde_json::Value| {
        let mut whole =
            json!({ "sub": SUB, "client_id": CLIENT, "token_use": "access", "exp": NOW + 60 });
        for (name, value) in claims.as_object().unwrap() {
            whole[name] = value.clone();
        }
        jwt(&whole)
    };
    let id = |aud: &str, sub: &str| {
        let times = json!({ "exp": NOW + 3600, "iat": NOW });
        jwt(&json!({
            "sub": sub, "aud": aud, "token_use": "id", "iss": ISSUER, "exp": times["exp"],
            "iat": times["iat"],
        }))
    };
    for (access_token, id_token, claim) in [
        (access(json!({})), Some(id("another", SUB)), "aud"),
        (access(json!({ "sub": "another" })), Some(id_token()), "sub"),
        (access(json!({ "client_id": "another" })), Some(id_token()), "client_id"),
        (access(json!({ "token_use": "id" })), Some(id_token()), "token_use"),
        ("opaque".to_owned(), Some(id_token()), "sub"),
        (access(json!({})), None, "nonce"),
    ] {
        let mut answer = tokens();
        answer["AuthenticationResult"]["AccessToken"] = json!(access_token);
        answer["AuthenticationResult"]["IdToken"] = json!(id_token);
        let peer = Peer::with([answer.into(), json!({}).into()]).await;
        let attempt = SignInAttempt::with_plain_password("alice", "Passw0rd!");
        let error = peer.direct().start(attempt).await.unwrap_err();
        assert_eq!(error, AuthError::IdTokenMismatch { claim });
        let (operation, body) = peer.sent().await.pop().unwrap();
        assert_eq!((operation.as_str(), &body["Token"]), ("RevokeToken", &json!("refresh.me")));
    }
}

#[tokio::test]
async fn values_that_cannot_be_sent_are_not_sent() {
    let peer = Peer::start().await;
    let direct = peer.direct();
    for attempt in [
        SignInAttempt::with_password("", "Passw0rd!"),
        SignInAttempt::with_password("a b", "Passw0rd!"),
        SignInAttempt::with_password("a".repeat(129), "Passw0rd!"),
        SignInAttempt::with_password("alice", ""),
        SignInAttempt::with_plain_password("alice", "a".repeat(257)),
        SignInAttempt::by_choice("alice").prefer_password(""),
        SignInAttempt::custom_after_password("alice", ""),
    ] {
        let error = direct.start(attempt).await.unwrap_err();
        assert_eq!((error.code(), who(&error)), ("input", "user"));
    }
    assert!(peer.sent().await.is_empty());
}
