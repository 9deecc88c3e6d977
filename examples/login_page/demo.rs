//! The local user pool, with users to try things out with.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use cognito_auth::testing::{LocalClient, LocalUser, LocalUserPool};
use url::Url;

use super::page::fill;
use super::settings::{Problem, Settings};

const PASSWORD: &str = "Passw0rd!23";

/// The name of each user, and what a sign-in asks for.
const USERS: [(&str, &str); 4] = [
    ("alice", "the password, or a code by e-mail"),
    ("bob", "the password, then the code of an authenticator app"),
    ("carol", "the password, then a code by e-mail"),
    ("dave", "a temporary password, then a new one"),
];

/// The key in bob's authenticator app.
const BOBS_KEY: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

#[derive(Clone)]
pub(crate) struct Demo {
    /// Dropping the last clone stops it.
    pub(crate) pool: LocalUserPool,
    /// The keys of the authenticator apps by user name: the page `/outbox` is all users' telephone.
    apps: Arc<Mutex<BTreeMap<String, String>>>,
}

impl Demo {
    pub(crate) async fn start() -> Result<(Settings, Self), Problem> {
        let client = LocalClient::confidential("local1example1client1id", "local-example-secret")
            .scopes(["openid", "email", "aws.cognito.signin.user.admin"]);
        let [alice, bob, carol, dave] = USERS.map(|(name, _)| {
            let email = format!("{name}@example.com");
            LocalUser::new(name, PASSWORD).email(email).email_verified(true)
        });
        let pool = LocalUserPool::builder()
            .client(client)
            .aliases()
            .required_attributes(["email"])
            .user(alice)
            .user(bob.software_token_mfa(BOBS_KEY))
            .user(carol.email_mfa())
            .user(dave.force_change_password());
        let pool = pool.start().await.map_err(|error| Problem::Other(error.to_string()))?;
        let settings = Settings {
            pool: pool.user_pool(),
            client_id: pool.client_id(),
            client_secret: pool.client_secret(),
            local: Some(pool.clone()),
        };
        let apps = BTreeMap::from([("bob".to_owned(), BOBS_KEY.to_owned())]);
        Ok((settings, Self { pool, apps: Arc::new(Mutex::new(apps)) }))
    }

    pub(crate) fn say_how_to_try(&self, home: &Url) {
        println!("no COGNITO_… is set: started a local user pool");
        if let Some(address) = self.pool.address() {
            println!("the local user pool is at http://{address}");
        }
        println!("open {home} and sign in with the password {PASSWORD} as");
        USERS.iter().for_each(|(name, asked)| println!("  {name:6} {asked}"));
        println!("the e-mails that the pool would have sent are at {home}outbox");
    }

    /// The user has this key in an authenticator app.
    pub(crate) fn has_app(&self, username: &str, secret: &str) {
        let mut apps = self.apps.lock().unwrap_or_else(PoisonError::into_inner);
        apps.insert(username.to_owned(), secret.to_owned());
    }

    /// What each user's authenticator app shows now: name and code.
    pub(crate) fn app_codes(&self) -> Vec<(String, String)> {
        let apps = self.apps.lock().unwrap_or_else(PoisonError::into_inner);
        let code = |secret: &String| self.pool.software_token_code(secret);
        apps.iter().filter_map(|(name, secret)| Some((name.clone(), code(secret)?))).collect()
    }
}

/// For the front page.
pub(crate) fn list() -> String {
    let row = |(name, asked): &(&str, &str)| {
        fill(include_str!("html/demo_user.html"), &[("name", *name), ("asked", *asked)])
    };
    let rows: String = USERS.iter().map(row).collect();
    fill(include_str!("html/demo_users.html"), &[("rows", &rows), ("password", PASSWORD)])
}
