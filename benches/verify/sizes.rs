//! What grows with a token: its groups, and claims of the application's own.

use serde_json::json;

use crate::contestants::{one, raw};
use crate::harness::Contestant;
use crate::support::with;
use crate::world::World;

const GROUPS: [usize; 4] = [2, 10, 50, 100];

/// Bytes of one further claim.
const CLAIMS: [usize; 4] = [256, 1024, 4096, 8192];

/// Tokens in the order of [`all`].
pub fn tokens(world: &World) -> Vec<(String, String)> {
    let groups = GROUPS.map(|count| {
        let mut groups = vec!["admins".to_owned()];
        groups.extend((1..count).map(|number| format!("team-{number:03}")));
        let payload = with(world.payload(), "cognito:groups", Some(json!(groups)));
        (format!("{count} groups"), world.sign(&payload))
    });
    let claims = CLAIMS.map(|bytes| {
        let payload = with(world.payload(), "custom:note", Some("n".repeat(bytes).into()));
        (format!("a claim of {bytes} bytes"), world.sign(&payload))
    });
    groups.into_iter().chain(claims).collect()
}

/// Each token new, and cached. The first contestant checks the signature of the first token.
pub fn all<'a>(world: &World, tokens: &'a [(String, String)]) -> Vec<Contestant<'a>> {
    let verifiers = [true, false].map(|is_cached| {
        let builder = world.builder();
        if is_cached { builder } else { builder.without_cache() }.build().unwrap()
    });
    let mut all = vec![raw(world, &tokens[0].1)];
    for (name, token) in tokens {
        let name = format!("{name}, a token of {} bytes", token.len());
        let [cached, new] = &verifiers;
        all.push(one(&format!("{name}: new"), new.clone(), token));
        all.push(one(&format!("{name}: cached"), cached.clone(), token));
    }
    all
}
