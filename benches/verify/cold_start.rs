//! From the start of a process to its first verified token: this program starts itself.

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use cognito_auth::keys::StaticKeySet;
use cognito_auth::testing::LocalUserPool;
use cognito_auth::{JwtVerifier, UserPool};
use tokio::runtime::Runtime;

use crate::support::{Answer, CLIENT_ID, KeyServer, POOL_ID};
use crate::world::{World, builder};

/// What the started process gets: the kind of its keys, the keys or their address, and a token.
const VARIABLE: &str = "COGNITO_AUTH_BENCH_START";
const SEPARATOR: char = '\n';

const STARTS: usize = 41;

/// Within a process that [`print`] has started: verifies the token, says so and ends.
pub fn verify_if_started() {
    let Ok(given) = std::env::var(VARIABLE) else { return };
    let mut given = given.split(SEPARATOR);
    let [kind, keys, token] = [(); 3].map(|()| given.next().unwrap());
    let pool = UserPool::new(POOL_ID).unwrap();
    match kind {
        "bundled" => {
            let keys = StaticKeySet::from_jwks_json(keys).unwrap();
            let verifier = builder(&pool).keys(keys).build().unwrap();
            verifier.verify_access_now(token).unwrap();
        }
        "fetched" => {
            let pool = pool.with_jwks_uri(keys).unwrap();
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let verifier = builder(&pool).build().unwrap();
            runtime.unwrap().block_on(verifier.verify_access(token)).unwrap();
        }
        _ => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let _inside = runtime.as_ref().unwrap().enter();
            JwtVerifier::new(&pool, CLIENT_ID).unwrap();
        }
    }
    print!("done");
    std::process::exit(0);
}

pub fn print(world: &World, token: &str, runtime: &Runtime) {
    let server = runtime.block_on(KeyServer::start(Answer::Jwks(world.jwks())));
    println!("\n### Cold start, median of {STARTS}\n");
    for (what, kind, keys) in [
        ("a process that does nothing", None, String::new()),
        ("to the first verified token, keys bundled", Some("bundled"), world.jwks()),
        ("the same, keys fetched from loopback without TLS", Some("fetched"), server.uri()),
        ("to a verifier that fetches by https: the system's roots", Some("roots"), String::new()),
    ] {
        let mut times: Vec<_> =
            (0..STARTS).map(|_| start(kind.map(|kind| [kind, &keys, token].join("\n")))).collect();
        times.sort_unstable();
        println!("{what}: {:?}", times[STARTS / 2]);
    }
}

/// How many local pools are started in a second, one after the other, each with its server.
pub fn print_local_pools(runtime: &Runtime) {
    let (began, mut started) = (Instant::now(), 0);
    while began.elapsed() < Duration::from_secs(1) {
        runtime.block_on(LocalUserPool::builder().start()).unwrap();
        started += 1;
    }
    println!("local user pools started in a second: {started}");
}

fn start(given: Option<String>) -> Duration {
    let mut command = match &given {
        Some(given) => {
            let mut this = Command::new(std::env::current_exe().unwrap());
            this.env(VARIABLE, given);
            this
        }
        None => Command::new("true"),
    };
    let began = Instant::now();
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut said = Vec::new();
    let out = child.stdout.as_mut().unwrap();
    let mut buffer = [0; 16];
    let count = out.read(&mut buffer).unwrap();
    said.extend_from_slice(&buffer[..count]);
    let taken = began.elapsed();
    assert!(child.wait().unwrap().success());
    assert_eq!(said, if given.is_some() { b"done".as_slice() } else { b"" });
    taken
}
