//! A machine whose clock is ahead: what it takes for over may not be, for the others.

use std::time::Duration;

use super::app::App;

#[tokio::test]
async fn a_sign_out_there_holds_on_all_machines() {
    for hours in [2, 13, 24 * 365] {
        let app = App::new();
        let mut browser = app.sign_in("alice").await;
        let kept = browser.clone();
        let clock = app.provider.pool.clock();
        let ahead = app.builder().clock(move || clock() + Duration::from_secs(hours * 3600));
        let ahead = ahead.build().unwrap();
        let answer = browser.send(&ahead, browser.submit("/logout")).await;
        assert_eq!(answer.status(), 303, "{hours}");
        assert!(browser.session().is_none(), "{hours}");
        assert!(!app.is_signed_in(&kept).await, "{hours}");
        assert_eq!(app.provider.revocations(), 1, "{hours}");
    }
}
