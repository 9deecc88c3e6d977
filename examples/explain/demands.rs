//! The rules that the token is checked against.

use cognito_auth::{IdTokenChecks, JwtVerifier, VerifyError};

use super::settings::{Problem, Settings};

pub(crate) struct Demands {
    pub(crate) id_token: bool,
    pub(crate) scopes: Vec<String>,
    pub(crate) groups: Vec<String>,
    machines: bool,
}

impl Demands {
    pub(crate) fn from_environment(
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Problem> {
        let words = |name: &str| {
            let text = lookup(name).unwrap_or_default();
            text.split_whitespace().map(str::to_owned).collect()
        };
        let id_token = match lookup("EXPECT").as_deref() {
            None | Some("" | "access") => false,
            Some("id") => true,
            Some(_) => return Err(Problem::Setting("EXPECT is `access` or `id`".to_owned())),
        };
        Ok(Self {
            id_token,
            scopes: words("REQUIRE_SCOPES"),
            groups: words("REQUIRE_GROUPS"),
            machines: lookup("ACCEPT_MACHINES").as_deref() == Some("yes"),
        })
    }

    pub(crate) async fn verify(
        &self,
        settings: &Settings,
        token: &str,
    ) -> Result<Result<(), VerifyError>, Problem> {
        let mut builder = JwtVerifier::builder(&settings.pool).client_id(&settings.client_id);
        if self.machines {
            builder = builder.accept_client_credentials();
        }
        for scope in &self.scopes {
            builder = builder.require_scope(scope);
        }
        for group in &self.groups {
            builder = builder.require_group(group);
        }
        let verifier = builder.build()?;
        Ok(if self.id_token {
            verifier.verify_id(token, IdTokenChecks::new()).await.map(drop)
        } else {
            verifier.verify_access(token).await.map(drop)
        })
    }
}
