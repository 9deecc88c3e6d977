//! Direct sign-in at the emulators. The README has a table of operations and flows: which emulator has them,
//! and the story that uses them.

mod absent;
mod accounts;
mod authenticator;
mod cognito_local;
mod ministack;
mod moto;
mod passwords;
mod refresh;
mod second_factors;
mod table;

use std::path::PathBuf;

use cognito_auth::direct::{DirectSignIn, OneTimeCode, SignInAttempt, Step};
use cognito_auth::{AccessToken, AuthError, CognitoClient, Refusal, RefusalCode, Tokens, UserPool};
use serde_json::{Value, json};

use crate::administration::{Administration, App, PASSWORD};
use crate::peer::Peer;

const NEW_PASSWORD: &str = "N3w-Passw0rd!23";

/// What an emulator does otherwise than the others.
#[derive(Clone, Copy)]
struct Manners {
    region: &'static str,
    attempt: fn(String, &'static str) -> SignInAttempt,
    /// What is added to a name, where names have to be addresses.
    name_suffix: &'static str,
    /// The code for a wrong password.
    wrong_password: &'static str,
    /// Whether its tokens name the emulator's own address as their issuer, and not AWS's.
    own_issuer: bool,
}

/// A pool at an emulator, and an app client of it.
struct Emulator {
    url: String,
    manners: Manners,
    administration: Administration,
    pool: String,
    direct: DirectSignIn,
    outbox: Outbox,
}

/// Where the codes are that it sends.
enum Outbox {
    /// E-mails, at an address of ministack.
    EMails,
    /// The users' file, in the data folder of cognito-local.
    DataFolder(PathBuf),
    /// None: moto sends nothing.
    Nowhere,
}

fn by_plain_password(name: String, password: &'static str) -> SignInAttempt {
    SignInAttempt::with_plain_password(name, password)
}

fn by_srp(name: String, password: &'static str) -> SignInAttempt {
    SignInAttempt::with_password(name, password)
}

impl Manners {
    fn client(&self, url: &str, pool: &str, app: &App) -> DirectSignIn {
        let mut settings = UserPool::new(pool).unwrap().with_idp_endpoint(url).unwrap();
        if self.own_issuer {
            settings = settings.with_issuers([format!("{url}/{pool}")]).unwrap();
        }
        let mut builder = CognitoClient::builder(&settings, &app.id);
        if let Some(secret) = &app.secret {
            builder = builder.client_secret(secret.as_str());
        }
        DirectSignIn::new(&builder.build().unwrap())
    }
}

/// Makes an app client that allows the flows that the emulators have.
async fn create_app(administration: &Administration, pool: &str, more: Value) -> App {
    let flows = [
        "ALLOW_CUSTOM_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_USER_SRP_AUTH",
    ];
    let mut members = json!({ "ExplicitAuthFlows": flows });
    members.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    administration.create_app(pool, members).await
}

/// A refusal of the peer, in its own words.
fn refusal(code: RefusalCode, words: &str) -> AuthError {
    Refusal::new(code).with_description(words).into()
}

#[track_caller]
fn tokens(step: Result<Step, AuthError>) -> Tokens {
    match step {
        Ok(Step::Done(tokens)) => tokens,
        other => panic!("no tokens: {other:?}"),
    }
}

impl Emulator {
    /// Makes a pool with these members, and an app client.
    async fn create(peer: &Peer, manners: Manners, pool: Value, outbox: Outbox) -> Self {
        let (url, administration) = (peer.url(), Administration::new(&peer.url(), manners.region));
        let pool = administration.create_pool_with(pool).await;
        let app = create_app(&administration, &pool, json!({})).await;
        let direct = manners.client(&url, &pool, &app);
        Self { url, manners, administration, pool, direct, outbox }
    }

    fn name(&self, name: &str) -> String {
        format!("{name}{}", self.manners.name_suffix)
    }

    /// Another app client of a pool.
    async fn app(&self, pool: &str, more: Value) -> App {
        create_app(&self.administration, pool, more).await
    }

    fn client(&self, pool: &str, app: &App) -> DirectSignIn {
        self.manners.client(&self.url, pool, app)
    }

    /// Makes a user with a password.
    async fn user(&self, name: &str) -> String {
        let name = self.name(name);
        self.administration.create_user(&self.pool, &name, &email(&name)).await;
        name
    }

    /// As [`user`](Self::user), signed in.
    async fn signed_in(&self, name: &str) -> (String, AccessToken) {
        let name = self.user(name).await;
        let token = tokens(self.start(&name, PASSWORD).await).access_token;
        (name, token)
    }

    async fn start(&self, name: &str, password: &'static str) -> Result<Step, AuthError> {
        self.direct.start((self.manners.attempt)(name.to_owned(), password)).await
    }

    async fn administer(&self, operation: &str, name: &str) {
        let user = json!({ "UserPoolId": self.pool, "Username": name });
        self.administration.call(operation, user).await;
    }

    /// The code that was sent last to this user.
    async fn code(&self, name: &str) -> OneTimeCode {
        let address = email(name);
        let code = match &self.outbox {
            Outbox::EMails => {
                let sent = self.administration.get("/_ministack/ses/messages").await;
                let accounts = sent["messages"].as_object().unwrap().values();
                let all = accounts.flat_map(|account| account.as_array().unwrap());
                let mut to_this = all.filter(|message| message["To"][0] == address.as_str());
                let body = to_this.next_back().unwrap()["BodyText"].as_str().unwrap().to_owned();
                let mut words = body.split(|c: char| !c.is_ascii_digit());
                words.find(|word| word.len() == 6).unwrap().to_owned()
            }
            Outbox::DataFolder(folder) => {
                let file = folder.join(format!("{}.json", self.pool));
                let file: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
                let mut users = file["Users"].as_object().unwrap().values();
                let address = json!({ "Name": "email", "Value": address });
                let is_this =
                    |user: &&Value| user["Attributes"].as_array().unwrap().contains(&address);
                let user = users.find(is_this).unwrap();
                let names = ["ConfirmationCode", "AttributeVerificationCode", "MFACode"];
                names.iter().find_map(|name| user[name].as_str()).unwrap().to_owned()
            }
            Outbox::Nowhere => panic!("no code was sent to {name}"),
        };
        OneTimeCode::new(code)
    }
}

fn email(name: &str) -> String {
    if name.contains('@') { name.to_owned() } else { format!("{name}@example.com") }
}

/// Another code than this one.
fn another(code: &OneTimeCode) -> OneTimeCode {
    let (head, last) = code.expose().split_at(code.expose().len() - 1);
    OneTimeCode::new(format!("{head}{}", if last == "0" { "1" } else { "0" }))
}
