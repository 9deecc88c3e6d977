//! The issuers that Cognito gives a user pool.

use serde::Deserialize;

use super::id::UserPoolId;

/// The two kinds of issuer that Cognito has (Developer Guide, "Multi-Region user pools").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IssuerKind {
    /// `https://cognito-idp.<region>.amazonaws.com/<pool>`, the default of every pool.
    Original,
    /// `https://issuer-cognito-idp.<region>.amazonaws.com/<pool>`, of multi-Region pools.
    Updated,
}

impl UserPoolId {
    pub(super) fn issuer(&self, kind: IssuerKind) -> String {
        let prefix = match kind {
            IssuerKind::Original => "",
            IssuerKind::Updated => "issuer-",
        };
        let suffix = self.partition().dns_suffix();
        format!("https://{prefix}cognito-idp.{}.{suffix}/{}", self.region(), self)
    }
}
