//! Tests of `testing::pool::outbox`.

use super::*;
use crate::testing::outbox_message::MessagePurpose;

#[test]
fn destinations_are_masked() {
    assert_eq!(MessageMedium::Email.mask("alice@example.com"), "a***@e***");
    assert_eq!(MessageMedium::Email.mask(""), "***@***");
    assert_eq!(MessageMedium::Sms.mask("+15555550100"), "+*******0100");
    assert_eq!(MessageMedium::Sms.mask("12"), "+12");
    let made_up = made_up_destination("local_1", "bob");
    assert_eq!(made_up, made_up_destination("local_1", "bob"));
    assert_eq!(made_up.len(), "a***@e***".len());
}

#[test]
fn the_oldest_message_is_forgotten_first() {
    let mut outbox = Outbox::default();
    for at in 0..=MOST_MESSAGES {
        let purpose = MessagePurpose::SignUp;
        outbox.put(OutboxMessage::new(&format!("user{at}"), "a@b", purpose, "123456"));
    }
    let messages = outbox.messages();
    assert_eq!((messages.len(), messages[0].username.as_str()), (MOST_MESSAGES, "user1"));
    assert_eq!(outbox.last_of("user0"), None);
}
