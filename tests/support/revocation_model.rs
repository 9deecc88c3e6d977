//! What revocation means, as simply as it can be said: nothing is ever forgotten.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use cognito_auth::PoolName;
use cognito_auth::revocation::{MAX_TOKEN_LIFETIME, Revocation, TokenIdentity, TokenKind};
use proptest::prelude::*;

/// The most leeway that a verifier can have: so much longer than `exp` a token counts as alive.
const LEEWAY: u64 = 600;

/// How long a store keeps an entry at least, in seconds.
const REMEMBERED: u64 = MAX_TOKEN_LIFETIME + 2 * LEEWAY + 300;

#[derive(Debug, Clone)]
pub enum Step {
    SignIn {
        user: usize,
    },
    /// Another token of a session; Cognito gives none for one that was signed out.
    Refresh {
        token: usize,
    },
    RevokeToken {
        token: usize,
    },
    SignOut {
        token: usize,
    },
    SignOutEverywhere {
        token: usize,
    },
    /// Cognito is told of the last sign-out everywhere: no session from before can be refreshed.
    GlobalSignOut {
        token: usize,
    },
    /// A new session by the login page's cookie, without a password.
    SignInByCookie {
        token: usize,
    },
    Wait {
        seconds: u64,
    },
}

pub fn history(longest_wait: u64) -> impl Strategy<Value = Vec<Step>> {
    let token = 0..64usize;
    let step = prop_oneof![
        3 => (0..4usize).prop_map(|user| Step::SignIn { user }),
        3 => token.clone().prop_map(|token| Step::Refresh { token }),
        2 => token.clone().prop_map(|token| Step::RevokeToken { token }),
        2 => token.clone().prop_map(|token| Step::SignOut { token }),
        1 => token.clone().prop_map(|token| Step::SignOutEverywhere { token }),
        1 => token.clone().prop_map(|token| Step::GlobalSignOut { token }),
        1 => token.prop_map(|token| Step::SignInByCookie { token }),
        4 => (0..=longest_wait).prop_map(|seconds| Step::Wait { seconds }),
        2 => Just(Step::Wait { seconds: 1 }),
    ];
    proptest::collection::vec(step, 1..40)
}

pub struct Token {
    pool: PoolName,
    jti: String,
    origin_jti: String,
    sub: String,
    issued_at: u64,
    auth_time: Option<u64>,
    pub revoked: bool,
    /// Until when `revoked` is said of it: a session outlives what stores remember of its end.
    said_until: u64,
    session_over: bool,
}

impl Token {
    /// As a token of another pool, with the same ids.
    pub fn identity_in<'a>(&'a self, pool: &'a PoolName) -> TokenIdentity<'a> {
        let mut identity = self.identity();
        identity.pool = pool;
        identity
    }

    pub fn identity(&self) -> TokenIdentity<'_> {
        let (access, issued_at) = (TokenKind::Access, self.issued_at);
        let mut identity = TokenIdentity::new(&self.pool, "", access, &self.sub, issued_at);
        identity.jti = Some(&self.jti);
        identity.origin_jti = Some(&self.origin_jti);
        identity.auth_time = self.auth_time;
        identity
    }
}

pub struct Model {
    pool: PoolName,
    pub now: u64,
    tokens: Vec<Token>,
    sessions: usize,
    /// Whom it happened to, and when.
    signed_out: Vec<(String, u64)>,
    /// Of whom Cognito was told, and when.
    told: Vec<(String, u64)>,
}

impl Model {
    pub fn new(pool: PoolName, now: u64) -> Self {
        Self {
            pool,
            now,
            tokens: Vec::new(),
            sessions: 0,
            signed_out: Vec::new(),
            told: Vec::new(),
        }
    }

