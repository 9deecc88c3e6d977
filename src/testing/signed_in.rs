//! A signed-in browser, without a browser.

use http::header::{COOKIE, LOCATION, SET_COOKIE};
use http::{Request, Response, StatusCode};
use url::Url;

use super::local_pool::LocalUserPool;
use crate::error::AuthError;
use crate::sessions::BrowserSessions;

/// Why [`LocalUserPool::signed_in_cookie`] has no cookie.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum SiteSignInError {
    /// The pool refused the sign-in: an unknown user, a wrong password, or a redirect URI that is not in
    /// the pool ([`add_redirect_uri`](LocalUserPool::add_redirect_uri)).
    #[error(transparent)]
    Pool(#[from] AuthError),
    /// The site did not sign the user in.
    #[error("the site answered {path} with {status} ({code})")]
    Site {
        /// The route: the login, or the callback.
        path: String,
        /// The status of the answer.
        status: StatusCode,
        /// The code of the answer: the one of [`SignInDecision::Refuse`], for example. The log has
        /// the reason for a code of this crate.
        ///
        /// [`SignInDecision::Refuse`]: crate::sessions::SignInDecision::Refuse
        code: String,
    },
}

impl LocalUserPool {
    /// Signs a user in to a web site, through its own routes: the value of the header `Cookie` that the
    /// user's browser sends from then on. For tests of pages.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use cognito_auth::JwtVerifier;
    /// # use cognito_auth::sessions::{BrowserSessions, MemorySessions};
    /// # use cognito_auth::testing::{LocalUser, LocalUserPool};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let cognito = Arc::new(LocalUserPool::start().await?);
    /// # cognito.add_user(LocalUser::new("alice", "Passw0rd!23"));
    /// # cognito.add_redirect_uri("http://localhost:3000/callback")?;
    /// # let pool = cognito.user_pool();
    /// # let verifier = Arc::new(JwtVerifier::new(&pool, &cognito.client_id())?);
    /// # let store = Arc::new(MemorySessions::new());
    /// # let sessions = BrowserSessions::builder(&pool, cognito.clone(), verifier, store)
    /// #     .redirect_uri("http://localhost:3000/callback").build()?;
    /// let cookie = cognito.signed_in_cookie(&sessions, "alice", "Passw0rd!23").await?;
    ///
    /// let request = http::Request::get("/account").header("cookie", cookie).body(())?;
    /// let signed_in = sessions.current(&request.into_parts().0).await?.unwrap();
    /// assert_eq!(signed_in.username(), Some("alice"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`SiteSignInError::Pool`] as [`authorize`](Self::authorize), and [`SiteSignInError::Site`] when the
    /// site does not sign the user in: its code is that of
    /// [`on_sign_in`](crate::sessions::BrowserSessionsBuilder::on_sign_in), if that refuses the user.
    /// A site with [`own_sign_in_page`](crate::sessions::BrowserSessionsBuilder::own_sign_in_page) never does here:
    /// its login redirects to that page (303, `no_cookie`). Send the form to the page instead.
    pub async fn signed_in_cookie(
        &self,
        sessions: &BrowserSessions,
        username: &str,
        password: &str,
    ) -> Result<String, SiteSignInError> {
        let [login, ..] = sessions.paths();
        let begun = get(sessions, login, "").await;
        let address = begun.headers().get(LOCATION).and_then(|to| to.to_str().ok());
        let address = address.and_then(|to| Url::parse(to).ok());
        let address = address.ok_or_else(|| refused(login, &begun))?;
        let callback = self.authorize(&address, username, password)?;
        let path = &callback[url::Position::BeforePath..];
        let done = get(sessions, path, &cookies(&begun)).await;
        let cookie = cookies(&done);
        if cookie.is_empty() { Err(refused(callback.path(), &done)) } else { Ok(cookie) }
    }
}

/// Without `Accept`: an error is answered as JSON.
async fn get(sessions: &BrowserSessions, path: &str, cookie: &str) -> Response<String> {
    match Request::get(path).header(COOKIE, cookie).body(Vec::new()) {
        Ok(request) => sessions.handle(request).await,
        Err(_) => {
            let mut response = Response::new(String::new());
            *response.status_mut() = StatusCode::BAD_REQUEST;
            response
        }
    }
}

fn refused(path: &str, response: &Response<String>) -> SiteSignInError {
    let body = serde_json::from_str::<serde_json::Value>(response.body()).unwrap_or_default();
    let code = body["error"].as_str().unwrap_or("no_cookie").to_owned();
    SiteSignInError::Site { path: path.to_owned(), status: response.status(), code }
}

/// The cookies that an answer sets, as a browser sends them.
fn cookies<B>(response: &Response<B>) -> String {
    let fields = response.headers().get_all(SET_COOKIE).iter();
    let pairs = fields.filter_map(|field| field.to_str().ok()?.split(';').next());
    let set = pairs.filter(|pair| !pair.ends_with('='));
    set.collect::<Vec<_>>().join("; ")
}
