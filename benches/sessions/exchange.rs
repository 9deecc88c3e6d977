//! What a sign-in costs the client: its address, and the exchange of the code over HTTP on loopback. The
//! thread's own processor time, and what is allocated on it. The server is on another thread, and sends the
//! same answer each time.

use std::hint::black_box;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use cognito_auth::{
    AuthCode, ClientSecret, CognitoClient, IdentityProvider, SignInRequest, Tokens, UserPool,
};
use serde_json::json;

const POOL: &str = "eu-west-1_AbCdEf123";
const CLIENT: &str = "1example23456789abcdefghij";
const CALLBACK: &str = "https://app.example.com/auth/callback";
const SECRET: &str = "exampleSecret0123456789abcdefghijklmnopqrstuvwxyz12";
const CODE: &str = "a1b2c3d4-5678-90ab-cdef-EXAMPLE11111";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const NONCE: &str = "n-0S6_WzA2MjK3f8QvZ1b7Xc";

/// Calls in a round: Linux counts a thread's time when it waits, and at ticks of some milliseconds.
const BEGINNINGS: u32 = 5000;
const EXCHANGES: u32 = 50;

pub fn measure(rounds: usize) {
    let domain = format!("http://{}", serve());
    let pool = UserPool::new(POOL).unwrap().with_domain(&domain).unwrap();
    let client = CognitoClient::builder(&pool, CLIENT)
        .client_secret(ClientSecret::new(SECRET))
        .build()
        .unwrap();
    // On this thread, so that its time and its allocations are the client's.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let begin = || {
        black_box(client.sign_in(SignInRequest::new(CALLBACK)).unwrap());
    };
    let exchange = || {
        let code = AuthCode::new(CODE, CALLBACK)
            .with_code_verifier(VERIFIER)
            .with_nonce(NONCE)
            .issued_to(&pool, CLIENT);
        let tokens: Tokens = runtime.block_on(client.auth_with_code(code)).unwrap();
        assert!(tokens.id_token.is_some());
        black_box(tokens);
    };
    let bare = reqwest::Client::new();
    let authorization = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{SECRET}")));
    let request = || {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", CODE),
            ("client_id", CLIENT),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = bare
            .post(format!("{domain}/oauth2/token"))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("authorization", &authorization)
            .body(body);
        black_box(runtime.block_on(async { request.send().await?.bytes().await }).unwrap());
    };
    println!("\n### A sign-in at the client\n");
    println!("{rounds} rounds of {BEGINNINGS} and {EXCHANGES} calls; processor time of its thread");
    println!("| | median, µs | middle half | allocations |\n|---|---|---|---|");
    let steps: [(&str, &dyn Fn(), u32); 3] = [
        ("the address to send the browser to", &begin, BEGINNINGS),
        ("the exchange of the code", &exchange, EXCHANGES),
        ("the same request by reqwest alone, its answer not read", &request, EXCHANGES),
    ];
    for (name, step, calls) in steps {
        // The connection is open, and what is made once is made.
        (0..calls).for_each(|_| step());
        let allocations = allocation_counter::measure(step).count_total;
        let mut times: Vec<_> = (0..rounds)
            .map(|_| {
                let before = processor_time();
                (0..calls).for_each(|_| step());
                (processor_time() - before) as f64 / f64::from(calls) / 1000.0
            })
            .collect();
        times.sort_by(f64::total_cmp);
        let [low, median, high] = [1, 2, 3].map(|quarter| times[rounds * quarter / 4]);
        println!("| {name} | {median:.1} | {low:.1} to {high:.1} | {allocations} |");
    }
}

/// Tokens of the usual size, whose signatures no client looks at here.
fn answer() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let token = |payload: serde_json::Value| {
        let header = json!({"kid": "k".repeat(44), "alg": "RS256"}).to_string();
        let [header, payload] =
            [header, payload.to_string()].map(|part| URL_SAFE_NO_PAD.encode(part));
        format!("{header}.{payload}.{}", URL_SAFE_NO_PAD.encode([0x5a; 256]))
    };
    let issuer = format!("https://cognito-idp.eu-west-1.amazonaws.com/{POOL}");
    let sub = "7c5f0f0e-0123-4000-8000-0000000000ff";
    let id_token = token(json!({
        "at_hash": "sZbW2gQo0rMjAzDQ1DyqTw", "sub": sub, "cognito:groups": ["admins", "owners"],
        "email_verified": true, "iss": issuer, "cognito:username": sub, "nonce": NONCE,
        "origin_jti": "2b8d7c10-0000-4000-8000-000000000003", "aud": CLIENT,
        "event_id": "3b8d7c10-0000-4000-8000-000000000003", "token_use": "id", "auth_time": now,
        "exp": now + 86_400, "iat": now, "jti": "4b8d7c10-0000-4000-8000-000000000003",
        "email": "alice@example.com",
    }));
    let access_token = token(json!({
        "sub": sub, "cognito:groups": ["admins", "owners"], "iss": issuer, "version": 2,
        "client_id": CLIENT, "origin_jti": "2b8d7c10-0000-4000-8000-000000000003",
        "event_id": "3b8d7c10-0000-4000-8000-000000000003", "token_use": "access",
        "scope": "openid email orders/read", "auth_time": now, "exp": now + 86_400, "iat": now,
        "jti": "5b8d7c10-0000-4000-8000-000000000003", "username": sub,
    }));
    let refresh_token = format!("{}.{}", "a".repeat(600), "b".repeat(1100));
    let body = json!({
        "id_token": id_token, "access_token": access_token, "refresh_token": refresh_token,
        "expires_in": 3600, "token_type": "Bearer",
    });
    let body = body.to_string();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json;charset=UTF-8\r\ncontent-length: {}\r\n\
         cache-control: no-cache, no-store\r\n\r\n{body}",
        body.len()
    )
}

/// The address of a server that gives the same answer to every request.
fn serve() -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let answer = answer();
        for connection in listener.incoming() {
            let answer = answer.clone();
            std::thread::spawn(move || answer_all(connection.unwrap(), &answer));
        }
    });
    address
}

/// Until the client closes the connection. A request fits into one piece.
fn answer_all(mut connection: TcpStream, answer: &str) {
    connection.set_nodelay(true).unwrap();
    let mut request = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let Ok(read @ 1..) = connection.read(&mut piece) else { return };
        request.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&request).to_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head
            .split_once("content-length: ")
            .map_or(0, |(_, rest)| rest.split("\r\n").next().unwrap().trim().parse().unwrap());
        if body.len() >= length {
            request.clear();
            connection.write_all(answer.as_bytes()).unwrap();
        }
    }
}

/// The processor time of this thread in nanoseconds, from Linux.
fn processor_time() -> u64 {
    let counts = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    counts.split(' ').next().unwrap().parse().unwrap()
}
