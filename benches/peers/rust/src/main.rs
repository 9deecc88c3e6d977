//! Libraries in Rust, run in turns with those of other languages by ../race.py: `peers write <folder>`
//! makes a token and its key set, `peers race <folder>` measures with them.
#![allow(missing_docs, unreachable_pub)]

#[path = "../../../verify/by_hand.rs"]
mod by_hand;
mod libraries;
#[path = "../../../../tests/support/mod.rs"]
mod support;

use std::error::Error;
use std::hint::black_box;
use std::io::{BufRead, Write};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use support::{Signer, access_payload, jwks, with};

/// A library, as a function that returns whether it accepts a token.
pub struct Contestant {
    pub name: String,
    pub accepts: Box<dyn Fn(&str) -> bool>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().collect();
    let folder = std::path::Path::new(&arguments[2]);
    if arguments[1] == "write" {
        return write(folder);
    }
    let read = |name: &str| std::fs::read_to_string(folder.join(name));
    let (token, jwks) = (read("token")?, read("jwks.json")?);
    let (signing_input, signature) = token.rsplit_once('.').ok_or("no token")?;
    let forged = format!("{signing_input}.{}", "A".repeat(signature.len()));
    let contestants = libraries::all(&token, &jwks);
    for Contestant { name, accepts } in &contestants {
        assert!(accepts(&token) && !accepts(&forged), "{name}");
        println!("{name}");
    }
    println!();
    let mut batches = vec![1; contestants.len()];
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (index, nanoseconds) = line.split_once(' ').ok_or("index and nanoseconds")?;
        let (index, moment): (usize, f64) = (index.parse()?, nanoseconds.parse()?);
        let once = |batch: usize| {
            let start = Instant::now();
            for _ in 0..batch {
                black_box((contestants[index].accepts)(black_box(&token)));
            }
            start.elapsed().max(Duration::from_nanos(1)).as_nanos() as f64 / batch as f64
        };
        let mut each = once(batches[index]);
        while each * (batches[index] as f64) < moment / 4.0 {
            batches[index] = (batches[index] * 2).max((moment / each / 2.0) as usize);
            each = once(batches[index]);
        }
        println!("{each}");
        std::io::stdout().flush()?;
    }
    Ok(())
}

/// A token in Cognito's form, whose private key is not kept.
fn write(folder: &std::path::Path) -> Result<(), Box<dyn Error>> {
    let [signer, other] = ["k", "o"].map(|id| Signer::new(&id.repeat(44)));
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let times = [("auth_time", 0), ("iat", 0), ("exp", 86_400)];
    let payload = times.iter().fold(access_payload(), |payload, (name, ahead)| {
        with(payload, name, Some((now + ahead).into()))
    });
    let token = signer.sign_raw(signer.header(), payload.to_string().replace('/', r"\/"));
    std::fs::write(folder.join("token"), token)?;
    std::fs::write(folder.join("jwks.json"), jwks(&[&other, &signer]))?;
    Ok(())
}
