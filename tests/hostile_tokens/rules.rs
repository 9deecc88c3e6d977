//! What the caller asked for: clients, scopes, groups, age, resource, machines.

use std::time::Duration;

use crate::forge::{Forge, Kind};
use crate::row::{Row, accepted, refused};
use crate::support::{CLIENT_ID, NOW};

const SCOPE: &str = "scope_missing";
const GROUP: &str = "group_missing";
const AUDIENCE: &str = "audience_not_allowed";
const RESOURCE: &str = "https://orders.example.com";

pub fn rows() -> Vec<Row> {
    [clients(), scopes(), groups(), emails(), ages(), resources(), machines()]
        .into_iter()
        .flatten()
        .collect()
}

fn clients() -> Vec<Row> {
    let other = "2example23456789abcdefghij";
    let as_client = move |good: Forge, client: &str| match good.kind {
        Kind::Access => good.claim("client_id", client),
        Kind::Id => good.claim("aud", client),
    };
    vec![
        accepted("the second of two clients", move |good| as_client(good, other))
            .rules(move |rules| rules.client_id(other)),
        accepted("the first of two clients", |good| good)
            .rules(move |rules| rules.client_id(other)),
        refused("neither of two clients", "client_not_allowed", move |good| {
            as_client(good, "3example23456789abcdefghij")
        })
        .rules(move |rules| rules.client_id(other)),
        accepted("any client, where every one is accepted", move |good| as_client(good, other))
            .rules(|rules| rules.accept_every_client()),
        refused("no client, where every one is accepted", "client_not_allowed", move |good| {
            as_client(good, "")
        })
        .rules(|rules| rules.accept_every_client()),
        refused("several clients, where every one is accepted", "client_not_allowed", |good| {
            good.claim("aud", vec![CLIENT_ID, "other"])
        })
        .rules(|rules| rules.accept_every_client())
        .id(),
        refused("aud of another client, where every one is accepted", AUDIENCE, |good| {
            good.claim("aud", "other")
        })
        .rules(|rules| rules.accept_every_client())
        .access(),
        refused("another client, named after every one was accepted", "client_not_allowed", {
            move |good| as_client(good, other)
        })
        .rules(|rules| rules.accept_every_client().client_id(CLIENT_ID)),
    ]
}

fn scopes() -> Vec<Row> {
    vec![
        accepted("the scope asked for", |good| good)
            .rules(|rules| rules.require_scope("orders/read"))
            .access(),
        accepted("both scopes asked for", |good| good)
            .rules(|rules| rules.require_scope("openid").require_scope("orders/read"))
            .access(),
        refused("AJV-37 another scope", SCOPE, |good| good.claim("scope", "blah blah2"))
            .rules(|rules| rules.require_scope("blah3"))
            .access(),
        refused("one of two scopes", SCOPE, |good| good)
            .rules(|rules| rules.require_scope("openid").require_scope("orders/write"))
            .access(),
        refused("AJV-38 none of several scopes", SCOPE, |good| good.claim("scope", "blah blah2"))
            .rules(|rules| rules.require_any_scope(["blah3", "blah4"]))
            .access(),
        accepted("one of several scopes", |good| good)
            .rules(|rules| rules.require_any_scope(["orders/write", "orders/read"]))
            .access(),
        refused("AJV-39 scope missing", SCOPE, |good| good.no_claim("scope"))
            .rules(|rules| rules.require_scope("openid"))
            .access(),
        refused("scope empty", SCOPE, |good| good.claim("scope", ""))
            .rules(|rules| rules.require_scope(""))
            .access(),
        refused("the beginning of a scope", SCOPE, |good| good)
            .rules(|rules| rules.require_scope("orders/rea"))
            .access(),
        refused("a scope in another case", SCOPE, |good| good)
            .rules(|rules| rules.require_scope("OpenID"))
            .access(),
        refused("two scopes as one", SCOPE, |good| good)
            .rules(|rules| rules.require_scope("openid email"))
            .access(),
        refused("scopes with commas", SCOPE, |good| good.claim("scope", "openid,orders/read"))
            .rules(|rules| rules.require_scope("openid"))
            .access(),
        refused("scopes with tabs", SCOPE, |good| good.claim("scope", "openid\torders/read"))
            .rules(|rules| rules.require_scope("openid"))
            .access(),
        accepted("scopes with more blanks than needed", |good| {
            good.claim("scope", "  email   openid ")
        })
        .rules(|rules| rules.require_scope("openid"))
        .access(),
        refused("the scope as a group", SCOPE, |good| {
            good.claim("scope", "openid").claim("cognito:groups", vec!["orders/write"])
        })
        .rules(|rules| rules.require_scope("orders/write"))
        .access(),
        accepted("scopes are not asked of ID tokens", |good| good)
            .rules(|rules| rules.require_scope("orders/read"))
            .id(),
    ]
}

