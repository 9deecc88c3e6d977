//! Tests of `testing::pool::challenges`.

use super::*;

#[test]
fn a_session_is_good_until_it_is_spent_or_over() {
    let minute = Duration::from_secs(60);
    let mut random = Random::from_system().unwrap();
    let mut challenges = Challenges::new(3 * minute);
    let attempt = || LocalAttempt::new("client", "alice");
    let refused = |challenges: &Challenges, now, session: &str| challenges.get(now, session).err();
    let first = challenges.issue(&mut random, minute, attempt(), AskedProof::SoftwareToken);
    let other = challenges.issue(&mut random, minute, attempt(), AskedProof::MfaChoice);
    let last_moment = 4 * minute - Duration::from_millis(1);
    assert_eq!(refused(&challenges, last_moment, &first), None);
    assert_eq!(refused(&challenges, 4 * minute, &first), Some(ChallengeRefusal::Expired));
    assert_eq!(refused(&challenges, minute, "other"), Some(ChallengeRefusal::Unknown));
    challenges.spend(&first);
    assert_eq!(refused(&challenges, minute, &first), Some(ChallengeRefusal::Spent));
    assert_eq!(refused(&challenges, minute, &other), None);
    // What is long over is forgotten.
    challenges.issue(&mut random, 7 * minute, attempt(), AskedProof::MfaChoice);
    assert_eq!(refused(&challenges, 7 * minute, &other), Some(ChallengeRefusal::Unknown));
}

#[test]
fn a_proof_belongs_to_one_challenge() {
    let email = LocalMfaMethod::Email;
    let code = AskedProof::MfaCode { method: email, code: "123456".to_owned() };
    assert_eq!(code.challenge(), Some("EMAIL_OTP"));
    assert_eq!(AskedProof::ConfirmedSignUp.challenge(), None);
}
