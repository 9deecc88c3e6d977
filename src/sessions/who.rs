//! `GET /session`: the user who is signed in.

use std::time::{SystemTime, UNIX_EPOCH};

use http::Response;
use http::request::Parts;
use serde::Serialize;

use super::current::Slide;
use super::signed_in::SignedIn;
use super::{BrowserSessions, answer};

#[derive(Serialize)]
struct SessionBody<'a> {
    sub: &'a str,
    username: Option<&'a str>,
    email: Option<&'a str>,
    groups: Vec<&'a str>,
    /// In seconds since 1970.
    idle_ends_at: u64,
    ends_at: u64,
}

impl BrowserSessions {
    /// Does not extend the session: pages send this request by themselves.
    pub(super) async fn session(&self, request: &Parts) -> Response<String> {
        let mut response = match self.look_up(&request.headers, Slide::No).await {
            Ok(Ok(signed_in)) => answer::ok(&SessionBody::of(&signed_in)),
            Ok(Err(missing)) => {
                let mut response = answer::no_session(&self.0.routes.login);
                self.clear_malformed(&mut response, missing);
                response
            }
            Err(error) => return self.answer_error(request, &error),
        };
        answer::vary(&mut response);
        response
    }
}

impl<'a> SessionBody<'a> {
    fn of(signed_in: &'a SignedIn) -> Self {
        let seconds = |moment: SystemTime| {
            moment.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
        };
        Self {
            sub: signed_in.sub(),
            username: signed_in.username(),
            email: signed_in.email(),
            groups: signed_in.claims().groups().collect(),
            idle_ends_at: seconds(signed_in.idle_ends_at()),
            ends_at: seconds(signed_in.ends_at()),
        }
    }
}
