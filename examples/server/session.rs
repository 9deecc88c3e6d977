//! Sessions: the browser has a random cookie, all data stays on the server.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cognito_auth::{AccessToken, PendingSignIn, RefreshToken, Tokens, UserInfo};
use subtle::ConstantTimeEq;

/// After this time a sign-in is dropped: the login page does not allow it to take longer.
const PENDING_LIFETIME: Duration = Duration::from_secs(10 * 60);

/// The most sign-ins that are stored within that time, finished ones included. Any client can start one:
/// this bounds memory and work. A client that starts this many evicts those of other users, which a rate
/// limit in front of the server has to prevent.
const MAX_PENDING: usize = 10_000;

const SESSION: &str = "session";
const PENDING: &str = "sign_in";

/// The session of a user who is signed in.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) access_token: AccessToken,
    pub(crate) refresh_token: Option<RefreshToken>,
    pub(crate) user: UserInfo,
    /// Proves that the sign-out form came from this server's page.
    pub(crate) form_token: String,
    ends: Instant,
}

impl Session {
    pub(crate) fn new(tokens: Tokens, user: UserInfo) -> Self {
        Self {
            ends: Instant::now() + tokens.expires_in.unwrap_or(Duration::from_secs(3600)),
            access_token: tokens.access_token.clone(),
            refresh_token: tokens.refresh_token.clone(),
            user,
            form_token: random(),
        }
    }

    pub(crate) fn form_token_is(&self, text: &str) -> bool {
        self.form_token.as_bytes().ct_eq(text.as_bytes()).into()
    }
}

#[derive(Clone)]
pub(crate) struct Sessions {
    secure: bool,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Default)]
struct Kept {
    pending: HashMap<String, PendingSignIn>,
    /// Their ids, the oldest first. Finished ones stay until their time is over.
    begun: VecDeque<(String, Instant)>,
    sessions: HashMap<String, Session>,
}

impl Kept {
    /// Drops those whose time is over, and the oldest beyond this number.
    fn forget_pending(&mut self, most: usize) {
        while let Some((id, begun)) = self.begun.front()
            && (self.begun.len() > most || begun.elapsed() >= PENDING_LIFETIME)
        {
            self.pending.remove(id);
            self.begun.pop_front();
        }
    }
}

impl Sessions {
    /// `secure`: the server is reached over https, and its cookies must not be sent over http.
    pub(crate) fn new(secure: bool) -> Self {
        Self { secure, kept: Arc::default() }
    }

    /// Stores a sign-in until this browser returns.
    pub(crate) fn begin(&self, pending: PendingSignIn, mut response: Response) -> Response {
        let id = random();
        let mut kept = self.lock();
        kept.forget_pending(MAX_PENDING - 1);
        kept.pending.insert(id.clone(), pending);
        kept.begun.push_back((id.clone(), Instant::now()));
        drop(kept);
        self.set_cookie(&mut response, PENDING, &id, PENDING_LIFETIME);
        response
    }

    /// Takes the sign-in that this browser started, so that its state is accepted once.
    pub(crate) fn take_pending(&self, headers: &HeaderMap) -> Option<PendingSignIn> {
        let mut kept = self.lock();
        kept.forget_pending(MAX_PENDING);
        kept.pending.remove(self.cookie(headers, PENDING)?)
    }

    /// Starts a session under a new id: an attacker may know one from before the sign-in.
    pub(crate) fn start(&self, session: Session, mut response: Response) -> Response {
        let id = random();
        let lifetime = session.ends.saturating_duration_since(Instant::now());
        let mut kept = self.lock();
        kept.sessions.retain(|_, session| session.ends > Instant::now());
        kept.sessions.insert(id.clone(), session);
        self.set_cookie(&mut response, SESSION, &id, lifetime);
        self.set_cookie(&mut response, PENDING, "", Duration::ZERO);
        response
    }

    pub(crate) fn find(&self, headers: &HeaderMap) -> Option<Session> {
        let session = self.lock().sessions.get(self.cookie(headers, SESSION)?).cloned()?;
        (session.ends > Instant::now()).then_some(session)
    }

    /// Ends this browser's session.
    pub(crate) fn end(&self, headers: &HeaderMap, mut response: Response) -> Response {
        if let Some(id) = self.cookie(headers, SESSION) {
            self.lock().sessions.remove(id);
        }
        self.set_cookie(&mut response, SESSION, "", Duration::ZERO);
        response
    }

    fn set_cookie(&self, response: &mut Response, name: &str, value: &str, lifetime: Duration) {
        let (prefix, secure) = (self.prefix(), if self.secure { "; Secure" } else { "" });
        let seconds = lifetime.as_secs();
        // Lax and not Strict: the redirect from the login page is a navigation from another site.
        let cookie = format!(
            "{prefix}{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"
        );
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }

    /// A browser accepts a cookie of such a name only from this host over https, so that no other subdomain
    /// can set it.
    fn prefix(&self) -> &'static str {
        if self.secure { "__Host-" } else { "" }
    }

    fn cookie<'a>(&self, headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
        let cookies =
            headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        cookies
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(known, value)| {
                (known.strip_prefix(self.prefix()) == Some(name)).then_some(value)
            })
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// 256 random bits as text.
fn random() -> String {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("the system has a random source");
    URL_SAFE_NO_PAD.encode(bytes)
}
