//! A token's header written anew: with the members that are there, and without those that only
//! jsonwebtoken reads.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::support::{Signer, decode, encode};

/// Members of a header that are read there, and not here: no verdict of ours depends on them. The
/// others that are read there (`jwk`, `crit`, …) are a refusal here.
const NOT_USED: [&str; 6] = ["typ", "cty", "enc", "zip", "url", "nonce"];

/// The members of a JSON object in their order, and as often as they stand there.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

/// Whether these are members of an object that reads in one way only: no name twice, and
/// values that serde_json reads, which skips a text or a number that it does not need.
fn are_plain(members: &[(String, Box<RawValue>)]) -> bool {
    let names: BTreeSet<_> = members.iter().map(|(name, _)| name).collect();
    names.len() == members.len()
        && members.iter().all(|(_, value)| {
            let inner = serde_json::from_str::<Members>(value.get());
            serde_json::from_str::<Value>(value.get()).is_ok()
                && inner.map_or(true, |Members(inner)| are_plain(&inner))
        })
}

/// The token with its header written anew, signed again: as it was, and without the members that
/// are not used here. The values are copied as they stand. `None` where the header is not plain
/// JSON: no verifier may accept that.
pub fn with_header_anew(token: &str, signer: &Signer) -> Option<[String; 2]> {
    let (header, rest) = token.split_once('.')?;
    let (payload, _) = rest.split_once('.')?;
    let Members(members) = serde_json::from_slice(&decode(header)).ok()?;
    if !are_plain(&members) {
        return None;
    }
    let anew = |keep: &dyn Fn(&str) -> bool| {
        let kept = members.iter().filter(|(name, _)| keep(name));
        let kept: Vec<_> =
            kept.map(|(name, value)| format!("{}:{value}", Value::from(name.as_str()))).collect();
        signer.sign_encoded(&encode(format!("{{{}}}", kept.join(","))), payload)
    };
    Some([anew(&|_| true), anew(&|name| !NOT_USED.contains(&name))])
}
