//! A site that keeps notes, as a newcomer wrote it with the guide alone: axum, a script on the page, another
//! service that is called with the user's token, and two machines.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{FromRef, Path, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use axum::response::{Html, IntoResponse, Redirect};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use cognito_auth::revocation::RedisRevocations;
use cognito_auth::sessions::*;
use cognito_auth::{CognitoClient, JwtVerifier, UserPool};

#[derive(Clone)]
pub(crate) struct AppState {
    sessions: BrowserSessions,
    notes: Arc<Mutex<HashMap<String, String>>>,
    http: reqwest::Client,
    other_service: String,
}

impl FromRef<AppState> for BrowserSessions {
    fn from_ref(state: &AppState) -> Self {
        state.sessions.clone()
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

fn page(title: &str, html: &str) -> impl IntoResponse + use<> {
    let policy =
        "default-src 'none'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'";
    let headers = [(CONTENT_SECURITY_POLICY, policy), (REFERRER_POLICY, "same-origin")];
    (headers, Html(format!("<!doctype html><title>{title}</title><h1>{title}</h1>{html}")))
}

async fn home(user: Option<CurrentUser>) -> impl IntoResponse {
    let html = match user {
        None => r#"<a href="/login?return_to=/note">Sign in</a>"#.to_owned(),
        Some(user) => format!(
            r#"<p>Hello {}</p><a href=/note>Note</a> <a href=/sessions>Sessions</a>
            <form method=post action=/logout><button>Sign out</button>
            <button name=everywhere value=true>Sign out everywhere</button></form>"#,
            escape(user.username().unwrap_or("you"))
        ),
    };
    page("Home", &html)
}

async fn note(user: CurrentUser, State(app): State<AppState>) -> impl IntoResponse {
    let text = app.notes.lock().unwrap().get(user.sub()).cloned().unwrap_or_default();
    let text = escape(&text);
    page(
        "Note",
        &format!(
            r#"<form method=post><textarea name=text>{text}</textarea><button>Save</button></form>
            <a href=/note/delete>Delete all</a> <p id=length></p><script src=/note.js></script>"#,
        ),
    )
}

#[derive(serde::Deserialize)]
struct NoteForm {
    text: String,
}

async fn save(
    user: CurrentUser,
    State(app): State<AppState>,
    Form(form): Form<NoteForm>,
) -> Redirect {
    app.notes.lock().unwrap().insert(user.sub().to_owned(), form.text);
    Redirect::to("/note")
}

const PROOF: Duration = Duration::from_secs(5 * 60);

async fn ask_delete(user: CurrentUser) -> Result<impl IntoResponse, SessionRejection> {
    user.require_auth_within(PROOF)?;
    Ok(page("Delete all notes?", "<form method=post><button>Delete</button></form>"))
}

async fn delete(
    user: CurrentUser,
    State(app): State<AppState>,
) -> Result<Redirect, SessionRejection> {
    user.require_auth_within(PROOF)?;
    app.notes.lock().unwrap().remove(user.sub());
    Ok(Redirect::to("/note"))
}

async fn script() -> impl IntoResponse {
    let script = r##"const headers = { accept: "application/json", "x-csrf": "1" };
const r = await fetch("/api/note", { headers });
if (r.status === 401) {
  const address = new URL((await r.json()).login, location.origin);
  address.searchParams.set("return_to", location.pathname + location.search);
  location.assign(address);
} else document.querySelector("#length").textContent = (await r.json()).text.length;"##;
    ([(CONTENT_TYPE, "text/javascript")], script)
}

async fn api_note(user: CurrentUser, State(app): State<AppState>) -> impl IntoResponse {
    let text = app.notes.lock().unwrap().get(user.sub()).cloned().unwrap_or_default();
    let row = user.app_data().try_into().map(u64::from_be_bytes).unwrap_or(0);
    Json(HashMap::from([("text", text), ("row", row.to_string())]))
}

async fn api_save(user: CurrentUser, State(app): State<AppState>, Json(text): Json<String>) {
    app.notes.lock().unwrap().insert(user.sub().to_owned(), text);
}

async fn admin(
    user: CurrentUser,
    State(app): State<AppState>,
) -> Result<impl IntoResponse, SessionRejection> {
    user.require_group("admins")?;
    Ok(page("Admin", &format!("{} notes", app.notes.lock().unwrap().len())))
}

async fn sessions(
    user: CurrentUser,
    State(app): State<AppState>,
) -> Result<impl IntoResponse, SessionRejection> {
    let list = app.sessions.sessions_of(&user).await.map_err(|error| user.reject(&error))?;
    let mut html = String::new();
    for session in list {
        let device = escape(session.device.as_deref().unwrap_or("unknown"));
        let this = if session.is_this { " (this)" } else { "" };
        let id = session.public_id;
        html += &format!(
            "<form method=post action=/sessions/{id}/end>{device}{this}<button>End</button></form>"
        );
    }
    Ok(page("Sessions", &html))
}

async fn end_session(
    user: CurrentUser,
    State(app): State<AppState>,
    Path(id): Path<String>,
) -> Result<Redirect, SessionRejection> {
    if let Some(id) = PublicSessionId::parse(&id) {
        app.sessions.end_one(&user, &id).await.map_err(|error| user.reject(&error))?;
    }
    Ok(Redirect::to("/sessions"))
}

async fn orders(
    user: CurrentUser,
    State(app): State<AppState>,
) -> Result<String, axum::http::StatusCode> {
    let bad = |_| axum::http::StatusCode::BAD_GATEWAY;
    let request = app.http.get(&app.other_service).bearer_auth(user.access_token().expose());
    request.send().await.map_err(bad)?.text().await.map_err(bad)
}

pub(crate) async fn local_user(sign_in: NewSignIn) -> SignInDecision {
    let row = sign_in.claims.sub().len() as u64; // stands for the row of a database
    SignInDecision::AllowWith(row.to_be_bytes().to_vec())
}

pub(crate) fn site(app: AppState) -> Router {
    let sessions_of_site = app.sessions.clone();
    Router::new()
        .route("/", get(home))
        .route("/note", get(note).post(save))
        .route("/note/delete", get(ask_delete).post(delete))
        .route("/api/note", get(api_note).put(api_save))
        .route("/admin", get(admin))
        .route("/sessions", get(sessions))
        .route("/sessions/{id}/end", post(end_session))
        .route("/orders", get(orders))
        .layer(SessionLayer::new(sessions_of_site.clone()))
        .route("/note.js", get(script))
        .fallback_service(sessions_of_site)
        .with_state(app)
}

pub(crate) fn app_state(sessions: BrowserSessions, other_service: &str) -> AppState {
    AppState {
        sessions,
        notes: Arc::default(),
        http: reqwest::Client::new(),
        other_service: other_service.to_owned(),
    }
}

/// The address of Redis, and the keys.
pub(crate) fn production(
    redis: Option<(&str, &str)>,
) -> Result<BrowserSessions, Box<dyn std::error::Error>> {
    let pool = UserPool::new("eu-west-1_AbCdEf123")?
        .with_domain("https://my-app.auth.eu-west-1.amazoncognito.com")?;
    let client = CognitoClient::new(&pool, "1example23456789abcdefghij")?;
    let verifier = JwtVerifier::builder(&pool).client_id("1example23456789abcdefghij");
    let builder = match redis {
        None => BrowserSessions::builder(&pool, client, verifier.build()?, MemorySessions::new()),
        Some((redis, keys)) => {
            let revocations = Arc::new(RedisRevocations::new(&pool, redis)?);
            let verifier = verifier.revocations(revocations).build()?;
            BrowserSessions::builder(&pool, client, verifier, RedisSessions::new(redis)?)
                .keys(SessionKeys::parse(keys)?)
        }
    };
    Ok(builder.redirect_uri("http://localhost:3000/callback").on_sign_in(local_user).build()?)
}