fn groups() -> Vec<Row> {
    vec![
        accepted("the group asked for", |good| good).rules(|rules| rules.require_group("admins")),
        accepted("both groups asked for", |good| good)
            .rules(|rules| rules.require_group("admins").require_group("clerks")),
        accepted("one of several groups", |good| good)
            .rules(|rules| rules.require_any_group(["owners", "clerks"])),
        refused("AJV-54 other groups", GROUP, |good| good.claim("cognito:groups", vec!["guests"]))
            .rules(|rules| rules.require_group("admins")),
        refused("one of two groups", GROUP, |good| good)
            .rules(|rules| rules.require_group("admins").require_group("owners")),
        refused("none of several groups", GROUP, |good| good)
            .rules(|rules| rules.require_any_group(["owners", "guests"])),
        refused("no groups", GROUP, |good| good.no_claim("cognito:groups"))
            .rules(|rules| rules.require_group("admins")),
        refused("no groups, any of several", GROUP, |good| good.no_claim("cognito:groups"))
            .rules(|rules| rules.require_any_group(["admins"])),
        refused("groups []", GROUP, |good| good.claim("cognito:groups", serde_json::json!([])))
            .rules(|rules| rules.require_group("admins")),
        refused("a group in another case", GROUP, |good| good)
            .rules(|rules| rules.require_group("Admins")),
        refused("a group with a blank", GROUP, |good| {
            good.claim("cognito:groups", vec!["admins "])
        })
        .rules(|rules| rules.require_group("admins")),
        refused("groups as one text in the array", GROUP, |good| {
            good.claim("cognito:groups", vec!["admins clerks"])
        })
        .rules(|rules| rules.require_group("admins")),
        refused("the group as an attribute", GROUP, |good| {
            good.claim("custom:groups", vec!["owners"]).claim("groups", vec!["owners"])
        })
        .rules(|rules| rules.require_group("owners")),
        refused("the group, in an expired token", "expired", |good| good.claim("exp", NOW))
            .rules(|rules| rules.require_group("owners")),
    ]
}

fn emails() -> Vec<Row> {
    let demand = |rules: cognito_auth::JwtVerifierBuilder| rules.require_verified_email();
    let with = |text: &str| {
        let value: serde_json::Value = serde_json::from_str(text).unwrap();
        move |good: Forge| good.claim("email_verified", value.clone())
    };
    let yes = ["true", r#""true""#]
        .map(|text| accepted(format!("a verified e-mail: {text}"), with(text)));
    let no = ["false", r#""false""#, r#""TRUE""#, "1", "null"].map(|text| {
        refused(format!("an unverified e-mail: {text}"), "email_not_verified", with(text))
    });
    let none = refused("no word about the e-mail", "email_not_verified", |good| {
        good.no_claim("email_verified")
    });
    let rows = yes.into_iter().chain(no).chain([none]).map(|row| row.rules(demand).id());
    let unasked = accepted("an unverified e-mail that nothing asks for", with("false")).id();
    let access = accepted("access tokens are not asked for an e-mail", |good| good).rules(demand);
    rows.chain([unasked, access.access()]).collect()
}

