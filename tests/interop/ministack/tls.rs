//! ministack over TLS, as Cognito's own hosts: the crate's default addresses, down to the missing
//! port, are what is asked.
//!
//! Two settings of the builders make that possible: `resolve` sends what is meant for a host to
//! an address of this machine (no file of the system is touched, no proxy is in between), and
//! `add_root_certificate_pem` trusts an authority that exists for one run. A company whose firewall
//! opens TLS needs the second as well. The certificate is checked for the host all the same, which
//! the last stories are about.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use cognito_auth::keys::{KeySet, RemoteKeySet};
use cognito_auth::revocation::LiveCheck;
use cognito_auth::{
    Callback, CognitoClient, CognitoClientBuilder, IdTokenChecks, IdentityProvider, JwtVerifier,
    KeysUnavailable, SignIn, Unreachable, UserPool, VerifyError,
};

use super::{Pool, REGION, VARIABLES, alice, request};
use crate::administration::Administration;
use crate::browser::Browser;
use crate::example::skip;
use crate::pages::walk;
use crate::peer::{self, Peer};
use crate::stories::{Stories, bad, cannot_tell, refused};

const API: &str = "cognito-idp.us-east-1.amazonaws.com";
const DOMAIN: &str = "interop.auth.us-east-1.amazoncognito.com";
/// Not in the certificate.
const ELSEWHERE: &str = "cognito-idp.eu-west-1.amazonaws.com";

/// An authority of one's own, and a certificate for the two hosts.
fn make_certificates(folder: &Path) -> bool {
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    let names = format!("subjectAltName=DNS:{API},DNS:{DOMAIN}\nbasicConstraints=CA:FALSE\n");
    std::fs::write(folder.join("extensions"), names).unwrap();
    let openssl = |first: &str, arguments: &[&str]| {
        let made = Command::new("openssl").current_dir(folder).arg(first).args(arguments).output();
        made.is_ok_and(|made| made.status.success())
    };
    openssl(
        "req",
        &[
            &["-x509", "-days", "2", "-subj", "/CN=an authority for one run"],
            &key[..],
            &[
                "-addext",
                "basicConstraints=critical,CA:TRUE",
                "-keyout",
                "ca.key",
                "-out",
                "ca.pem",
            ],
        ]
        .concat(),
    ) && openssl(
        "req",
        &[&key[..], &["-subj", "/CN=ministack", "-keyout", "leaf.key", "-out", "leaf.csr"]]
            .concat(),
    ) && openssl(
        "x509",
        &[
            "-req",
            "-days",
            "2",
            "-in",
            "leaf.csr",
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-extfile",
            "extensions",
            "-out",
            "leaf.pem",
        ],
    )
}

struct Aws {
    address: SocketAddr,
    authority: Vec<u8>,
}

impl Aws {
    /// A client of tests: the browser, and the administrator.
    fn http(&self) -> reqwest::ClientBuilder {
        let authority = reqwest::Certificate::from_pem(&self.authority).unwrap();
        let builder = reqwest::Client::builder().add_root_certificate(authority);
        builder.resolve(API, self.address).resolve(DOMAIN, self.address)
    }

    fn untrusting(&self, pool: &UserPool, client_id: &str) -> CognitoClientBuilder {
        let builder = CognitoClient::builder(pool, client_id);
        let builder = builder.resolve(API, self.address).resolve(DOMAIN, self.address);
        builder.resolve(ELSEWHERE, self.address)
    }

    fn client(&self, pool: &UserPool, client_id: &str) -> CognitoClient {
        let builder = self.untrusting(pool, client_id);
        builder.add_root_certificate_pem(&self.authority).build().unwrap()
    }

    fn keys(&self, pool: &UserPool) -> RemoteKeySet {
        let builder = RemoteKeySet::builder(pool).resolve(API, self.address);
        builder.add_root_certificate_pem(&self.authority).build().unwrap()
    }
}

pub(super) async fn tell() {
    if peer::installed().is_none() {
        return;
    }
    let folder = peer::folder("authority", peer::free_port());
    if !make_certificates(&folder) {
        return skip("openssl is not installed: apt-get install openssl");
    }
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (certificate, key) = (path("leaf.pem"), path("leaf.key"));
    let mut variables = VARIABLES.to_vec();
    variables.push(("USE_SSL", "1"));
    variables.push(("MINISTACK_SSL_CERT", &certificate));
    variables.push(("MINISTACK_SSL_KEY", &key));
    let program = ["{peers}/venv/bin/python", "-m", "ministack"];
    let Some(peer) = Peer::start("ministack-tls", &program, &variables) else { return };

    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, peer.port));
    let authority = std::fs::read(folder.join("ca.pem")).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let aws = Aws { address, authority };
    let administration = Administration::with(aws.http(), &format!("https://{API}"), REGION);
    let domain = |pool: UserPool| pool.with_domain(&format!("https://{DOMAIN}")).unwrap();
    let pool = Pool::create(administration, domain).await;
    let mut stories = Stories::with("ministack under AWS's host names");
    stories_of(&aws, &pool, &mut stories).await;
    stories.end();
}

