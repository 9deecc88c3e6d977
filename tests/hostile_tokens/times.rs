//! `exp`, `nbf`, `iat`, `auth_time`: types, bounds, leeway, and clocks that are far off.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::forge::Forge;
use crate::row::{Row, accepted, refused};
use crate::support::NOW;

const MAX_LEEWAY: u64 = 600;
/// `iat` of the good tokens.
const ISSUED_AT: u64 = 1_767_225_600;
/// The last second that a time of the system can hold.
const END_OF_TIME: u64 = i64::MAX as u64;

pub fn rows() -> Vec<Row> {
    [types(), bounds(), clocks()].into_iter().flatten().collect()
}

fn types() -> Vec<Row> {
    let mut rows = vec![
        refused("AJV-32 exp missing", "claim_missing", |good| good.no_claim("exp")),
        refused("iat missing", "claim_missing", |good| good.no_claim("iat")),
        accepted("nbf missing", |good| good.no_claim("nbf")),
        accepted("auth_time missing", |good| good.no_claim("auth_time")),
    ];
    for claim in ["exp", "nbf", "iat", "auth_time"] {
        for (name, value) in [
            ("null", Value::Null),
            ("true", json!(true)),
            ("an array", json!([NOW])),
            ("an object", json!({"seconds": NOW})),
            ("empty", json!("")),
        ] {
            rows.push(refused(format!("{claim} {name}"), "claim_malformed", move |good| {
                good.claim(claim, value.clone())
            }));
        }
        let text = match claim {
            "exp" => "AJV-31 JO-06 exp a text",
            "nbf" => "AJV-35 nbf a text",
            "iat" => "AJV-27 iat a text",
            _ => "auth_time a text",
        };
        rows.push(refused(text, "claim_malformed", move |good| good.claim(claim, "foobar")));
        for value in [
            "\"1767229200\"",
            "-1",
            "-0",
            "-1767229200",
            "1767225000.5",
            "1767225000.0",
            "1.7e9",
            "1767225E3",
            "9223372036854775808",
            "18446744073709551615",
            "18446744073709551616",
            "170141183460469231731687303715884105727",
            "1e308",
        ] {
            rows.push(refused(format!("{claim} {value}"), "claim_malformed", move |good| {
                good.raw_claim(claim, value)
            }));
        }
        rows.push(refused(format!("{claim} 1e400"), "payload_not_object", move |good| {
            good.raw_claim(claim, "1e400")
        }));
        rows.push(refused(format!("{claim} NaN"), "payload_not_object", move |good| {
            good.raw_claim(claim, "NaN")
        }));
    }
    rows
}

fn bounds() -> Vec<Row> {
    let leeway = |seconds| {
        move |rules: cognito_auth::JwtVerifierBuilder| rules.leeway(Duration::from_secs(seconds))
    };
    vec![
        refused("AJV-30 exp equals now", "expired", |good| good.claim("exp", NOW)),
        accepted("exp a second ahead", |good| good.claim("exp", NOW + 1)),
        refused("ATK-14 exp a second ago", "expired", |good| good.claim("exp", NOW - 1)),
        refused("exp 0", "expired", |good| good.claim("exp", 0)),
        refused("exp as late as can be", "lifetime_too_long", |good| {
            good.claim("exp", END_OF_TIME)
        }),
        refused("a lifetime of a day and a second", "lifetime_too_long", |good| {
            good.claim("exp", ISSUED_AT + 86_401)
        }),
        accepted("a lifetime of a day", |good| good.claim("exp", ISSUED_AT + 86_400)),
        refused("AJV-33 exp 10 minutes ago, leeway 10 minutes", "expired", |good| {
            good.claim("exp", NOW - 600)
        })
        .rules(leeway(600)),
        accepted("exp a second less ago, leeway 10 minutes", |good| good.claim("exp", NOW - 599))
            .rules(leeway(600)),
        accepted("KJ-01 nbf equals now", |good| good.claim("nbf", NOW)),
        refused("nbf a second ahead", "not_yet_valid", |good| good.claim("nbf", NOW + 1)),
        refused("AJV-34 nbf 100 seconds ahead", "not_yet_valid", |good| {
            good.claim("nbf", NOW + 100)
        }),
        refused("AJV-36 nbf 100 seconds ahead, leeway 99", "not_yet_valid", |good| {
            good.claim("nbf", NOW + 100)
        })
        .rules(leeway(99)),
        accepted("nbf 100 seconds ahead, leeway 100", |good| good.claim("nbf", NOW + 100))
            .rules(leeway(100)),
        refused("nbf as late as can be", "not_yet_valid", |good| good.claim("nbf", END_OF_TIME)),
        accepted("nbf 0", |good| good.claim("nbf", 0)),
        accepted("iat equals now", |good| good.claim("iat", NOW)),
        accepted("iat as far ahead as clocks differ", |good| good.claim("iat", NOW + 60)),
        refused("JO-07 iat a second further ahead", "issued_in_future", |good| {
            good.claim("iat", NOW + 61)
        }),
        accepted("iat further ahead, within the leeway", |good| good.claim("iat", NOW + 61))
            .rules(leeway(1)),
        refused("iat as late as can be", "issued_in_future", |good| good.claim("iat", END_OF_TIME)),
        refused("iat and exp both far ahead", "issued_in_future", |good| {
            good.claim("iat", NOW + 3600).claim("exp", NOW + 7200)
        }),
        refused("iat 0", "lifetime_too_long", |good| good.claim("iat", 0)),
        refused("expired and not yet valid: exp comes first", "expired", |good| {
            good.claim("exp", NOW).claim("nbf", NOW + 1)
        }),
    ]
}

