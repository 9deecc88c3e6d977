//! This crate beside an earlier commit of it, in turns: `benches/before/run`.

#[path = "../../verify/harness.rs"]
mod harness;
mod sides;

use std::process::Command;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{
    KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256,
    RsaPublicKeyComponents,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use harness::{Contestant, print, race};
use serde_json::{Value, json};
use sides::Sides;

const ROUNDS: usize = 31;
const MOMENT: Duration = Duration::from_micros(2500);

/// Processes whose start is measured.
const STARTS: usize = 41;

fn main() {
    let arguments: Vec<_> = std::env::args().collect();
    if let [_, side, jwks, token] = &arguments[..] {
        return sides::verify_once(side, jwks, token);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let _inside = runtime.enter();
    let sides = Sides::new();
    let all = |contestants: Vec<[Contestant<'static>; 2]>| {
        let (jwks, token) = sides.signed();
        [raw(&jwks, token)].into_iter().chain(contestants.into_iter().flatten()).collect::<Vec<_>>()
    };
    for (title, contestants) in [
        ("Look-ups of three random ids", sides.look_ups(&runtime)),
        ("A cached token in a set of pools", sides.pools()),
        ("A cached token, LiveCheck", sides.live_check(&runtime)),
        ("100 cached tokens, a recorder", sides.recorders()),
    ] {
        print(title, &race(&all(contestants), ROUNDS, MOMENT));
    }
    let two_threads: Vec<_> =
        sides.hits().into_iter().flat_map(Contestant::and_on_two_threads).collect();
    let (jwks, token) = sides.signed();
    let two_threads: Vec<_> = [raw(&jwks, token)].into_iter().chain(two_threads).collect();
    print("One cached token on two threads", &race(&two_threads, ROUNDS, MOMENT * 2));

    sides.print_growth(&runtime);
    sides.print_verifiers();
    sides.print_local_pools(&runtime);
    print_starts();
}

/// The check of one token's signature and nothing else: what everything is compared with.
fn raw(jwks: &str, token: &str) -> Contestant<'static> {
    let jwks: Value = serde_json::from_str(jwks).unwrap();
    let (signing_input, signature) = token.rsplit_once('.').unwrap();
    let signing_input = signing_input.as_bytes().to_vec();
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let signature = decode(signature);
    let keys: Vec<ParsedPublicKey> = jwks["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| {
            let modulus = decode(key["n"].as_str().unwrap());
            RsaPublicKeyComponents { n: modulus.as_slice(), e: &[1, 0, 1][..] }
                .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
                .unwrap()
        })
        .collect();
    let holds = |key: &ParsedPublicKey| key.verify_sig(&signing_input, &signature).is_ok();
    let key = keys.into_iter().find(holds).unwrap();
    Contestant::new("signature alone", move |_, _| {
        key.verify_sig(&signing_input, &signature).unwrap();
    })
}

/// From the start of a process to its first verified token, with keys that are bundled.
fn print_starts() {
    let mut times = [Vec::new(), Vec::new(), Vec::new()];
    let (program, (jwks, token)) = (std::env::current_exe().unwrap(), signed());
    for _ in 0..STARTS {
        for (side, times) in ["before", "now", "nothing"].iter().zip(&mut times) {
            let began = Instant::now();
            let status = Command::new(&program).args([side, &*jwks, &*token]).status().unwrap();
            times.push(began.elapsed());
            assert!(status.success());
        }
    }
    let [before, now, nothing] = times.map(|mut times| {
        times.sort();
        times[STARTS / 2]
    });
    println!("to the first verified token: {before:?} before, {now:?} now; nothing: {nothing:?}");
}

/// A JWKS, and a token of Cognito's form.
fn signed() -> (String, String) {
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let modulus = pair.public_key().modulus().big_endian_without_leading_zero().to_vec();
    let jwks = json!({ "keys": [{
        "kty": "RSA", "use": "sig", "alg": "RS256", "kid": "k1", "e": "AQAB", "n": encode(&modulus),
    }] });
    let header = json!({ "kid": "k1", "alg": "RS256" });
    let payload = json!({
        "sub": "7c5f0f0e-0123-4000-8000-0000000000ff", "token_use": "access", "version": 2,
        "iss": format!("https://cognito-idp.eu-west-1.amazonaws.com/{}", sides::POOL),
        "client_id": sides::CLIENT, "origin_jti": "2b8d7c10-0000-4000-8000-000000000003",
        "event_id": "3b8d7c10-0000-4000-8000-000000000003", "scope": "openid", "auth_time": now,
        "exp": now + 86_400, "iat": now, "jti": "5b8d7c10-0000-4000-8000-000000000003",
        "username": "alice",
    });
    let [header, payload] = [header, payload].map(|part| encode(part.to_string().as_bytes()));
    let signing_input = format!("{header}.{payload}");
    let mut signature = vec![0; pair.public_modulus_len()];
    let random = SystemRandom::new();
    pair.sign(&RSA_PKCS1_SHA256, &random, signing_input.as_bytes(), &mut signature).unwrap();
    (jwks.to_string(), format!("{signing_input}.{}", encode(&signature)))
}
