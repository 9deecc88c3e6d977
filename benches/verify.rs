//! The cost of a verification in multiples of a signature check: `cargo bench --bench verify`.
//! benches/README.md has the method and the results.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

#[path = "verify/by_hand.rs"]
mod by_hand;
#[path = "verify/cold_start.rs"]
mod cold_start;
#[path = "verify/contestants.rs"]
mod contestants;
#[path = "../tests/support/elliptic.rs"]
mod elliptic;
#[path = "verify/growth.rs"]
mod growth;
#[path = "verify/harness.rs"]
mod harness;
#[path = "verify/hostile.rs"]
mod hostile;
#[path = "verify/live_check.rs"]
mod live_check;
#[path = "verify/processes.rs"]
mod processes;
#[path = "verify/recorder.rs"]
mod recorder;
#[path = "verify/refusals.rs"]
mod refusals;
#[path = "verify/sizes.rs"]
mod sizes;
#[path = "../tests/support/mod.rs"]
mod support;
#[path = "verify/world.rs"]
mod world;

use std::sync::atomic::Ordering;
use std::time::Duration;

use cognito_auth::keys::{Algorithm, KeySet, RemoteKeySet, StaticKeySet};
use cognito_auth::{JwtVerifier, JwtVerifierBuilder, UserPool};
use contestants::{
    UNREAD, flood, jsonwebtoken, key_look_up, one, one_of_pools, other_work, random, raw, received,
};
use elliptic::EllipticSigner;
use harness::{Contestant, print, race};
use serde_json::json;
use support::{Answer, KeyServer, POOL_ID};
use world::{World, builder};

const MOMENT: Duration = Duration::from_micros(2500);

/// The number of tokens in a full default cache.
const LIVE: usize = 10_000;

/// An upper bound for the new tokens that a processor verifies in a moment.
const MOST_IN_A_MOMENT: usize = 250;

struct Settings {
    /// The only table to make: `new`, `seen`, `refused`, `hostile`, `threads`, `pools`, `growth`, `live`,
    /// `recorder` or `start`.
    only: Option<String>,
    /// How many processes measure the figures; their spread is printed then.
    processes: usize,
    /// Whether the claims are handed out only; otherwise they are read, as a handler does.
    unread: bool,
    /// Whether another process reads the figures.
    for_process: bool,
    rounds: usize,
    /// A further number of cached tokens, for rows that fit into no cache of the processor; 0 for none.
    live: usize,
}

impl Settings {
    fn read() -> Self {
        let arguments: Vec<_> = std::env::args().collect();
        let text = |name: &str| {
            let at = arguments.iter().position(|argument| argument == name);
            at.map(|at| arguments[at + 1].clone())
        };
        let number = |name: &str, default| text(name).map_or(default, |text| text.parse().unwrap());
        Self {
            only: text("--only"),
            processes: number("--processes", 1),
            unread: arguments.iter().any(|argument| argument == "--unread"),
            for_process: arguments.iter().any(|argument| argument == "--figures"),
            rounds: number("--rounds", 101),
            live: number("--live", 0),
        }
    }
}

fn main() {
    cold_start::verify_if_started();
    let Settings { only, processes, unread, for_process, rounds, live } = Settings::read();
    UNREAD.store(unread, Ordering::Relaxed);
    if processes > 1 {
        let mut arguments: Vec<_> = std::env::args().skip(1).collect();
        let at = arguments.iter().position(|argument| argument == "--processes").unwrap();
        arguments.drain(at..at + 2);
        return processes::print_spread(processes, &arguments);
    }
    let world = World::new();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (tokens, more) = (world.numbered(LIVE), world.numbered(live));
    println!("token: {} bytes; {rounds} rounds, {MOMENT:?} each", tokens[0].len());

    let wanted = |title: &str| only.as_deref().is_none_or(|only| only == title);
    let run = |title, contestants: Vec<Contestant<'_>>, moment| {
        let figures = race(&contestants, rounds, moment);
        if for_process { processes::print_figures(title, &figures) } else { print(title, &figures) }
    };
    if wanted("new") {
        // Enough for every round, so that no token comes twice, and for the moment that calibrates.
        let others = world.numbered(LIVE + (rounds + 1) * MOST_IN_A_MOMENT);
        let elliptic = elliptic(&world);
        run("New", new_tokens(&world, &tokens, &others, &elliptic), MOMENT);
    }
    if wanted("seen") {
        let keys = runtime.block_on(remote_keys(&world));
        run("Cached", cached_tokens(&world, &tokens, &more, keys), MOMENT);
    }
    if wanted("refused") {
        let cooling_down = refusals::cooling_down(&world, &runtime);
        let verifier = world.builder().build().unwrap();
        let mut refused = vec![raw(&world, &tokens[0])];
        refused.extend(refusals::all(&world, &verifier, &cooling_down, &tokens[0]));
        run("Refused", refused, MOMENT);
    }
    if wanted("hostile") {
        let verifier = world.builder().without_cache().build().unwrap();
        verifier.verify_access_now(&tokens[0]).unwrap();
        let mut hostile = vec![raw(&world, &tokens[0])];
        hostile.extend(hostile::large(&world, &verifier, &tokens[0]));
        run("Hostile", hostile, MOMENT);
    }
    if wanted("pools") {
        growth::print_start(&runtime);
        run("Pools", growth::pools(&world, &tokens[0]), MOMENT);
    }
    if wanted("growth") {
        let large = sizes::tokens(&world);
        run("Size of the token", sizes::all(&world, &large), MOMENT);
        let counts = growth::counts(&tokens);
        run("Live tokens, keys, revocations", growth::beside(&world, &counts, &tokens[0]), MOMENT);
    }
    if wanted("live") {
        run("LiveCheck", live_check::all(&world, &tokens[0], &runtime), MOMENT);
    }
    if wanted("recorder") {
        run("Metrics", recorder::all(&world, &tokens[0]), MOMENT);
    }
    if wanted("start") {
        cold_start::print(&world, &tokens[0], &runtime);
        cold_start::print_local_pools(&runtime);
    }
    if wanted("threads") {
        let keys = runtime.block_on(remote_keys(&world));
        run("One thread and two", one_thread_and_two(&world, &tokens, keys), MOMENT * 2);
    }
}