async fn stories_of(aws: &Aws, pool: &Pool, stories: &mut Stories) {
    let public = aws.client(&pool.settings, &pool.public.id);
    let keys = aws.keys(&pool.settings);
    let verifier = JwtVerifier::builder(&pool.settings).client_id(&pool.public.id);
    let live = LiveCheck::new(Arc::new(public.clone()));
    let verifier = verifier.keys(keys).revocations(Arc::new(live)).build().unwrap();

    stories.begin("the addresses are the crate's own, the issuer is the one in the tokens");
    let addresses = [
        pool.settings.idp_endpoint().as_str(),
        pool.settings.jwks_uri().as_str(),
        &pool.settings.issuers()[0],
        pool.settings.token_endpoint().unwrap().as_str(),
    ]
    .map(str::to_owned);
    let id = &pool.id;
    assert_eq!(
        addresses,
        [
            format!("https://{API}/"),
            format!("https://{API}/{id}/.well-known/jwks.json"),
            format!("https://{API}/{id}"),
            format!("https://{DOMAIN}/oauth2/token"),
        ]
    );

    stories.begin("a whole sign-in");
    let SignIn { url, pending, .. } = public.sign_in(request()).unwrap();
    assert_eq!((url.host_str(), url.port()), (Some(DOMAIN), None));
    let mut browser = Browser::with(aws.http()).stop_at("http://127.0.0.1:9/");
    let callback = walk(&mut browser, &url, alice(&public).fields).await;
    let code = pending.accept(&Callback::from_url(&callback).unwrap()).unwrap();
    let tokens = public.auth_with_code(code).await.unwrap();

    stories.begin("keys from where Cognito has them");
    let token = tokens.access_token.expose();
    let claims = verifier.verify_access(token).await.unwrap();
    assert_eq!(claims.issuer(), format!("https://{API}/{id}"));
    verifier
        .verify_id(tokens.id_token.as_ref().unwrap().expose(), IdTokenChecks::new())
        .await
        .unwrap();

    stories.begin("who it is, and a refresh");
    let user = public.user_info_with_token(&tokens.access_token).await.unwrap();
    assert_eq!(user.sub, claims.sub());
    public.refresh(tokens.refresh_token.as_ref().unwrap()).await.unwrap();

    stories.begin("an authority that is not trusted: cannot tell");
    let gone = "the identity provider cannot be reached: the server's certificate is not trusted: \
                install the package ca-certificates, or add its issuer with add_root_certificate_pem";
    let untrusting = aws.untrusting(&pool.settings, &pool.public.id).build().unwrap();
    assert_eq!(cannot_tell(untrusting.user_info_with_token(&tokens.access_token).await), gone);
    let keys = RemoteKeySet::builder(&pool.settings).resolve(API, aws.address).build().unwrap();
    let stranger = JwtVerifier::builder(&pool.settings).client_id(&pool.public.id).keys(keys);
    let error = stranger.build().unwrap().verify_access(token).await.unwrap_err();
    assert!(matches!(error, VerifyError::KeysUnavailable(_)), "{error}");

    stories.begin("a certificate for another host: cannot tell");
    let elsewhere = pool.settings.clone().with_idp_endpoint(&format!("https://{ELSEWHERE}"));
    let elsewhere = aws.client(&elsewhere.unwrap(), &pool.public.id);
    assert_eq!(cannot_tell(elsewhere.user_info_with_token(&tokens.access_token).await), gone);
    let jwks_uri = format!("https://{ELSEWHERE}/{id}/.well-known/jwks.json");
    let elsewhere = pool.settings.clone().with_jwks_uri(&jwks_uri).unwrap();
    let keys = RemoteKeySet::builder(&elsewhere).resolve(ELSEWHERE, aws.address);
    let keys = keys.add_root_certificate_pem(&aws.authority).build().unwrap();
    let error = keys.prefetch().await.unwrap_err();
    assert_eq!(error, KeysUnavailable::Unreachable(Unreachable::Certificate));

    stories.begin("a sign-out there is seen here");
    public.logout_with_token(&tokens.access_token).await.unwrap();
    let asked = public.user_info_with_token(&tokens.access_token).await;
    assert_eq!(refused(asked), "token_revoked");
    let live = LiveCheck::new(Arc::new(public));
    let now = JwtVerifier::builder(&pool.settings).client_id(&pool.public.id);
    let now = now.keys(aws.keys(&pool.settings)).revocations(Arc::new(live)).build().unwrap();
    assert_eq!(bad(now.verify_access(token).await), "revoked");
}
