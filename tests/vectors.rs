//! Published test vectors: Wycheproof, the RFCs' own examples, the JOSE cookbook.
//!
//! The library offers RS256 and, where it is configured, ES256; so most valid vectors of other
//! algorithms have to be refused. Every count is asserted: a set that silently lost its rows fails. `tests/README.md` has
//! the table from vector to test.
#![allow(clippy::unwrap_used)]

#[path = "vectors/cookbook.rs"]
mod cookbook;
#[path = "support/elliptic.rs"]
mod elliptic;
#[path = "vectors/files.rs"]
mod files;
#[path = "vectors/key_sets.rs"]
mod key_sets;
#[path = "vectors/other_algorithms.rs"]
mod other_algorithms;
#[path = "vectors/p256_primitive.rs"]
mod p256_primitive;
#[path = "vectors/rfc.rs"]
mod rfc;
#[path = "vectors/rsa_primitive.rs"]
mod rsa_primitive;
#[path = "vectors/signatures.rs"]
mod signatures;
mod support;
