//! Histories that need the store's clock, its count of entries, its end, or chance.

use super::stories::{SPAN, Token};
use super::{Stage, answer, broken, rules};
use crate::revocation::{ENTRY_LIFETIME, Revocation, RevocationStatus, Target, TokenIdentity};

/// In seconds. What is near its end by the clock of this machine may have ended by the engine's.
const CLOCK_DIFFERENCE: u64 = 300;

const NAMES: [&str; 3] = ["a", "b", "7c5f0f0e-0123-4000-8000-0000000000ff"];

const LAST: Token = Token {
    pool: 0,
    jti: "the-last-token",
    origin_jti: "the-last-session",
    sub: "bob",
    issued_at: 0,
    auth_time: None,
};

impl Stage {
    /// What has almost ended still hits: its tokens may be alive for all that time. A write in between
    /// gives the store a reason to drop what it takes for expired.
    pub(super) async fn keeps_an_entry_for_its_lifetime(&mut self) {
        let at = self.now - ENTRY_LIFETIME + CLOCK_DIFFERENCE;
        for target in
            [Target::Token("a-token"), Target::Session("a-session"), Target::User("alice")]
        {
            let entry = self.entry(0, target, at);
            self.write(0, entry).await;
        }
        let mut tokens = Vec::new();
        for (jti, origin_jti, sub) in
            [("a-token", "o", "s"), ("t", "a-session", "s"), ("t", "o", "alice")]
        {
            tokens.push(Token { jti, origin_jti, sub, issued_at: 0, pool: 0, auth_time: None });
        }
        for seconds in [0, CLOCK_DIFFERENCE - 1] {
            self.advance(seconds).await;
            let last = self.entry(0, Target::Session(LAST.origin_jti), self.now);
            self.write(0, last).await;
            for token in &tokens {
                let token = token.identity(&self.pools, at - 1);
                self.judges(rules::LIFETIME, &token, true).await;
            }
        }
    }

    pub(super) async fn drops_what_has_expired(&mut self) {
        if self.under_test.clock.is_none() {
            return;
        }
        for (number, name) in NAMES.into_iter().enumerate() {
            let entry = self.entry(0, Target::Session(name), self.now + number as u64);
            self.write(0, entry).await;
        }
        self.advance(ENTRY_LIFETIME + NAMES.len() as u64).await;
        let last = self.entry(0, Target::Session(LAST.origin_jti), self.now);
        self.write(0, last).await;
        let token = LAST.identity(&self.pools, self.now);
        self.judges(rules::LIFETIME, &token, true).await;
        self.counts(rules::EXPIRED, 1);
    }

    pub(super) async fn keeps_an_entry_once(&mut self) {
        for _ in 0..10 {
            for target in [Target::Session("a-session"), Target::User("alice")] {
                let entry = self.entry(0, target, self.now);
                self.write(0, entry).await;
            }
        }
        self.counts(rules::ONCE, 2);
    }

    fn counts(&self, rule: &str, expected: usize) {
        let counted = self.under_test.entries.as_ref().map(|entries| entries());
        if counted.is_some_and(|counted| counted != expected) {
            broken(rule, &format!("{counted:?} entries in place of {expected}"));
        }
    }

    /// A store may find none: a repeated sign-out is then not known to be one. But of a user's entry it finds
    /// either all that it hits or nothing.
    pub(super) async fn names_the_entry_that_hits(&mut self) {
        let base = self.now - SPAN;
        let (live, revoked) = (Token::at(300, Some(300)), Token::at(100, Some(100)));
        let [token, session, user] =
            [Target::Token("a-token"), Target::Session("a-session"), Target::User("alice")];
        for (step, expected) in [(token, token), (session, session), (user, user)] {
            let entry = self.entry(0, step, base + 200);
            self.write(0, entry).await;
            let identity = revoked.identity(&self.pools, base);
            self.finds(&identity, Some(expected)).await;
            // Hit by nothing: by no token's, session's or later user's entry.
            let identity = Token { jti: "t", origin_jti: "o", ..live }.identity(&self.pools, base);
            self.finds(&identity, None).await;
            let identity = Token { pool: 1, ..revoked }.identity(&self.pools, base);
            self.finds(&identity, None).await;
        }
        let refreshed = Token { jti: "t", origin_jti: "o", issued_at: 300, ..revoked };
        let [issued_before, refreshed] =
            [revoked, refreshed].map(|token| token.identity(&self.pools, base));
        if self.finds(&issued_before, Some(user)).await != self.finds(&refreshed, Some(user)).await
        {
            broken(rules::FIND_ENTRY, "what was issued later for an earlier sign-in differs");
        }
    }

    /// Returns whether the store has found an entry.
    async fn finds(&self, token: &TokenIdentity<'_>, expected: Option<Target<'_>>) -> bool {
        let found = match self.store(0).find_entry(token).await {
            Ok(found) => found,
            Err(error) => broken(rules::FIND_ENTRY, &format!("it cannot tell: {error}")),
        };
        let Some(found) = found else { return false };
        if expected != Some(found.target()) || found.pool() != token.pool {
            broken(rules::FIND_ENTRY, &format!("{found:?} in place of {expected:?}"));
        }
        true
    }

    /// Each handle writes, and each answers for what all have written.
    pub(super) async fn play_at_random(&mut self, seed: u64) {
        let mut random = SeededRandom(seed);
        let (base, handles) = (self.now - SPAN, self.under_test.handles.len());
        for _ in 0..12 {
            let name = random.of(&NAMES);
            let targets = [
                Target::Token(name),
                Target::Session(name),
                Target::User(name),
                Target::User(name),
                Target::GlobalSignOut(name),
            ];
            let entry = self.entry(0, random.of(&targets), base + random.below(40));
            self.write(random.below(handles as u64) as usize, entry).await;
            for handle in 0..handles {
                let auth_time = [None, Some(random.below(40))];
                let token = Token {
                    pool: 0,
                    jti: random.of(&NAMES),
                    origin_jti: random.of(&NAMES),
                    sub: random.of(&NAMES),
                    issued_at: random.below(40),
                    auth_time: random.of(&auth_time),
                };
                let token = token.identity(&self.pools, base);
                let hit = self.is_hit(&token);
                if handles > 1 {
                    self.judges_in_time(rules::HISTORY, handle, &token, hit).await;
                } else {
                    self.judges(rules::HISTORY, &token, hit).await;
                }
            }
        }
    }

    pub(super) async fn cannot_tell_without_its_engine(&mut self) {
        let entry = self.entry(0, Target::Session(LAST.origin_jti), self.now);
        self.write(0, entry).await;
        let Some(disconnect) = &self.under_test.disconnect else { return };
        disconnect();
        let store = self.store(0);
        let token = LAST.identity(&self.pools, self.now);
        // It may have cached the entry.
        let answered = store.is_revoked(&token).await;
        if answered.is_ok() && answer(answered, true).is_err() {
            broken(rules::CANNOT_TELL, "is_revoked: a token whose entry is out of reach is live");
        }
        if store.status_now(&token) == RevocationStatus::Live {
            broken(rules::CANNOT_TELL, "status_now: a token whose entry is out of reach is live");
        }
        let entry = Revocation::session(&self.pools[0], "another-session", self.now);
        if store.revoke(&entry).await.is_ok() {
            broken(rules::CANNOT_TELL, "revoke: an entry that cannot be written was taken");
        }
    }
}

/// The same numbers for the same seed: the generator splitmix64.
struct SeededRandom(u64);

impl SeededRandom {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize]
    }
}
