//! Wrong settings are found when the verifier is built.

use std::time::Duration;

use cognito_auth::alb::{AlbVerifier, AlbVerifierBuilder};
use cognito_auth::{ConfigError, UserPool};

use crate::forge::Service;
use crate::support::{CLIENT_ID, ISSUER, POOL_ID};

fn good(service: Service) -> AlbVerifierBuilder {
    let builder = AlbVerifier::builder(service.arn()).issuer(ISSUER);
    match service {
        Service::LoadBalancer => builder.client_id(CLIENT_ID),
        Service::VerifiedAccess => builder,
    }
}

fn alb() -> AlbVerifierBuilder {
    good(Service::LoadBalancer)
}

fn in_partition(partition: &str, region: &str) -> AlbVerifierBuilder {
    let arn = Service::LoadBalancer.arn();
    let arn = arn.replace("arn:aws:", &format!("arn:{partition}:")).replace("eu-west-1", region);
    AlbVerifier::builder(&arn).issuer(ISSUER).client_id(CLIENT_ID)
}

fn text(builder: AlbVerifierBuilder) -> String {
    builder.build().unwrap_err().to_string()
}

#[test]
fn good_settings_build() {
    let pool = UserPool::new(POOL_ID).unwrap();
    AlbVerifier::new(Service::LoadBalancer.arn(), &pool, CLIENT_ID).unwrap();
    AlbVerifier::verified_access(Service::VerifiedAccess.arn(), ISSUER).unwrap();
    alb().client_id("other").signer(Service::LoadBalancer.arn()).build().unwrap();
    alb().accept_every_client().leeway(Duration::from_secs(60)).build().unwrap();
    in_partition("aws-us-gov", "us-gov-west-1").build().unwrap();
    let of_own = "https://keys.example.com/alb";
    in_partition("aws-cn", "cn-north-1").key_endpoint(of_own).build().unwrap();
    // IAM Identity Center's issuer is the ARN of the trust provider.
    let provider = "arn:aws:ec2:eu-west-1:123456789012:verified-access-trust-provider/vatp-0abc";
    AlbVerifier::verified_access(Service::VerifiedAccess.arn(), provider).unwrap();
}

#[test]
fn each_wrong_setting_says_what_is_wrong() {
    let arn = Service::LoadBalancer.arn();
    let missing_client = AlbVerifier::builder(arn).issuer(ISSUER);
    for (builder, expected) in [
        (
            AlbVerifier::builder("my-app").issuer(ISSUER).client_id(CLIENT_ID),
            "the signer cannot be used: it is not the ARN of an Application Load Balancer or of a \
             Verified Access instance",
        ),
        (
            alb().signer("arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/a/b"),
            "the signer cannot be used: it is not the ARN of an Application Load Balancer or of a \
             Verified Access instance",
        ),
        (
            alb().signer(&arn.replace("eu-west-1", "eu-west-2")),
            "the signer cannot be used: it is of another Region or service than the first signer: \
             use a verifier for each",
        ),
        (
            alb().signer(Service::VerifiedAccess.arn()),
            "the signer cannot be used: it is of another Region or service than the first signer: \
             use a verifier for each",
        ),
        (
            good(Service::VerifiedAccess).client_id(CLIENT_ID),
            "client_id cannot be used: tokens of Verified Access name no app client: leave it out",
        ),
        (
            good(Service::VerifiedAccess).accept_every_client(),
            "client_id cannot be used: tokens of Verified Access name no app client: leave it out",
        ),
        (missing_client, "client_id is missing: name the app client whose tokens are accepted"),
        (AlbVerifier::builder(arn).client_id(CLIENT_ID), "issuers is missing: give at least one"),
        (
            alb().issuer(""),
            "the issuer cannot be used: it is not 1 to 1024 visible ASCII characters",
        ),
        (
            alb().issuer(format!("{ISSUER}\n")),
            "the issuer cannot be used: it is not 1 to 1024 visible ASCII characters",
        ),
        (
            alb().client_id("a b"),
            "the client id is not 1 to 128 letters, digits, `_`, `+`, `-` or `.`: copy it from the \
             app client's page",
        ),
        (
            in_partition("aws-cn", "cn-north-1"),
            "key_endpoint is missing: AWS documents no address of the keys in this partition",
        ),
        (
            in_partition("aws-eusc", "eusc-de-east-1"),
            "key_endpoint is missing: AWS documents no address of the keys in this partition",
        ),
        (
            alb().key_endpoint("http://keys.example.com"),
            "key_endpoint must be https: plain http is accepted for loopback addresses only",
        ),
        (
            alb().key_endpoint("https://keys.example.com/?kid="),
            "key_endpoint is not a usable address: it contains a query or a fragment",
        ),
        (alb().leeway(Duration::from_secs(61)), "leeway is out of range: at most 60 seconds"),
        (
            alb().timeout(Duration::ZERO),
            "timeout is out of range: more than zero, up to 60 seconds",
        ),
        (
            alb().timeout(Duration::from_secs(61)),
            "timeout is out of range: more than zero, up to 60 seconds",
        ),
    ] {
        assert_eq!(text(builder), expected);
    }
    let pool = UserPool::new(POOL_ID).unwrap();
    let error = AlbVerifier::new(Service::VerifiedAccess.arn(), &pool, CLIENT_ID).unwrap_err();
    assert!(matches!(error, ConfigError::Value { setting: "client_id", .. }), "{error}");
}

#[test]
fn several_clients_are_accepted_and_debug_shows_settings_alone() {
    let verifier = alb().client_id("other").build().unwrap();
    let shown = format!("{verifier:?} {:?}", alb());
    assert!(shown.contains("50dc6c495c0c9188") && shown.contains(CLIENT_ID), "{shown}");
}
