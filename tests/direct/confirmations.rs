//! What Cognito refuses at a confirmation reaches the user as it is, but for a name that does not exist.

use crate::{Answer, Peer};

#[tokio::test]
async fn only_an_unknown_user_is_told_of_a_wrong_code() {
    for (exception, expected) in [
        ("UserNotFoundException", "code_mismatch"),
        ("CodeMismatchException", "code_mismatch"),
        ("ExpiredCodeException", "expired_code"),
        ("InvalidPasswordException", "invalid_password"),
        ("LimitExceededException", "limit_exceeded"),
    ] {
        let peer = Peer::with([Answer::exception(exception, "")]).await;
        let direct = peer.direct();
        let error = direct
            .confirm_forgot_password("alice", &"123456".into(), &"Passw0rd!".into())
            .await
            .unwrap_err();
        assert_eq!(error.code(), expected, "{exception}");
    }
}
