//! `JwtBearer` alone: what every skin comes down to.

use cognito_auth::bearer::Challenge;
use http::Response;

use crate::answer::{Answer, NO_USER};
use crate::cases::{EVERY_ENTRY, Entry, Question};
use crate::check;

async fn ask(question: &Question) -> Answer {
    let (bearer, headers) = (&question.bearer, question.headers());
    let headers = &headers;
    let said: Result<Option<String>, Challenge> = match question.entry {
        Entry::Access => bearer.access(headers).await.map(|c| Some(c.claims().sub().to_owned())),
        Entry::Id => bearer.id(headers).await.map(|c| Some(c.claims().sub().to_owned())),
        Entry::OptionalAccess => bearer
            .optional_access(headers)
            .await
            .map(|credentials| credentials.map(|c| c.claims().sub().to_owned())),
        Entry::OptionalId => bearer
            .optional_id(headers)
            .await
            .map(|credentials| credentials.map(|c| c.claims().sub().to_owned())),
    };
    let response = match said {
        Ok(said) => Response::new(said.unwrap_or_else(|| NO_USER.to_owned())),
        Err(challenge) => challenge.into_response(),
    };
    let (parts, body) = response.into_parts();
    Answer::of(parts.status.as_u16(), &parts.headers, body.as_bytes())
}

#[tokio::test]
async fn every_case() {
    check(ask, &EVERY_ENTRY).await;
}