/// Issued when the clock stood at 0, good for a second.
fn of_1970(good: Forge) -> Forge {
    good.claim("iat", 0).claim("exp", 1).claim("nbf", 0).claim("auth_time", 0)
}

/// Nothing overflows, whatever the clock says.
fn clocks() -> Vec<Row> {
    let mut rows = vec![
        refused("clock at 0", "issued_in_future", |good| good).at_with_leeway(0, MAX_LEEWAY),
        accepted("clock at 0, a token of 1970", of_1970).at_with_leeway(0, MAX_LEEWAY),
        accepted("clock at 0, exp 0, leeway 10 minutes", |good| {
            good.claim("iat", 660).claim("exp", 0).claim("nbf", 600)
        })
        .at_with_leeway(0, MAX_LEEWAY),
        refused("clock at 0, exp 0", "expired", |good| good.claim("exp", 0)).at(0),
        refused("clock at 600, exp 0, leeway 10 minutes", "expired", |good| good.claim("exp", 0))
            .at_with_leeway(MAX_LEEWAY, MAX_LEEWAY),
        refused("clock before 1970", "issued_in_future", |good| good)
            .rules(|rules| rules.clock(|| UNIX_EPOCH - Duration::from_secs(1 << 40))),
        refused("clock at the end of time", "expired", |good| good)
            .at_with_leeway(END_OF_TIME, MAX_LEEWAY),
        accepted("clock at the end of time, everything as late as can be", |good| {
            good.claim("exp", END_OF_TIME)
                .claim("iat", END_OF_TIME)
                .claim("nbf", END_OF_TIME)
                .claim("auth_time", END_OF_TIME)
        })
        .at_with_leeway(END_OF_TIME, MAX_LEEWAY),
        refused("clock at the end of time, exp with it", "expired", |good| {
            good.claim("exp", END_OF_TIME)
        })
        .at(END_OF_TIME),
        accepted("max_age without a bound, at the end of time", |good| {
            good.claim("exp", END_OF_TIME).claim("iat", END_OF_TIME).claim("auth_time", 0)
        })
        .rules(|rules| {
            rules
                .max_age(Duration::MAX)
                .leeway(Duration::from_secs(MAX_LEEWAY))
                .clock(|| UNIX_EPOCH + Duration::from_secs(END_OF_TIME))
        }),
        accepted("max_age without a bound", |good| good.claim("auth_time", 0))
            .rules(|rules| rules.max_age(Duration::MAX).leeway(Duration::from_secs(MAX_LEEWAY))),
    ];
    // One time as late as can be, in a token that is good otherwise.
    for (claim, code) in
        [("exp", "lifetime_too_long"), ("nbf", "not_yet_valid"), ("iat", "issued_in_future")]
    {
        rows.push(
            refused(format!("{claim} as late as can be, clock at 0"), code, move |good| {
                of_1970(good).claim(claim, END_OF_TIME)
            })
            .at_with_leeway(0, MAX_LEEWAY),
        );
    }
    rows.push(
        refused("exp and iat as late as can be, clock at 0", "issued_in_future", |good| {
            of_1970(good).claim("exp", END_OF_TIME).claim("iat", END_OF_TIME)
        })
        .at_with_leeway(0, MAX_LEEWAY),
    );
    // `auth_time` is not checked without `max_age`.
    rows.push(
        accepted("auth_time as late as can be, clock at 0", |good| {
            of_1970(good).claim("auth_time", END_OF_TIME)
        })
        .at_with_leeway(0, MAX_LEEWAY),
    );
    rows.push(
        refused("auth_time as late as can be, max_age, clock at 0", "claim_malformed", |good| {
            of_1970(good).claim("auth_time", END_OF_TIME)
        })
        .rules(|rules| {
            rules
                .max_age(Duration::MAX)
                .leeway(Duration::from_secs(MAX_LEEWAY))
                .clock(|| UNIX_EPOCH)
        }),
    );
    rows.push(
        accepted("a fraction of a second past exp's second before", |good| {
            good.claim("exp", NOW + 1)
        })
        .rules(|rules| {
            rules.clock(|| -> SystemTime { UNIX_EPOCH + Duration::from_millis(NOW * 1000 + 999) })
        }),
    );
    rows
}
