//! Whether the time of a direct sign-in tells something: `cargo bench --bench sign_in_timing`
//! (`-- --samples 5000`).
//!
//! Two questions. Does the time of a refused sign-in at the local pool tell whether the user exists, or is
//! disabled? Does the time of the client's arithmetic tell something about the password? For the second, the
//! server answers at once and with the same numbers each time.
//!
//! The pool hides the difference of an unknown user and a wrong password in each flow, and that of a disabled
//! user on its login page. With SRP it does not hide a disabled user: Cognito refuses at the first request, with
//! a text that says so, before a password is looked at. That class is measured too, and is to be told apart.
//!
//! The classes take turns, in an order that changes from round to round. Printed for each class: the median; for
//! each class against the first one: the difference of the means, its standard error, and Welch's t, all without
//! the slowest tenth of each class, which is the machine's. |t| above 4.5 would be a leak: by chance it occurs in
//! one of 150,000 comparisons.
#![allow(clippy::unwrap_used)]

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::Instant;

use cognito_auth::direct::{DirectSignIn, SignInAttempt};
use cognito_auth::testing::{LocalUser, LocalUserPool};
use cognito_auth::{CognitoClient, IdentityProvider, SignInRequest, UserPool};
use serde_json::json;

/// A class of sign-ins: its name, the attempt of a round, and whether the pool hides it.
struct Class {
    name: &'static str,
    attempt: Box<dyn Fn(u64) -> SignInAttempt>,
    is_hidden: bool,
}

fn class(name: &'static str, attempt: impl Fn(u64) -> SignInAttempt + 'static) -> Class {
    Class { name, attempt: Box::new(attempt), is_hidden: true }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--samples").skip(1);
    let samples = arguments.next().map_or(1000, |count| count.parse().unwrap());

    let pool = LocalUserPool::builder()
        .user(LocalUser::new("alice", "Passw0rd!"))
        .user(LocalUser::new("carol", "Passw0rd!"))
        .without_lockout()
        .start()
        .await
        .unwrap();
    pool.disable_user("carol");
    let client = CognitoClient::new(&pool.user_pool(), pool.client_id()).unwrap();
    let direct = DirectSignIn::new(&client);
    const USERS: [(&str, &str); 3] =
        [("a wrong password", "alice"), ("an unknown user", "mallo"), ("a disabled user", "carol")];

    println!("refused sign-ins with SRP at the local pool, {samples} of each:");
    let mut classes = USERS.map(|(name, user)| {
        class(name, move |_| SignInAttempt::with_password(user, "wrong-Passw0rd"))
    });
    classes[2].is_hidden = false;
    compare_attempts(&direct, &classes, samples).await;

    println!("\nthe same with USER_PASSWORD_AUTH:");
    let mut classes = USERS.map(|(name, user)| {
        class(name, move |_| SignInAttempt::with_plain_password(user, "wrong-Passw0rd"))
    });
    classes[2].is_hidden = false;
    compare_attempts(&direct, &classes, samples).await;

    println!("\nthe same on the local pool's login page:");
    let page = LoginPage::of(&client);
    let names = USERS.map(|(name, _)| (name, true));
    compare(&names, samples, async |class, _| page.refuse(USERS[class].1).await).await;

    println!("\nthe client's arithmetic, {samples} of each:");
    let pool = UserPool::new("eu-west-1_AbCdEf123").unwrap().with_idp_endpoint(&server()).unwrap();
    let client = CognitoClient::new(&pool, "1example23456789abcdefghij").unwrap();
    let one = |_| SignInAttempt::with_password("alice", "Passw0rd!00000000");
    let other = |round| SignInAttempt::with_password("alice", format!("Passw0rd!{round:08}"));
    let classes = [
        class("one password", one),
        class("the same again", one),
        class("another each time", other),
    ];
    compare_attempts(&DirectSignIn::new(&client), &classes, samples).await;
}

/// The page of the local pool, where a form is accepted with the random text of its cookie.
struct LoginPage {
    client: reqwest::Client,
    address: url::Url,
}

impl LoginPage {
    fn of(client: &CognitoClient) -> Self {
        let callback = "http://localhost:3000/auth/callback";
        let mut address = client.sign_in(SignInRequest::new(callback)).unwrap().url;
        address.set_path("/login");
        Self { client: reqwest::Client::new(), address }
    }

