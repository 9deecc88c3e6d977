//! Passkeys of users, and registrations of some under way.

use std::collections::HashMap;
use std::time::Duration;

/// How long a registration can be completed: as long as the browser is told to wait for the user.
const REGISTRATION_LIFETIME: Duration = Duration::from_secs(5 * 60);

/// A credential of a user.
#[derive(Debug, Clone)]
pub(crate) struct StoredPasskey {
    /// In base64url.
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) public_jwk: String,
    pub(crate) signature_count: u32,
    pub(crate) relying_party: String,
    pub(crate) attachment: Option<String>,
    pub(crate) transports: Vec<String>,
    pub(crate) created_at: Duration,
}

/// A registration that has begun.
struct PasskeyRegistration {
    client_id: String,
    challenge: Vec<u8>,
    begun_at: Duration,
}

/// Every passkey, by the `sub` of its user.
#[derive(Default)]
pub(crate) struct Passkeys {
    by_user: HashMap<String, Vec<StoredPasskey>>,
    registrations: HashMap<String, PasskeyRegistration>,
}

impl Passkeys {
    /// Begins a registration; it replaces the user's last one.
    pub(crate) fn begin(&mut self, now: Duration, sub: &str, client_id: &str, challenge: Vec<u8>) {
        let client_id = client_id.to_owned();
        let registration = PasskeyRegistration { client_id, challenge, begun_at: now };
        self.registrations.insert(sub.to_owned(), registration);
    }

    /// The client and the challenge of a registration that can still be completed.
    pub(crate) fn take_registration(
        &mut self,
        now: Duration,
        sub: &str,
    ) -> Option<(String, Vec<u8>)> {
        let registration = self.registrations.remove(sub)?;
        let in_time = now.saturating_sub(registration.begun_at) < REGISTRATION_LIFETIME;
        in_time.then_some((registration.client_id, registration.challenge))
    }

    /// `false` when some user has a credential of this id already.
    pub(crate) fn add(&mut self, sub: &str, passkey: StoredPasskey) -> bool {
        if self.by_user.values().flatten().any(|known| known.id == passkey.id) {
            return false;
        }
        self.by_user.entry(sub.to_owned()).or_default().push(passkey);
        true
    }

    /// The passkeys of a user, the oldest first.
    pub(crate) fn of(&self, sub: &str) -> &[StoredPasskey] {
        self.by_user.get(sub).map(Vec::as_slice).unwrap_or_default()
    }

    pub(crate) fn set_signature_count(&mut self, sub: &str, id: &str, count: u32) {
        let passkeys = self.by_user.get_mut(sub).into_iter().flatten();
        passkeys.filter(|known| known.id == id).for_each(|known| known.signature_count = count);
    }

    /// Whether there was such a passkey.
    pub(crate) fn remove(&mut self, sub: &str, id: &str) -> bool {
        let Some(passkeys) = self.by_user.get_mut(sub) else { return false };
        let before = passkeys.len();
        passkeys.retain(|known| known.id != id);
        passkeys.len() < before
    }

    /// Forgets the passkeys of a user who was deleted.
    pub(crate) fn forget(&mut self, sub: &str) {
        self.by_user.remove(sub);
        self.registrations.remove(sub);
    }
}

#[cfg(test)]
mod tests;
