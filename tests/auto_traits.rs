//! Auto traits of every public type: a change of a private field must not take one away unnoticed.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;
use std::panic::{RefUnwindSafe, UnwindSafe};

use cognito_auth::bearer::{
    Challenge, Credentials, CrossSiteRequest, CsrfRules, JwtBearer, ProtectedResourceMetadata,
    RequestHead,
};
use cognito_auth::keys::{
    Algorithm, CachedKey, KeySet, KeySetHealth, RemoteKeySet, RemoteKeySetBuilder, StaticKeySet,
    VerifyingKey,
};
use cognito_auth::revocation::*;
use cognito_auth::testing::*;
use cognito_auth::unverified::UnverifiedJwt;
use cognito_auth::web::{
    ActixAuthError, AuthRejection, BearerMiddleware, IdTokenBearer, LayerBody, OptionalBearer,
    RequireAccess, RequireAccessLayer,
};
use cognito_auth::*;

/// Asks whether a type has a trait: the inherent constant is there only where it has.
struct Has<T: ?Sized, const TRAIT: usize>(PhantomData<T>);

trait Lacks {
    const IS: bool = false;
}

impl<T: ?Sized, const TRAIT: usize> Lacks for Has<T, TRAIT> {}

macro_rules! traits {
    ($($number:literal $name:ident)*) => {
        $(impl<T: ?Sized + $name> Has<T, $number> {
            const IS: bool = true;
        })*

        macro_rules! lacking {
            ($type:ty) => {
                [$((stringify!($name), Has::<$type, $number>::IS)),*]
                    .into_iter()
                    .filter_map(|(name, is)| (!is).then_some(name))
                    .collect::<Vec<_>>()
                    .join(" ")
            };
        }
    };
}

traits! { 0 Send 1 Sync 2 Unpin 3 UnwindSafe 4 RefUnwindSafe }

macro_rules! types {
    ($($type:ty $(: $lacking:literal)?;)*) => {
        /// Each type, what it should lack, and what it lacks.
        pub(crate) fn types() -> Vec<(&'static str, &'static str, String)> {
            vec![$((stringify!($type), concat!($($lacking)?), lacking!($type))),*]
        }
    };
}

// What holds a trait object (a key set, a store, a provider, a clock, a check) is not known to be unwind
// safe, and promises nothing. Nor do keys: that is up to the backend that checks signatures.
types! {
    AccessClaims;
    AccessToken;
    ActixAuthError;
    Algorithm;
    AnswerProblem;
    AuthEndpoints: "UnwindSafe RefUnwindSafe";
    AuthEndpointsBuilder: "UnwindSafe RefUnwindSafe";
    AuthError;
    AuthRejection;
    // Actix Web's services stay on their thread.
    BearerMiddleware<(), AccessClaims>: "Send Sync UnwindSafe RefUnwindSafe";
    CachedKey: "the backend's";
    CallbackProblem;
    Challenge;
    ClientSecret;
    CodeVerifier;
    ConfigError;
    Credentials<AccessClaims>;
    CrossSiteRequest;
    CsrfRules;
    Endpoint;
    Fault;
    IdClaims;
    IdToken;
    IdTokenBearer: "UnwindSafe RefUnwindSafe";
    IdTokenChecks<'static>;
    dyn IdentityProvider: "Unpin UnwindSafe RefUnwindSafe";
    InputProblem;
    IssuerKind;
    JwkProblem;
    JwksProblem;
    JwtBearer: "UnwindSafe RefUnwindSafe";
    JwtVerifier: "UnwindSafe RefUnwindSafe";
    JwtVerifierBuilder: "UnwindSafe RefUnwindSafe";
    dyn KeySet: "Unpin UnwindSafe RefUnwindSafe";
    KeySetHealth;
    KeysUnavailable;
    LiveCheck: "UnwindSafe RefUnwindSafe";
    LiveCheckBuilder: "UnwindSafe RefUnwindSafe";
    LiveCheckHealth;
    LocalClient;
    LocalUser;
    DeviceTracking;
    LocalUserPool: "UnwindSafe RefUnwindSafe";
    LocalUserPoolBuilder;
    MessagePurpose;
    MfaConfiguration;
    OutboxMessage;
    LoggedOut;
    Logout: "UnwindSafe RefUnwindSafe";
    MemoryRevocations;
    NewDevice;
    OptionalBearer<AccessClaims>;
    Part;
    Partition;
    PoolName;
    PoolSet: "UnwindSafe RefUnwindSafe";
    ProtectedResourceMetadata;
    RedisCredentials;
    RedisRevocations: "UnwindSafe RefUnwindSafe";
    RedisRevocationsBuilder: "UnwindSafe RefUnwindSafe";
    RedisRevocationsHealth;
    RefreshToken;
    Refusal;
    RefusalCode;
    RemoteKeySet: "UnwindSafe RefUnwindSafe";
    RemoteKeySetBuilder;
    RequestHead<'static>;
    RequireAccess<()>: "UnwindSafe RefUnwindSafe";
    LayerBody<()>;
    RequireAccessLayer: "UnwindSafe RefUnwindSafe";
    RequiredSetting;
    Revocation;
    RevocationError;
    RevocationStatus;
    dyn RevocationStore: "Unpin UnwindSafe RefUnwindSafe";
    SessionStoreFault;
    SettingBound;
    SettingRange;
    SignOut;
    SiteSignInError;
    StartError: "UnwindSafe RefUnwindSafe";
    StaticKeySet: "the backend's";
    StoreUnderTest: "UnwindSafe RefUnwindSafe";
    Target<'static>;
    TokenIdentity<'static>;
    TokenKind;
    TokenResponseChecks<'static>;
    TokenSpec;
    dyn TokenVerifier: "Unpin UnwindSafe RefUnwindSafe";
    Unreachable;
    UnverifiedJwt<'static>;
    UrlProblem;
    UserPool;
    UserPoolId;
    ValueProblem;
    VerifyError;
    VerifyingKey: "the backend's";
}

