//! Tests of `testing::pool::confirmation_codes`.

use super::*;

#[test]
fn the_newest_code_is_accepted_once_and_in_time() {
    let minute = Duration::from_secs(60);
    let mut codes = ConfirmationCodes::default();
    let redeem = |codes: &mut ConfirmationCodes, now, code: &str| {
        codes.redeem(now, "alice", CodeUse::ForgotPassword, code)
    };
    let put = |codes: &mut ConfirmationCodes, code: &str| {
        codes.put(Duration::ZERO, "alice", CodeUse::ForgotPassword, code.to_owned());
    };
    assert_eq!(redeem(&mut codes, minute, "111111"), Err(CodeRefusal::Mismatch));
    put(&mut codes, "111111");
    put(&mut codes, "222222");
    assert_eq!(redeem(&mut codes, minute, "111111"), Err(CodeRefusal::Mismatch));
    assert_eq!(
        codes.redeem(minute, "alice", CodeUse::SignUp, "222222"),
        Err(CodeRefusal::Mismatch)
    );
    assert_eq!(redeem(&mut codes, 60 * minute, "222222"), Err(CodeRefusal::Expired));
    assert_eq!(redeem(&mut codes, 59 * minute, "222222"), Ok(()));
    assert_eq!(redeem(&mut codes, 59 * minute, "222222"), Err(CodeRefusal::Mismatch));

    put(&mut codes, "333333");
    for _ in 0..MOST_FAILURES {
        assert_eq!(redeem(&mut codes, minute, "444444"), Err(CodeRefusal::Mismatch));
    }
    assert_eq!(redeem(&mut codes, minute, "333333"), Err(CodeRefusal::TooManyFailures));
    codes.forget("alice");
    assert_eq!(redeem(&mut codes, minute, "333333"), Err(CodeRefusal::Mismatch));
}