    /// The page with the form again, and why.
    async fn refuse(&self, user: &str) {
        let random = "r".repeat(43);
        let form = format!("username={user}&password=wrong-Passw0rd&_csrf={random}");
        let request = self.client.post(self.address.clone()).body(form);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let response =
            request.header("cookie", format!("XSRF-TOKEN={random}")).send().await.unwrap();
        let page = response.text().await.unwrap();
        assert!(page.contains("Incorrect username or password."), "{page}");
    }
}

async fn compare_attempts(direct: &DirectSignIn, classes: &[Class], samples: usize) {
    let names: Vec<_> = classes.iter().map(|class| (class.name, class.is_hidden)).collect();
    let refuse = async |class: usize, round| {
        let outcome = direct.start((classes[class].attempt)(round)).await;
        assert!(outcome.is_err(), "every sign-in here is refused");
    };
    compare(&names, samples, refuse).await;
}

/// Measures classes of refused sign-ins: their names, and whether they are to look alike.
async fn compare(classes: &[(&str, bool)], samples: usize, refuse: impl AsyncFn(usize, u64)) {
    let mut times = vec![Vec::with_capacity(samples); classes.len()];
    let warm_up = samples / 20 + 1;
    for round in 0..samples + warm_up {
        for turn in 0..classes.len() {
            // A fixed order would give each class the same predecessor.
            let class = (turn * (1 + round % 2) + round / 2) % classes.len();
            let started = Instant::now();
            refuse(class, round as u64).await;
            let time = started.elapsed().as_secs_f64() * 1e6;
            if round >= warm_up {
                times[class].push(time);
            }
        }
    }
    let first = statistics(&mut times[0]);
    for ((name, is_hidden), times) in classes.iter().zip(&mut times) {
        let own = statistics(times);
        let error = (first.variance / first.count + own.variance / own.count).sqrt();
        let difference = own.mean - first.mean;
        let t = if difference == 0.0 { 0.0 } else { difference / error };
        println!(
            "{name:>20}: median {:9.1} µs, {difference:+8.2} ± {error:.2} µs, t = {t:+.2}{}",
            own.median,
            match (t.abs() > 4.5, is_hidden) {
                (true, true) => "  LEAK",
                (true, false) => "  (not hidden by Cognito either)",
                (false, _) => "",
            },
        );
    }
}

struct Statistics {
    count: f64,
    median: f64,
    mean: f64,
    variance: f64,
}

fn statistics(times: &mut [f64]) -> Statistics {
    times.sort_by(f64::total_cmp);
    let median = times[times.len() / 2];
    let kept = &times[..times.len() * 9 / 10];
    let count = kept.len() as f64;
    let mean = kept.iter().sum::<f64>() / count;
    let variance = kept.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / (count - 1.0);
    Statistics { count, median, mean, variance }
}

/// A server that answers the first call of a sign-in with a challenge of SRP, and refuses the second.
fn server() -> String {
    let challenge = json!({
        "ChallengeName": "PASSWORD_VERIFIER",
        "ChallengeParameters": {
            "SALT": "1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f", "SRP_B": "635ce1ee597ef02f47a327070e37e9ae",
            "SECRET_BLOCK": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "USERNAME": "alice",
            "USER_ID_FOR_SRP": "alice",
        },
    });
    let refusal = json!({ "__type": "NotAuthorizedException", "message": "Incorrect." });
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            stream.set_nodelay(true).unwrap();
            let mut request = Vec::new();
            let mut piece = [0; 8192];
            while let Ok(length @ 1..) = stream.read(&mut piece) {
                request.extend_from_slice(&piece[..length]);
                // A request is its header and one JSON object.
                if !request.ends_with(b"}") {
                    continue;
                }
                let is_first = request.windows(12).any(|octets| octets == b"InitiateAuth");
                let (status, body) =
                    if is_first { ("200 OK", &challenge) } else { ("400 Bad Request", &refusal) };
                let body = body.to_string();
                let length = body.len();
                let head = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n\r\n");
                stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
                request.clear();
            }
        }
    });
    address
}
