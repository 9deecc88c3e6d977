//! The histories that are written down: entries, then tokens and whether they are hit.

use super::rules;
use crate::pool::PoolName;
use crate::revocation::{Target, TokenIdentity, TokenKind};

/// Every story lies this many seconds before the store's clock, at most.
pub(super) const SPAN: u64 = 1000;

pub(super) struct Story {
    pub(super) rule: &'static str,
    /// The pool, what is named, and seconds after the story's beginning.
    pub(super) entries: Vec<(usize, Target<'static>, u64)>,
    /// Whether the token is hit, should the store have all of the entries.
    pub(super) tokens: Vec<(Token, bool)>,
}

/// A token whose user is `alice`, unless it is said otherwise. Times count from the story's beginning.
#[derive(Clone, Copy)]
pub(super) struct Token {
    pub(super) pool: usize,
    pub(super) jti: &'static str,
    pub(super) origin_jti: &'static str,
    pub(super) sub: &'static str,
    pub(super) issued_at: u64,
    pub(super) auth_time: Option<u64>,
}

impl Token {
    pub(super) fn at(issued_at: u64, auth_time: Option<u64>) -> Self {
        let (jti, origin_jti, sub) = ("a-token", "a-session", "alice");
        Self { pool: 0, jti, origin_jti, sub, issued_at, auth_time }
    }

    fn named(jti: &'static str, origin_jti: &'static str, sub: &'static str) -> Self {
        Self { jti, origin_jti, sub, ..Self::at(100, Some(100)) }
    }

    pub(super) fn identity<'a>(&self, pools: &'a [PoolName; 2], base: u64) -> TokenIdentity<'a> {
        let (pool, access) = (&pools[self.pool], TokenKind::Access);
        let mut token = TokenIdentity::new(pool, "", access, self.sub, base + self.issued_at);
        (token.jti, token.origin_jti) = (Some(self.jti), Some(self.origin_jti));
        token.auth_time = self.auth_time.map(|time| base + time);
        token
    }
}

/// Canonical UUIDs, as Cognito's ids are, which differ in one place.
const UUID: &str = "7c5f0f0e-0123-4000-8000-0000000000ff";
const OTHER_UUID: &str = "7c5f0f0e-0123-4000-8000-0000000000fe";

pub(super) fn written() -> Vec<Story> {
    use Target::{GlobalSignOut, Session, User};
    let in_pool = |pool| move |(target, at)| (pool, target, at);
    let story = |rule, entries: &[(Target<'static>, u64)], tokens: &[(Token, bool)]| Story {
        rule,
        entries: entries.iter().copied().map(in_pool(0)).collect(),
        tokens: tokens.to_vec(),
    };
    let mut stories = vec![
        story(rules::TARGETS, &[], &[(Token::at(100, Some(100)), false)]),
        story(
            rules::TARGETS,
            &[(Target::Token("a"), 200)],
            &[
                (Token::named("a", "o", "s"), true),
                (Token::named("b", "o", "s"), false),
                // The same text as another kind of id.
                (Token::named("b", "a", "s"), false),
                (Token::named("b", "o", "a"), false),
            ],
        ),
        story(
            rules::TARGETS,
            &[(Session("a"), 50)],
            &[
                (Token::named("t", "a", "s"), true),
                (Token::named("u", "a", "s"), true),
                (Token::named("a", "o", "s"), false),
                (Token::named("t", "o", "a"), false),
            ],
        ),
        story(
            rules::TARGETS,
            &[(User("a"), 200)],
            &[
                (Token::named("t", "o", "a"), true),
                (Token::named("a", "o", "s"), false),
                (Token::named("t", "a", "s"), false),
            ],
        ),
        story(
            rules::USER,
            &[(User("alice"), 100)],
            &[
                (Token::at(0, Some(0)), true),
                (Token::at(99, Some(99)), true),
                (Token::at(101, Some(101)), false),
                (Token::at(101, None), false),
            ],
        ),
        story(
            rules::SAME_SECOND,
            &[(User("alice"), 100)],
            &[
                (Token::at(100, Some(100)), false),
                (Token::at(100, Some(99)), true),
                (Token::at(100, None), true),
            ],
        ),
        story(
            rules::REFRESHED,
            &[(User("alice"), 100)],
            &[(Token::at(300, Some(7)), true), (Token::at(300, Some(100)), true)],
        ),
        // The login page's cookie signs in with the `auth_time` of the sign-in that it comes from.
        story(
            rules::GLOBAL_SIGN_OUT,
            &[(User("alice"), 100), (GlobalSignOut("alice"), 150)],
            &[
                (Token::at(151, Some(7)), false),
                (Token::at(150, Some(7)), true),
                (Token::at(120, Some(7)), true),
                (Token::at(99, Some(99)), true),
            ],
        ),
        // Signed out once more, and the issuer was not told of that.
        story(
            rules::GLOBAL_SIGN_OUT,
            &[(User("alice"), 100), (GlobalSignOut("alice"), 100), (User("alice"), 200)],
            &[(Token::at(201, Some(7)), true), (Token::at(150, Some(150)), true)],
        ),
        story(
            rules::GLOBAL_SIGN_OUT,
            &[(GlobalSignOut("alice"), 150), (GlobalSignOut("bob"), 150), (User("bob"), 100)],
            &[(Token::at(100, Some(7)), false)],
        ),
        story(
            rules::LATER,
            &[(User("alice"), 200), (User("alice"), 100)],
            &[(Token::at(150, Some(150)), true), (Token::at(201, Some(201)), false)],
        ),
        story(
            rules::LATER,
            &[(User("alice"), 100), (User("alice"), 200)],
            &[(Token::at(150, Some(150)), true)],
        ),
        story(
            rules::LATER,
            &[(User("alice"), 100), (GlobalSignOut("alice"), 150), (GlobalSignOut("alice"), 90)],
            &[(Token::at(151, Some(7)), false)],
        ),
    ];
    // Case, spaces, a quote and a wildcard of SQL, and a NUL.
    for (id, other) in [
        ("alice", "Alice"),
        ("alice", "alice "),
        ("o'hara", "o''hara"),
        ("a%", "ab"),
        ("a\0b", "a\0c"),
        ("\u{e9}", "e\u{301}"),
        (UUID, OTHER_UUID),
        (UUID, "7C5F0F0E-0123-4000-8000-0000000000FF"),
    ] {
        for target in [Target::Token(id), Session(id), User(id)] {
            let is_of = |id| match target {
                Target::Token(_) => Token::named(id, "o", "s"),
                Session(_) => Token::named("t", id, "s"),
                _ => Token::named("t", "o", id),
            };
            let tokens = [(is_of(id), true), (is_of(other), false)];
            stories.push(story(rules::IDS, &[(target, 200)], &tokens));
        }
    }
    for target in [Target::Token("a-token"), Session("a-session"), User("alice")] {
        let here = Token::at(100, Some(100));
        let there = Token { pool: 1, ..here };
        for (pool, hits) in [(0, [true, false]), (1, [false, true])] {
            let tokens = vec![(here, hits[0]), (there, hits[1])];
            stories.push(Story { rule: rules::POOLS, entries: vec![(pool, target, 200)], tokens });
        }
    }
    // Told of another pool's user: that says nothing about this one.
    stories.push(Story {
        rule: rules::POOLS,
        entries: vec![(0, User("alice"), 100), (1, GlobalSignOut("alice"), 150)],
        tokens: vec![(Token::at(151, Some(7)), true)],
    });
    stories
}
