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
mod tests;