#[path = "auto_traits/alb.rs"]
mod alb;
#[path = "auto_traits/direct.rs"]
mod direct;
#[path = "auto_traits/idp.rs"]
mod idp;
#[path = "auto_traits/lambda_authorizer.rs"]
mod lambda_authorizer;
#[path = "auto_traits/sessions.rs"]
mod sessions;

fn all_types() -> Vec<(&'static str, &'static str, String)> {
    [
        types(),
        alb::types(),
        direct::types(),
        idp::types(),
        lambda_authorizer::types(),
        sessions::types(),
    ]
    .concat()
}

/// Public traits that no type can be made of.
const NO_TYPES: [&str; 2] = ["FromBearer", "VerifiedClaims"];

#[test]
fn every_public_type_has_the_auto_traits_that_it_should() {
    const UNWIND: &str = "UnwindSafe RefUnwindSafe";
    let is_right = |expected: &str, found: &str| match expected {
        "the backend's" => ["", UNWIND].contains(&found),
        expected => expected == found,
    };
    let mut differs = all_types();
    differs.retain(|(_, expected, found)| !is_right(expected, found));
    assert!(differs.is_empty(), "type, lacking as listed, lacking: {differs:#?}");
}

/// The files whose public names are the crate's.
const SURFACE: [(&str, &str); 11] = [
    ("lib.rs", include_str!("../src/lib.rs")),
    ("alb.rs", include_str!("../src/alb.rs")),
    ("direct.rs", include_str!("../src/direct.rs")),
    ("bearer.rs", include_str!("../src/bearer.rs")),
    ("jwt/unverified.rs", include_str!("../src/jwt/unverified.rs")),
    ("keys.rs", include_str!("../src/keys.rs")),
    ("lambda_authorizer.rs", include_str!("../src/lambda_authorizer.rs")),
    ("revocation.rs", include_str!("../src/revocation.rs")),
    ("sessions.rs", include_str!("../src/sessions.rs")),
    ("testing.rs", include_str!("../src/testing.rs")),
    ("web.rs", include_str!("../src/web.rs")),
];

/// Names of types and traits: those of functions, modules and constants are of another case.
fn type_names(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.filter(|word| {
        word.starts_with(|c: char| c.is_ascii_uppercase())
            && word.contains(|c: char| c.is_ascii_lowercase())
    })
}

#[test]
fn every_public_type_is_listed() {
    let mut public = BTreeSet::new();
    for (file, source) in SURFACE {
        for statement in source.split("\npub use ").skip(1) {
            let (names, _) = statement.split_once(';').unwrap();
            assert!(!names.contains('*'), "{file} re-exports all of {names}: list the names");
            public.extend(type_names(names));
        }
        for item in ["\npub struct ", "\npub enum ", "\npub trait "] {
            public.extend(source.split(item).skip(1).filter_map(|rest| type_names(rest).next()));
        }
    }
    let listed = all_types();
    let listed = listed.iter().map(|(name, ..)| type_names(name).next().unwrap());
    let listed: BTreeSet<_> = listed.chain(NO_TYPES).collect();
    assert_eq!(public, listed);
}

/// All builders alike: clones may go on with other settings, and one that is dropped is a mistake.
#[test]
fn builders_are_clone_and_must_be_used() {
    fn clones<T: Clone>() -> &'static str {
        std::any::type_name::<T>().rsplit("::").next().unwrap()
    }
    let mut builders = BTreeSet::from([
        clones::<AuthEndpointsBuilder>(),
        clones::<cognito_auth::sessions::BrowserSessionsBuilder>(),
        clones::<CognitoClientBuilder>(),
        clones::<JwtVerifierBuilder>(),
        clones::<LiveCheckBuilder>(),
        clones::<cognito_auth::alb::AlbVerifierBuilder>(),
        clones::<LocalUserPoolBuilder>(),
        clones::<RedisRevocationsBuilder>(),
        clones::<cognito_auth::sessions::RedisSessionsBuilder>(),
        clones::<RemoteKeySetBuilder>(),
    ]);
    let listed: BTreeSet<_> = all_types()
        .into_iter()
        .map(|(name, ..)| name)
        .filter(|name| name.ends_with("Builder"))
        .collect();
    assert_eq!(builders, listed);
    let mut attributes = BTreeMap::new();
    read(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut attributes);
    builders.retain(|name| !attributes[*name].contains("#[must_use]"));
    assert_eq!(builders, BTreeSet::new(), "without #[must_use]");
}

/// What stands between the documentation and the name of each builder.
fn read(folder: &std::path::Path, attributes: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, attributes);
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        for (before, after) in source
            .match_indices("\npub struct ")
            .map(|(at, item)| (&source[..at], &source[at + item.len()..]))
        {
            let name: String = after.chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
            let attribute = before.rsplit("///").next().unwrap_or_default();
            if name.ends_with("Builder") {
                attributes.insert(name, attribute.to_owned());
            }
        }
    }
}
