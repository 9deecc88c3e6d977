//! The claim `act`: who acts for the user, in tokens of a token exchange.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{AccessClaims, IdClaims};
use crate::error::VerifyError;

/// The most actors that a chain may have. A service that passes a request on adds one.
const MOST_ACTORS: usize = 8;

/// A party that acts for the subject of a token
/// ([RFC 8693 §4.1](https://www.rfc-editor.org/rfc/rfc8693#section-4.1)).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Actor {
    /// `sub`: the service or the user that acts.
    pub sub: String,
    /// `iss`: by whom `sub` is named, where that is another issuer than the token's.
    pub issuer: Option<String>,
}

#[derive(Deserialize)]
struct ActorHolder<'a> {
    #[serde(borrow)]
    act: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct ActorMembers<'a> {
    sub: String,
    iss: Option<String>,
    #[serde(borrow)]
    act: Option<&'a RawValue>,
}

/// The chain of actors. `null` counts as none.
fn actors_of(payload: &str) -> Result<Vec<Actor>, VerifyError> {
    let malformed = || VerifyError::ClaimMalformed { claim: "act" };
    let holder: ActorHolder<'_> = serde_json::from_str(payload).map_err(|_| malformed())?;
    let (mut next, mut actors) = (holder.act, Vec::new());
    while let Some(raw) = next {
        let actor: ActorMembers<'_> = serde_json::from_str(raw.get()).map_err(|_| malformed())?;
        if actor.sub.is_empty() || actors.len() == MOST_ACTORS {
            return Err(malformed());
        }
        actors.push(Actor { sub: actor.sub, issuer: actor.iss });
        next = actor.act;
    }
    Ok(actors)
}

macro_rules! actors {
    ($($claims:ty)*) => {$(
        impl $claims {
            /// `act`: who acts for the user, the one who does so now first. Behind it are earlier ones, which are
            /// for the record: decide by the first alone
            /// ([RFC 8693 §4.1](https://www.rfc-editor.org/rfc/rfc8693#section-4.1)). Empty for most tokens, which
            /// the user's own app has sent.
            ///
            /// The claim is read when this is called, and not by the verifier: a token with one is accepted like
            /// any other.
            ///
            /// # Errors
            /// [`VerifyError::ClaimMalformed`] for a claim that is no object, an actor without `sub`, and a chain of
            /// more than eight.
            pub fn actors(&self) -> Result<Vec<Actor>, VerifyError> {
                actors_of(self.payload())
            }
        }
    )*};
}

actors! { AccessClaims IdClaims }

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(length: usize) -> String {
        let nested = (0..length).fold("null".to_owned(), |act, number| {
            format!(r#"{{"sub":"service-{number}","act":{act}}}"#)
        });
        format!(r#"{{"sub":"alice","act":{nested}}}"#)
    }

    #[test]
    fn the_current_actor_comes_first() {
        let actor = |sub: &str| Actor { sub: sub.to_owned(), issuer: None };
        let of = |text: &str| actors_of(text).unwrap();
        assert_eq!(of(r#"{"sub":"alice"}"#), []);
        assert_eq!(of(r#"{"act":null}"#), []);
        assert_eq!(of(&chain(2)), [actor("service-1"), actor("service-0")]);
        let issuer = Some("https://issuer.example".to_owned());
        assert_eq!(
            of(r#"{"act":{"iss":"https://issuer.example","sub":"a\u0062","client_id":"x"}}"#),
            [Actor { sub: "ab".to_owned(), issuer }]
        );
    }

    #[test]
    fn the_chain_is_bounded() {
        assert_eq!(actors_of(&chain(MOST_ACTORS)).unwrap().len(), MOST_ACTORS);
        let malformed = Err(VerifyError::ClaimMalformed { claim: "act" });
        for text in [
            chain(MOST_ACTORS + 1),
            chain(100),
            r#"{"act":"service"}"#.to_owned(),
            r#"{"act":[{"sub":"a"}]}"#.to_owned(),
            r#"{"act":{}}"#.to_owned(),
            r#"{"act":{"sub":""}}"#.to_owned(),
            r#"{"act":{"sub":7}}"#.to_owned(),
            r#"{"act":{"sub":"a","act":{"iss":"b"}}}"#.to_owned(),
            r#"{"act":{"sub":"a","act":false}}"#.to_owned(),
        ] {
            assert_eq!(actors_of(&text), malformed, "{text}");
        }
    }
}
