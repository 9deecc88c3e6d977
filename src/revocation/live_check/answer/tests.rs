//! Tests of `revocation::live_check::answer`.

use super::*;
use crate::error::{AnswerProblem, ConfigError, Refusal, RequiredSetting};
use crate::idp::UserInfoSource;

fn user(sub: &str) -> Result<UserInfo, AuthError> {
    Ok(UserInfo {
        sub: sub.to_owned(),
        username: "bob".to_owned(),
        email: None,
        email_verified: None,
        attributes: Default::default(),
        source: UserInfoSource::GetUser,
    })
}

#[test]
fn only_an_answer_about_the_same_user_is_a_yes() {
    assert_eq!(read(&user("s"), "s"), CognitoAnswer::Live);
    let other = NoVerdict::Failed("Cognito's answer is about another user");
    assert_eq!(read(&user("S"), "s"), CognitoAnswer::NoVerdict(other));
}

#[test]
fn every_refusal_has_its_meaning() {
    let unfit = |reason| CognitoAnswer::NoVerdict(NoVerdict::Unfit(reason));
    for (code, expected) in [
        (RefusalCode::TokenRevoked, CognitoAnswer::SessionEnded),
        (RefusalCode::UserDisabled, CognitoAnswer::SessionEnded),
        (RefusalCode::UserNotFound, CognitoAnswer::SessionEnded),
        (RefusalCode::InvalidToken, CognitoAnswer::TokenEnded),
        (RefusalCode::TokenExpired, CognitoAnswer::TokenEnded),
        (RefusalCode::NotAuthorized, CognitoAnswer::No),
        (RefusalCode::PasswordResetRequired, CognitoAnswer::No),
        (RefusalCode::UserNotConfirmed, CognitoAnswer::No),
        (RefusalCode::InsufficientScope, unfit("Cognito wants another scope where it was asked")),
        (RefusalCode::ResourceNotFound, unfit("Cognito knows no such user pool")),
        (RefusalCode::OperationNotEnabled, unfit("Cognito cannot be asked in this Region")),
        (RefusalCode::InvalidParameter, unfit("Cognito refused the question")),
        (RefusalCode::InvalidRequest, unfit("Cognito refused the question")),
        (RefusalCode::Other, unfit("Cognito refused the question")),
    ] {
        assert_eq!(read(&Err(Refusal::new(code).into()), "s"), expected, "{code:?}");
    }
}

#[test]
fn no_answer_is_no_verdict() {
    let wait = Some(Duration::from_secs(7));
    for (error, expected) in [
        (AuthError::RateLimited { retry_after: wait }, "over Cognito's quota"),
        (AuthError::Blocked { status: 403, retry_after: None }, "a firewall stopped the question"),
        (AuthError::Unreachable(Unreachable::Connect), "no connection to Cognito"),
        (AuthError::Unreachable(Unreachable::Timeout), "no answer from Cognito in time"),
        (AuthError::Unreachable(Unreachable::CutOff), "Cognito's answer was cut off"),
        (AuthError::ServerError { status: 500 }, "Cognito failed"),
        (
            AuthError::Undecodable { status: 200, reason: AnswerProblem::NotAUser },
            "Cognito's answer cannot be read",
        ),
        (
            ConfigError::Missing { setting: RequiredSetting::Domain }.into(),
            "the identity provider is not set up to be asked",
        ),
        (AuthError::StateMismatch, "the token cannot be asked with"),
    ] {
        let CognitoAnswer::NoVerdict(why) = read(&Err(error), "s") else { panic!("{expected}") };
        assert_eq!(why.error().reason(), expected);
        let retry_after = match why {
            NoVerdict::OverQuota { retry_after } => retry_after,
            _ => None,
        };
        assert_eq!(retry_after, wait.filter(|_| expected == "over Cognito's quota"));
    }
    assert_eq!(read(&Err(AuthError::NoUserScope), "s"), CognitoAnswer::CannotBeAsked);
}
