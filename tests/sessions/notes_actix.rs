//! The site of `notes_axum` in Actix Web, as a newcomer wrote it with the guide alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::http::header;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, HttpResponse, Responder, web};
use cognito_auth::JwtVerifier;
use cognito_auth::sessions::*;
use cognito_auth::testing::{LocalUser, LocalUserPool};

type Notes = web::Data<Mutex<HashMap<String, String>>>;

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

fn page(title: &str, html: &str) -> HttpResponse {
    let policy = "default-src 'none'; frame-ancestors 'none'";
    HttpResponse::Ok()
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::REFERRER_POLICY, "same-origin"))
        .content_type("text/html; charset=utf-8")
        .body(format!("<!doctype html><title>{title}</title><h1>{title}</h1>{html}"))
}

fn see(path: &'static str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, path)).finish()
}

async fn home(OptionalUser(user): OptionalUser) -> impl Responder {
    match user {
        None => page("Home", "<a href='/login?return_to=/note'>Sign in</a>"),
        Some(user) => {
            let name = escape(user.username().unwrap_or("you"));
            let form = "<form method=post action=/logout><button>Sign out</button>
                <button name=everywhere value=true>everywhere</button></form>";
            page("Home", &format!("Hello {name}{form}"))
        }
    }
}

async fn note(user: CurrentUser, notes: Notes) -> impl Responder {
    let text = notes.lock().unwrap().get(user.sub()).cloned().unwrap_or_default();
    let text = format!("<textarea name=text>{}</textarea>", escape(&text));
    page("Note", &format!("<form method=post>{text}<button>Save</button></form>"))
}

#[derive(serde::Deserialize)]
struct NoteForm {
    text: String,
}

async fn save(user: CurrentUser, notes: Notes, form: web::Form<NoteForm>) -> impl Responder {
    notes.lock().unwrap().insert(user.sub().to_owned(), form.into_inner().text);
    see("/note")
}

async fn delete(user: CurrentUser, notes: Notes) -> Result<HttpResponse, SessionRejection> {
    user.require_auth_within(Duration::from_secs(300))?;
    notes.lock().unwrap().remove(user.sub());
    Ok(see("/note"))
}

async fn admin(user: CurrentUser) -> Result<&'static str, SessionRejection> {
    user.require_group("admins")?;
    Ok("admins only")
}

async fn list(
    user: CurrentUser,
    sessions: web::Data<BrowserSessions>,
) -> Result<String, SessionRejection> {
    let list = sessions.sessions_of(&user).await.map_err(|error| user.reject(&error))?;
    Ok(format!("{} sessions", list.len()))
}

fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/", web::get().to(home))
        .route("/note", web::get().to(note))
        .route("/note", web::post().to(save))
        .route("/note/delete", web::post().to(delete))
        .route("/sessions", web::get().to(list))
        .route("/admin", web::get().to(admin));
}

#[actix_web::test]
async fn a_site_from_the_guide_alone() {
    let cognito = Arc::new(LocalUserPool::start().await.unwrap());
    cognito.add_user(LocalUser::new("bob", "Passw0rd!23"));
    cognito.add_redirect_uri("http://localhost:3000/callback").unwrap();
    let pool = cognito.user_pool();
    let verifier = JwtVerifier::new(&pool, cognito.client_id()).unwrap();
    let sessions =
        BrowserSessions::builder(&pool, cognito.clone(), verifier, MemorySessions::new())
            .redirect_uri("http://localhost:3000/callback")
            .build()
            .unwrap();
    let notes = Notes::new(Mutex::default());
    let app = App::new()
        .wrap(SessionLayer::new(sessions.clone()))
        .app_data(notes.clone())
        .configure(|config| sessions.configure(config))
        .configure(routes);
    let app = init_service(app).await;
    let bob = cognito.signed_in_cookie(&sessions, "bob", "Passw0rd!23").await.unwrap();
    let get = async |path: &str, cookie: &str| {
        let request = TestRequest::get().uri(path).insert_header(("accept", "text/html"));
        let request = request.insert_header(("cookie", cookie)).to_request();
        call_service(&app, request).await.status().as_u16()
    };
    let post = async |path: &str, site: &str| {
        let request = TestRequest::post().uri(path).insert_header(("cookie", bob.as_str()));
        let request = request.insert_header(("sec-fetch-site", site)).set_form([("text", "x")]);
        call_service(&app, request.to_request()).await.status().as_u16()
    };
    assert_eq!(get("/", "").await, 200);
    assert_eq!(get("/note", "").await, 303);
    assert_eq!(get("/note", &bob).await, 200);
    assert_eq!(get("/admin", &bob).await, 403);
    assert_eq!(get("/sessions", &bob).await, 200);
    assert_eq!(post("/note", "cross-site").await, 403);
    assert!(notes.lock().unwrap().is_empty());
    assert_eq!(post("/note", "same-origin").await, 303);
    assert_eq!(notes.lock().unwrap().values().collect::<Vec<_>>(), ["x"]);
    assert_eq!(post("/note/delete", "same-origin").await, 303);
    assert!(notes.lock().unwrap().is_empty());
    // A script, by its `accept`.
    assert_eq!(post("/logout", "same-origin").await, 200);
    assert_eq!(get("/note", &bob).await, 303);
}
