//! A signed-in browser, without a browser.

use http::Request;
use http::header::{COOKIE, LOCATION, SET_COOKIE};
use url::Url;

use super::local_pool::LocalUserPool;
use crate::error::{AuthError, ConfigError, ValueProblem};
use crate::sessions::BrowserSessions;

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
    /// As [`authorize`](Self::authorize); [`AuthError::Config`] when the site refuses the sign-in.
    pub async fn signed_in_cookie(
        &self,
        sessions: &BrowserSessions,
        username: &str,
        password: &str,
    ) -> Result<String, AuthError> {
        let reason = ValueProblem::SiteWithoutSignIn;
        let refused = AuthError::Config(ConfigError::Value { setting: "the site", reason });
        let [login, ..] = sessions.paths();
        let get = |path: &str, cookie: &str| {
            let request = Request::get(path).header(COOKIE, cookie).body(Vec::new());
            request.map_err(|_| refused.clone())
        };
        let begun = sessions.handle(get(login, "")?).await;
        let address = begun.headers().get(LOCATION).and_then(|to| to.to_str().ok());
        let address = address.and_then(|to| Url::parse(to).ok());
        let address = address.ok_or(refused.clone())?;
        let callback = self.authorize(&address, username, password)?;
        let path = &callback[url::Position::BeforePath..];
        let done = sessions.handle(get(path, &cookies(&begun))?).await;
        let cookie = cookies(&done);
        if cookie.is_empty() { Err(refused) } else { Ok(cookie) }
    }
}

/// The cookies that an answer sets, as a browser sends them.
fn cookies<B>(response: &http::Response<B>) -> String {
    let fields = response.headers().get_all(SET_COOKIE).iter();
    let pairs = fields.filter_map(|field| field.to_str().ok()?.split(';').next());
    let set = pairs.filter(|pair| !pair.ends_with('='));
    set.collect::<Vec<_>>().join("; ")
}
