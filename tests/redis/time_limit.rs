//! The time limit of a call, where each part of it takes long.

use super::scripted::{bind, list, serve};
use super::*;

/// Redis says after most of the time which data it has, and then nothing: the question has the rest of the time.
#[tokio::test(start_paused = true)]
async fn a_question_has_one_time_limit_with_the_first_contact() {
    const TIMEOUT: Duration = Duration::from_secs(20);
    let (port, listener) = bind().await;
    serve(listener, |words| async move {
        match (words[0].as_str(), words.get(2).map(String::as_str)) {
            ("XREAD", _) => "*-1\r\n".to_owned(),
            // What the follower asks has two keys, and a question has one.
            ("EVAL", Some("2")) => {
                tokio::time::sleep(TIMEOUT * 3 / 4).await;
                list(&["e:0000000000000001", "1-0", "1-0", "1800000000", "0", "0"])
            }
            _ => String::new(),
        }
    });
    let store = builder(&format!("redis://127.0.0.1:{port}")).timeout(TIMEOUT).build().unwrap();
    let began = tokio::time::Instant::now();
    let session = session(1);
    let untold = store.is_revoked(&token(&session)).await.unwrap_err();
    assert_eq!(untold.reason(), "no answer from Redis in time");
    assert!(began.elapsed() <= TIMEOUT + Duration::from_millis(10), "{:?}", began.elapsed());
}
