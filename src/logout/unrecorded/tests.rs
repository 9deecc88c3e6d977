//! How many sign-outs are remembered, and for how long.

use super::*;

#[tokio::test(start_paused = true)]
async fn there_is_an_end_to_how_many_there_are_and_to_each() {
    let token = |number: usize| AccessToken::new(number.to_string());
    let (mut unrecorded, minute) = (UnrecordedSignOuts::default(), Duration::from_secs(60));
    for number in 0..=MOST_TOKENS {
        unrecorded.insert(&token(number), minute);
    }
    assert_eq!(unrecorded.0.len(), MOST_TOKENS);
    assert!(unrecorded.contains(&token(0)) && !unrecorded.contains(&token(MOST_TOKENS)));
    unrecorded.remove(&token(0));
    assert!(!unrecorded.contains(&token(0)));
    unrecorded.insert(&token(0), 2 * minute);
    tokio::time::advance(minute).await;
    assert!(unrecorded.contains(&token(0)) && !unrecorded.contains(&token(1)));
    unrecorded.insert(&token(MOST_TOKENS), minute);
    assert!(unrecorded.contains(&token(MOST_TOKENS)));
    assert_eq!(unrecorded.0.len(), 2);
}
