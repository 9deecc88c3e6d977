//! Three processes of the example on one Redis: signed out at one, refused at the others.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use cognito_auth::testing::{Endpoint, Fault, LocalUser, LocalUserPool};

use super::server::Server;
use super::*;
use crate::example::Example;

/// What servers share beside the Redis URL: keys of their sessions.
const SESSION_KEYS: &str = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA";

/// The example as a program of its own.
struct Machine {
    child: Child,
    home: String,
}

impl Machine {
    fn start(program: &std::path::Path, pool: &LocalUserPool, redis: &str) -> Self {
        let user_pool = pool.user_pool();
        let mut command = Example::command(program);
        command
            .env("COGNITO_USER_POOL_ID", user_pool.id().to_string())
            .env("COGNITO_CLIENT_ID", pool.client_id())
            .env("COGNITO_DOMAIN", user_pool.domain().unwrap().as_str())
            .env("COGNITO_ISSUER", &user_pool.issuers()[0])
            .env("COGNITO_JWKS_URI", user_pool.jwks_uri().as_str())
            .env("COGNITO_IDP_ENDPOINT", user_pool.idp_endpoint().as_str())
            .env("REDIS_URL", redis)
            .env("SESSION_KEYS", SESSION_KEYS);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let home = lines.filter_map(|line| line.strip_prefix("ready: ").map(str::to_owned)).next();
        Self { child, home: home.expect("the example is ready") }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn status(client: &reqwest::Client, url: &str, token: &str) -> u16 {
    let request = client.get(url).header("authorization", format!("Bearer {token}"));
    request.send().await.unwrap().status().as_u16()
}

/// 50 sign-outs, or as many as `SIGN_OUTS` says.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_out_at_one_process_is_refused_at_the_others() {
    let Some(program) = Example::program() else { return };
    let Some(server) = Server::start(&[]) else { return };
    let sign_outs: usize =
        std::env::var("SIGN_OUTS").map_or(50, |text| text.parse().expect("a number"));
    let pool = LocalUserPool::builder().start().await.unwrap();
    pool.add_user(LocalUser::new("alice", "Passw0rd!23"));
    let machines = [(); 3].map(|()| Machine::start(&program, &pool, &server.url()));
    // The pool never hears of a sign-out: a machine that refuses a token knows of it from Redis.
    pool.fail_next_at(Endpoint::GlobalSignOut, usize::MAX, Fault::Status(500));
    let client =
        Arc::new(reqwest::Client::builder().tls_certs_only([]).no_proxy().build().unwrap());

    let mut times = Vec::new();
    for round in 0..sign_outs {
        let token = pool.access_token("alice").expose().to_owned();
        for machine in &machines {
            assert_eq!(status(&client, &format!("{}auth/me", machine.home), &token).await, 200);
        }
        let (at, others) = (round % 3, [(round + 1) % 3, (round + 2) % 3]);
        let logout = format!("{}auth/logout", machines[at].home);
        assert_eq!(status(&client, &logout, &token).await, 503, "the pool could not be told");
        let signed_out = Instant::now();
        let refusals = others.map(|other| {
            let (client, token) = (Arc::clone(&client), token.clone());
            let me = format!("{}auth/me", machines[other].home);
            tokio::spawn(async move {
                loop {
                    let asked = signed_out.elapsed();
                    match status(&client, &me, &token).await {
                        403 => return signed_out.elapsed(),
                        200 if asked < PATIENCE => {}
                        status => panic!("{status} after {asked:?}"),
                    }
                }
            })
        });
        for refusal in refusals {
            times.push(refusal.await.unwrap());
        }
    }
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!(
        "{sign_outs} sign-outs, refused at two others after: median {:?}, p99 {:?}, max {:?}",
        at(0.5),
        at(0.99),
        at(1.0)
    );
    // Far above what is measured, and far below what a poll would take.
    assert!(at(0.5) < Duration::from_millis(100), "the median is {:?}", at(0.5));
}

/// The line in the documentation of the example's settings is true.
#[tokio::test]
async fn a_redis_url_that_cannot_work_stops_the_example_with_a_word() {
    let Some(program) = Example::program() else { return };
    let output: std::process::Output = Command::output(
        Example::command(&program)
            .env("REDIS_URL", "redis://u:hush@cache.example.com")
            .env("SESSION_KEYS", SESSION_KEYS),
    )
    .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("the Redis URL must begin with rediss://"), "{said}");
    assert!(!said.contains("hush"));
}