fn new_tokens<'a>(
    world: &World,
    tokens: &'a [String],
    others: &'a [String],
    elliptic: &'a (JwtVerifier, String),
) -> Vec<Contestant<'a>> {
    let good = &tokens[0];
    let verifier = |builder: JwtVerifierBuilder| builder.without_cache().build().unwrap();
    let (first, rest) = others.split_at(LIVE);
    vec![
        raw(world, good),
        one("whole verification, no cache", verifier(world.builder()), good),
        one("the same, 30,000 revocations", verifier(world.with_revocations(LIVE)), good),
        flood("no cache, every token different", verifier(world.builder()), &[], rest),
        flood(
            "a default cache, full, every token different",
            world.builder().build().unwrap(),
            first,
            rest,
        ),
        jsonwebtoken(world, good),
        one("whole verification, ES256, no cache", elliptic.0.clone(), &elliptic.1),
    ]
}

/// A token with the same claims, signed with ES256, and its verifier.
fn elliptic(world: &World) -> (JwtVerifier, String) {
    let signer = EllipticSigner::new(&world.signer.key_id);
    let keys = json!({"keys": [signer.jwk()]}).to_string();
    let verifier = builder(&UserPool::new(POOL_ID).unwrap())
        .algorithm(Algorithm::Es256)
        .keys(StaticKeySet::from_jwks_json_for(&keys, Algorithm::Es256).unwrap())
        .without_cache();
    (verifier.build().unwrap(), signer.sign(&world.payload()))
}

fn cached_tokens<'a>(
    world: &World,
    tokens: &'a [String],
    more: &'a [String],
    fetched: RemoteKeySet,
) -> Vec<Contestant<'a>> {
    let good = &tokens[0];
    let builder = || builder(&UserPool::new(POOL_ID).unwrap()).keys(fetched.clone());
    let room = |tokens: &[String]| world.builder().cache_size(tokens.len() * 2).build().unwrap();
    let revocations = world.with_revocations(LIVE).build().unwrap();
    let at_random = random("10,000 at random", room(tokens), tokens);
    let mut all = vec![
        raw(world, good),
        one("one token, static keys", world.builder().build().unwrap(), good),
        one("one token, fetched keys", builder().build().unwrap(), good),
        one("the same, 30,000 revocations", revocations, good),
        one_of_pools("one token, a set of two pools", world, 2, good),
        at_random.clone(),
        at_random.cold("the same, 2 MiB of other memory read before each", other_work()),
        received("the same, just received", Some(room(tokens)), tokens),
        received("of that, the copy", None, tokens),
    ];
    if !more.is_empty() {
        let name = format!("{} at random", more.len());
        let at_random = random(&name, room(more), more);
        let cold = format!("{name}, 2 MiB of other memory read before each");
        all.extend([at_random.cold(&cold, other_work()), at_random]);
        all.push(received(&format!("{name}, just received"), Some(room(more)), more));
        all.push(received("of that, the copy", None, more));
    }
    all
}

fn one_thread_and_two<'a>(
    world: &World,
    tokens: &'a [String],
    fetched: RemoteKeySet,
) -> Vec<Contestant<'a>> {
    let (good, key_id) = (&tokens[0], world.signer.key_id.as_str());
    let given = StaticKeySet::from_jwks_json(&world.jwks()).unwrap();
    let room = world.builder().cache_size(tokens.len() * 2).build().unwrap();
    let cold = world.builder().without_cache().build().unwrap();
    [
        raw(world, good),
        one("whole verification", cold, good),
        one("one cached token", world.builder().build().unwrap(), good),
        random("10,000 cached tokens at random", room, tokens),
        key_look_up("look-up of a key, static", given, key_id),
        key_look_up("look-up of a key, fetched", fetched, key_id),
    ]
    .into_iter()
    .flat_map(Contestant::and_on_two_threads)
    .collect()
}

async fn remote_keys(world: &World) -> RemoteKeySet {
    let server = KeyServer::start(Answer::Jwks(world.jwks())).await;
    let pool = UserPool::new(POOL_ID).unwrap().with_jwks_uri(&server.uri()).unwrap();
    let day = Duration::from_secs(86_400);
    let keys = RemoteKeySet::builder(&pool).cool_down(day).refresh_after(day).build().unwrap();
    keys.prefetch().await.unwrap();
    keys
}
