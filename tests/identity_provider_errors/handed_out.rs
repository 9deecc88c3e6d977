//! Successful answers of the token endpoint that cannot be used, with a refresh token in them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::{CLIENT, Call, ISSUER, jwt};

/// The refresh token that is handed out.
pub(crate) const NEW: &str = "eyJjdHkiOiJKV1QiLCJl.handed-out.c.d.e";

/// When the ID tokens are issued, and the time that the client has.
const NOW: u64 = 1_767_225_600;

pub(crate) fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(NOW)
}

pub(crate) struct Handed {
    pub(crate) name: &'static str,
    pub(crate) body: String,
    /// The error's code.
    pub(crate) code: &'static str,
}

/// The claims of an ID token that is good, the nonce `n1` included.
fn claims() -> String {
    format!(
        r#"{{"iss":"{ISSUER}","aud":"{CLIENT}","sub":"u1","token_use":"id","nonce":"n1","iat":{NOW},"exp":{}}}"#,
        NOW + 3600
    )
}

/// An answer with these members, for one of the two endpoints that give new tokens.
fn answer(call: Call, members: &[(&str, &str)]) -> String {
    let json = call == Call::JsonRefresh;
    let name = |name: &str| match name {
        _ if !json => name.to_owned(),
        "access_token" => "AccessToken".to_owned(),
        "id_token" => "IdToken".to_owned(),
        "refresh_token" => "RefreshToken".to_owned(),
        "token_type" => "TokenType".to_owned(),
        _ => "ExpiresIn".to_owned(),
    };
    let members: Vec<String> =
        members.iter().map(|(member, value)| format!("\"{}\":{value}", name(member))).collect();
    let members = members.join(",");
    if json {
        format!(r#"{{"AuthenticationResult":{{{members}}},"ChallengeParameters":{{}}}}"#)
    } else {
        format!("{{{members}}}")
    }
}

/// Every check after a successful answer, failed.
pub(crate) fn every_answer(call: Call) -> Vec<Handed> {
    let quoted = |text: &str| format!("\"{text}\"");
    let (new, kind) = (quoted(NEW), quoted("Bearer"));
    let with_id = |payload: &str| {
        let id = quoted(&jwt(payload));
        let members = [
            ("id_token", &*id),
            ("access_token", "\"at\""),
            ("refresh_token", &new),
            ("expires_in", "3600"),
            ("token_type", &kind),
        ];
        answer(call, &members)
    };
    let plain = |first: (&str, &str), second: (&str, &str)| {
        answer(call, &[first, ("refresh_token", &new), second])
    };
    let (access, typed) = (("access_token", "\"at\""), ("token_type", &*kind));
    let good = claims();
    let filler = "a".repeat(300_000);
    let mut rows = Vec::new();
    let mut row = |name, code, body: String| rows.push(Handed { name, body, code });

    for (name, from, to, code) in [
        ("iss", "AbCdEf123", "Another99", "id_token_mismatch"),
        ("aud", CLIENT, "another", "id_token_mismatch"),
        ("azp", "\"u1\"", "\"u1\",\"azp\":\"another\"", "id_token_mismatch"),
        ("token_use", "\"id\"", "\"access\"", "id_token_mismatch"),
        ("sub", "\"u1\"", "\"\"", "id_token_mismatch"),
        ("no exp", "\"exp\"", "\"x\"", "id_token_mismatch"),
        ("iat, with a clock that is behind", "\"iat\":17672256", "\"iat\":17672257", "clock"),
        ("exp, with a clock that is ahead", "\"exp\":17672292", "\"exp\":17672254", "clock"),
        ("an ID token with a member twice", "\"u1\"", "\"u1\",\"sub\":\"u1\"", "undecodable"),
    ] {
        assert!(good.contains(from), "{name}");
        row(name, code, with_id(&good.replace(from, to)));
    }
    let large = "a".repeat(60_000);
    let large = with_id(&good.replace("\"u1\"", &format!("\"u1\",\"x\":\"{large}\"")));
    row("an ID token of 80 KiB", "token_too_large", large);
    row("an ID token that is no JWT", "undecodable", with_id("no JWT").replace("e30.", "e30"));
    row("no access token", "undecodable", plain(("expires_in", "1"), typed));
    row("a wrong token type", "undecodable", plain(access, ("token_type", "\"mac\"")));
    row("a token type that is no text", "undecodable", plain(access, ("token_type", "1")));
    row("an expiry that is a text", "undecodable", {
        let members = [access, ("refresh_token", &*new), ("expires_in", "\"3600\""), typed];
        answer(call, &members)
    });
    row("an access token that is no text", "undecodable", plain(("access_token", "[1]"), typed));
    row(
        "a member twice",
        "undecodable",
        answer(call, &[access, access, ("refresh_token", &new), typed]),
    );
    row("text behind it", "undecodable", format!("{}x", plain(access, typed)));
    row("no JSON", "undecodable", plain(access, typed).replacen('{', "", 1));
    let whole = plain(typed, access);
    row("cut off within JSON", "undecodable", whole[..whole.len() - 6].to_owned());
    row("of 300 KB, the refresh token first", "undecodable", {
        let filled = format!("\"{filler}\"");
        answer(call, &[("refresh_token", &new), access, ("expires_in", &filled), typed])
    });
    row("of 300 KB, the refresh token last", "undecodable", {
        let filled = format!("\"{filler}\"");
        answer(call, &[("expires_in", &filled), access, typed, ("refresh_token", &new)])
    });
    rows
}
