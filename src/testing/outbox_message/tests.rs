//! Tests of `testing::outbox_message`.

use super::*;

#[test]
fn debug_shows_no_code() {
    let purpose = MessagePurpose::Authentication;
    let message = OutboxMessage::new("alice", "alice@example.com", purpose, "123456");
    let shown = format!("{message:?}");
    assert_eq!(shown, r#"OutboxMessage { username: "alice", purpose: Authentication, .. }"#);
}
