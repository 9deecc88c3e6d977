//! Tests of `revocation::live_check::state`.

use super::*;
use crate::pool::PoolName;

const SECOND: Duration = Duration::from_secs(1);

/// The status after an answer: at once, after the kept time, after the longest life of a token.
fn statuses(answer: CognitoAnswer, settings: &LiveCheckSettings) -> [RevocationStatus; 3] {
    let pool = PoolName::from_stored("p");
    let mut token = TokenIdentity::new(&pool, "t", TokenKind::Access, "s", 0);
    (token.origin_jti, token.scope) = (Some("o"), "openid");
    let (keys, start) = (VerdictKeys::of(&token), Instant::now());
    let mut state = LiveCheckState::new(settings);
    state.take(&keys, answer, settings, (start, start, 0)).0.unwrap();
    [Duration::ZERO, 5 * SECOND, ENDED_FOR].map(|age| state.status(&token, settings, start + age))
}

#[test]
fn a_verdict_is_kept_for_as_long_as_it_is_sure() {
    use RevocationStatus::{Live, Revoked, Unknown};
    let lenient = LiveCheckSettings::default();
    let strict = LiveCheckSettings { refuse_what_cannot_be_asked: true, ..lenient };
    for (answer, settings, expected) in [
        (CognitoAnswer::Live, lenient, [Live, Unknown, Unknown]),
        (CognitoAnswer::No, lenient, [Revoked, Unknown, Unknown]),
        (CognitoAnswer::SessionEnded, lenient, [Revoked, Revoked, Unknown]),
        (CognitoAnswer::TokenEnded, lenient, [Revoked, Revoked, Unknown]),
        (CognitoAnswer::CannotBeAsked, lenient, [Live, Unknown, Unknown]),
        (CognitoAnswer::CannotBeAsked, strict, [Revoked, Unknown, Unknown]),
    ] {
        assert_eq!(statuses(answer, &settings), expected, "{answer:?}");
    }
}

#[test]
fn a_wrong_question_says_nothing_about_whether_cognito_answers() {
    let pool = PoolName::from_stored("p");
    let mut token = TokenIdentity::new(&pool, "t", TokenKind::Access, "s", 0);
    token.scope = "openid";
    let (keys, settings, now) =
        (VerdictKeys::of(&token), LiveCheckSettings::default(), Instant::now());
    let mut state = LiveCheckState::new(&settings);
    assert!(
        !state.is_news(CognitoAnswer::Live)
            && !state.is_news(CognitoAnswer::NoVerdict(NoVerdict::Failed("x")))
    );
    for number in 0..10 {
        let answer = CognitoAnswer::NoVerdict(NoVerdict::Unfit("x"));
        assert_eq!(state.is_news(answer), number == 0);
        let (outcome, wait) = state.take(&keys, answer, &settings, (now, now, 0));
        assert_eq!((outcome, wait), (Err(RevocationError::new("x")), None));
    }
    assert_eq!((state.wait(&keys, now), state.kept()), (None, (0, 0)));
    assert_eq!(state.last_error(), Some(RevocationError::new("x")));
}