    /// The entry that the step writes to a store.
    pub fn take(&mut self, step: &Step) -> Option<Revocation> {
        match *step {
            Step::Wait { seconds } => self.now += seconds,
            Step::SignIn { user } => {
                self.sessions += 1;
                let origin_jti = format!("00000000-0000-4000-8000-{:012x}", self.sessions);
                // One of the users is of an issuer that does not say when.
                let auth_time = (user > 0).then_some(self.now);
                self.issue(origin_jti, format!("user-{user}"), auth_time);
            }
            Step::Refresh { token } => {
                let token = self.pick(token).filter(|token| !token.session_over)?;
                let (origin_jti, sub) = (token.origin_jti.clone(), token.sub.clone());
                let auth_time = token.auth_time;
                self.issue(origin_jti, sub, auth_time);
            }
            Step::RevokeToken { token } => {
                let (now, pool) = (self.now, self.pool.clone());
                let token = self.pick(token)?;
                token.revoked = true;
                return Some(Revocation::token(pool, &token.jti, now));
            }
            Step::SignOut { token } => {
                let origin_jti = self.pick(token)?.origin_jti.clone();
                for token in self.tokens.iter_mut().filter(|t| t.origin_jti == origin_jti) {
                    (token.revoked, token.session_over) = (true, true);
                }
                return Some(Revocation::session(&self.pool, origin_jti, self.now));
            }
            Step::SignOutEverywhere { token } => {
                let sub = self.pick(token)?.sub.clone();
                for token in self.tokens.iter_mut().filter(|t| t.sub == sub) {
                    // A sign-in of this very second may be one that came after the sign-out.
                    let is_new = token.issued_at == self.now && token.auth_time == Some(self.now);
                    if !is_new {
                        (token.revoked, token.said_until) = (true, u64::MAX);
                    }
                }
                self.signed_out.push((sub.clone(), self.now));
                return Some(Revocation::user(&self.pool, sub, self.now));
            }
            Step::GlobalSignOut { token } => {
                let sub = self.pick(token)?.sub.clone();
                let signed_out = last(&self.signed_out, &sub)?;
                for token in self.tokens.iter_mut().filter(|t| t.sub == sub) {
                    token.session_over = true;
                    // By the cookie or by a refresh token: it is over at Cognito either way.
                    let from_before = token.auth_time.is_some_and(|time| time <= signed_out);
                    if from_before && token.issued_at > signed_out && !token.revoked {
                        (token.revoked, token.said_until) = (true, signed_out + REMEMBERED);
                    }
                }
                self.told.push((sub.clone(), self.now));
                return Some(Revocation::global_sign_out(&self.pool, &sub, self.now));
            }
            Step::SignInByCookie { token } => {
                let token = self.pick(token)?;
                let (sub, auth_time) = (token.sub.clone(), token.auth_time);
                self.sessions += 1;
                let origin_jti = format!("00000000-0000-4000-8000-{:012x}", self.sessions);
                self.issue(origin_jti, sub, auth_time);
            }
        }
        None
    }

    /// The tokens that a verifier may still accept.
    pub fn alive(&self) -> impl Iterator<Item = &Token> {
        self.tokens.iter().filter(|token| {
            self.now <= token.issued_at + MAX_TOKEN_LIFETIME + LEEWAY && self.now < token.said_until
        })
    }

    fn pick(&mut self, token: usize) -> Option<&mut Token> {
        let count = self.tokens.len().max(1);
        self.tokens.get_mut(token % count)
    }

    fn issue(&mut self, origin_jti: String, sub: String, auth_time: Option<u64>) {
        let jti = format!("11111111-0000-4000-8000-{:012x}", self.tokens.len());
        let issued_at = self.now;
        let (mut revoked, mut said_until) = (false, u64::MAX);
        if let Some(signed_out) = last(&self.signed_out, &sub) {
            let told = last(&self.told, &sub).filter(|told| *told >= signed_out);
            if signed_out == issued_at {
                // Which of them came first cannot be told without the time of the sign-in.
                revoked = auth_time.is_none_or(|time| time < issued_at);
            } else if auth_time.is_some_and(|time| time <= signed_out)
                && told.is_none_or(|told| told == issued_at)
            {
                // From before, as far as can be told. As long as it is remembered.
                revoked = true;
                said_until = signed_out + REMEMBERED;
            }
        }
        self.tokens.push(Token {
            pool: self.pool.clone(),
            jti,
            origin_jti,
            sub,
            issued_at,
            auth_time,
            revoked,
            said_until,
            session_over: false,
        });
    }
}

fn last(moments: &[(String, u64)], sub: &str) -> Option<u64> {
    moments.iter().rev().find(|(of, _)| of == sub).map(|(_, moment)| *moment)
}
