//! Messages that the pool wrote, and how a response shows where one went.

use std::collections::VecDeque;

use sha2::{Digest, Sha256};

use crate::testing::outbox_message::OutboxMessage;

/// More than any test sends; a pool that runs for weeks forgets the oldest.
const MOST_MESSAGES: usize = 10_000;

/// Every message, the oldest first.
#[derive(Default)]
pub(crate) struct Outbox(VecDeque<OutboxMessage>);

impl Outbox {
    pub(crate) fn put(&mut self, message: OutboxMessage) {
        if self.0.len() == MOST_MESSAGES {
            self.0.pop_front();
        }
        self.0.push_back(message);
    }

    pub(crate) fn messages(&self) -> Vec<OutboxMessage> {
        self.0.iter().cloned().collect()
    }

    pub(crate) fn last_of(&self, username: &str) -> Option<&OutboxMessage> {
        self.0.iter().rev().find(|message| message.username == username)
    }
}

/// By which medium a code goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MessageMedium {
    Email,
    Sms,
}

impl MessageMedium {
    /// `DeliveryMedium` of the API reference.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Email => "EMAIL",
            Self::Sms => "SMS",
        }
    }

    /// The attribute that has the destination.
    pub(crate) fn attribute(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "phone_number",
        }
    }

    /// The medium of an attribute.
    pub(crate) fn of_attribute(name: &str) -> Option<Self> {
        [Self::Email, Self::Sms].into_iter().find(|medium| medium.attribute() == name)
    }

    /// As responses show a destination: `a***@e***`, and `+*******0100`.
    pub(crate) fn mask(self, destination: &str) -> String {
        match self {
            Self::Email => {
                let (local, domain) = destination.split_once('@').unwrap_or((destination, ""));
                let first = |text: &str| text.chars().next().map(String::from).unwrap_or_default();
                format!("{}***@{}***", first(local), first(domain))
            }
            Self::Sms => {
                let digits: Vec<char> = destination.chars().filter(char::is_ascii_digit).collect();
                let hidden = digits.len().saturating_sub(4);
                let shown: String = digits[hidden..].iter().collect();
                format!("+{}{shown}", "*".repeat(hidden))
            }
        }
    }
}

/// The masked e-mail address of a user who does not exist: the same each time.
pub(crate) fn made_up_destination(pool_id: &str, username: &str) -> String {
    let digest = Sha256::digest(format!("destination:{pool_id}:{username}"));
    let letter = |byte: u8| char::from(b'a' + byte % 26);
    format!("{}***@{}***", letter(digest[0]), letter(digest[1]))
}

#[cfg(test)]
mod tests;