fn ages() -> Vec<Row> {
    let at_most = |seconds| {
        move |rules: cognito_auth::JwtVerifierBuilder| rules.max_age(Duration::from_secs(seconds))
    };
    vec![
        accepted("as old as allowed", |good| good).rules(at_most(600)),
        refused("a second older than allowed", "too_old", |good| good).rules(at_most(599)),
        accepted("a second older, leeway one", |good| good)
            .rules(move |rules| at_most(599)(rules).leeway(Duration::from_secs(1))),
        accepted("max_age 0, just signed in", |good| good.claim("auth_time", NOW))
            .rules(at_most(0)),
        refused("max_age, signed in an hour from now", "claim_malformed", |good| {
            good.claim("auth_time", NOW + 3600)
        })
        .rules(at_most(60)),
        accepted("max_age, signed in by a clock that is a minute ahead", |good| {
            good.claim("auth_time", NOW + 60)
        })
        .rules(at_most(60)),
        refused("max_age 0 is no absence of max_age", "too_old", |good| {
            good.claim("auth_time", NOW - 1)
        })
        .rules(at_most(0)),
        refused("no auth_time", "claim_missing", |good| good.no_claim("auth_time"))
            .rules(at_most(600)),
        refused("refreshed just now, signed in long ago", "too_old", |good| {
            good.claim("iat", NOW).claim("auth_time", NOW - 86_400)
        })
        .rules(at_most(3600)),
        refused("signed in in 1970", "too_old", |good| good.claim("auth_time", 0))
            .rules(at_most(3600)),
    ]
}

fn resources() -> Vec<Row> {
    let bound = |rules: cognito_auth::JwtVerifierBuilder| rules.resource(RESOURCE);
    vec![
        accepted("bound to our resource", |good| good.claim("aud", RESOURCE)).rules(bound).access(),
        accepted("bound to our resource, in an array", |good| good.claim("aud", vec![RESOURCE]))
            .rules(bound)
            .access(),
        accepted("bound to the second of our resources", |good| {
            good.claim("aud", "https://invoices.example.com")
        })
        .rules(move |rules| bound(rules).resource("https://invoices.example.com"))
        .access(),
        refused("bound to nothing, where a resource is named", AUDIENCE, |good| good)
            .rules(bound)
            .access(),
        refused("bound to another resource", AUDIENCE, |good| {
            good.claim("aud", "https://invoices.example.com")
        })
        .rules(bound)
        .access(),
        refused("bound to ours and another", AUDIENCE, |good| {
            good.claim("aud", vec![RESOURCE, "https://invoices.example.com"])
        })
        .rules(bound)
        .access(),
        refused("bound to the client, where a resource is named", AUDIENCE, |good| {
            good.claim("aud", CLIENT_ID)
        })
        .rules(bound)
        .access(),
        refused("bound to ours, with a slash", AUDIENCE, |good| {
            good.claim("aud", format!("{RESOURCE}/"))
        })
        .rules(bound)
        .access(),
        refused("bound to ours, upper-case host", AUDIENCE, |good| {
            good.claim("aud", RESOURCE.to_uppercase())
        })
        .rules(bound)
        .access(),
        refused("bound to ours, of another client", "client_not_allowed", |good| {
            good.claim("aud", RESOURCE).claim("client_id", "other")
        })
        .rules(bound)
        .access(),
    ]
}

fn machines() -> Vec<Row> {
    let machine = |good: Forge| {
        good.claim("sub", CLIENT_ID)
            .claim("scope", "orders/read orders/write")
            .no_claim("username")
            .no_claim("cognito:groups")
            .no_claim("origin_jti")
            .no_claim("event_id")
    };
    vec![
        refused("a machine's token where a user is due", "user_required", machine).access(),
        refused("a machine's token with a user's name", "user_required", move |good| {
            machine(good).claim("username", "bob")
        })
        .access(),
        accepted("a machine's token where machines are welcome", machine)
            .rules(|rules| rules.accept_client_credentials())
            .access(),
        accepted("a user's token where machines are welcome", |good| good)
            .rules(|rules| rules.accept_client_credentials())
            .access(),
        refused("a machine without the scope", SCOPE, machine)
            .rules(|rules| rules.accept_client_credentials().require_scope("orders/delete"))
            .access(),
        refused("a machine where a group is due", GROUP, machine)
            .rules(|rules| rules.accept_client_credentials().require_group("admins"))
            .access(),
        refused("another client's machine", "client_not_allowed", move |good| {
            machine(good).claim("sub", "other").claim("client_id", "other")
        })
        .rules(|rules| rules.accept_client_credentials())
        .access(),
        refused("a machine's token where every client is accepted", "user_required", machine)
            .rules(|rules| rules.accept_every_client())
            .access(),
        refused("a machine's token as an ID token", "token_use_mismatch", machine_as_id).id(),
    ]
}

fn machine_as_id(good: Forge) -> Forge {
    good.claim("token_use", "access").claim("client_id", CLIENT_ID).claim("sub", CLIENT_ID)
}
