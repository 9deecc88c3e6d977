//! The ARN of a signer: which service it is of, and where its keys are.

use std::str::FromStr as _;

use crate::error::{ConfigError, ValueProblem};
use crate::keys::Curve;
use crate::pool::Partition;

/// The longest ARN that is read, in bytes: the name of a load balancer has at most 32.
const MAX_BYTES: usize = 256;

/// The two services whose tokens are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SignerService {
    LoadBalancer,
    VerifiedAccess,
}

impl SignerService {
    /// The curve, and with it the one algorithm, that the service signs with.
    pub(super) fn curve(self) -> Curve {
        match self {
            Self::LoadBalancer => Curve::P256,
            Self::VerifiedAccess => Curve::P384,
        }
    }

    /// The header field that the token comes in.
    pub(super) fn field(self) -> &'static str {
        match self {
            Self::LoadBalancer => "x-amzn-oidc-data",
            Self::VerifiedAccess => "x-amzn-ava-user-context",
        }
    }

    /// The word for it in metrics, in the place of `token_use`.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::LoadBalancer => "alb",
            Self::VerifiedAccess => "verified_access",
        }
    }

    /// For the log: the field is there twice, or has other than visible ASCII characters.
    pub(super) fn malformed(self) -> &'static str {
        match self {
            Self::LoadBalancer => "x-amzn-oidc-data is there more than once, or is no text",
            Self::VerifiedAccess => {
                "x-amzn-ava-user-context is there more than once, or is no text"
            }
        }
    }

    /// For the log: the field is missing.
    pub(super) fn absent(self) -> &'static str {
        match self {
            Self::LoadBalancer => {
                "x-amzn-oidc-data is missing: the rule of the load balancer that led here \
                 authenticates no user, or the request did not come through it"
            }
            Self::VerifiedAccess => {
                "x-amzn-ava-user-context is missing: the request did not come through Verified Access"
            }
        }
    }
}

/// The ARN of an Application Load Balancer, or of a Verified Access instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SignerArn {
    pub(super) service: SignerService,
    partition: Partition,
    region: String,
}

impl SignerArn {
    pub(super) fn parse(text: &str) -> Result<Self, ConfigError> {
        Self::read(text)
            .ok_or(ConfigError::Value { setting: "the signer", reason: ValueProblem::NotASigner })
    }

    fn read(text: &str) -> Option<Self> {
        let fields: Vec<_> = text.splitn(7, ':').collect();
        let ["arn", partition, service, region, account, resource] = fields[..] else {
            return None;
        };
        let words: Vec<_> = resource.split('/').collect();
        let service = match (service, words.as_slice()) {
            ("elasticloadbalancing", ["loadbalancer", "app", name, id])
                if is_word(name) && is_word(id) =>
            {
                SignerService::LoadBalancer
            }
            ("ec2", ["verified-access-instance", id]) if is_word(id) => {
                SignerService::VerifiedAccess
            }
            _ => return None,
        };
        let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        let partition = Partition::from_str(partition).ok()?;
        // It becomes a part of host names.
        let is_region = is_word(region)
            && region.len() <= 32
            && !region.bytes().any(|byte| byte.is_ascii_uppercase())
            && !region.starts_with('-')
            && !region.ends_with('-');
        (is_account && is_region && text.len() <= MAX_BYTES).then(|| Self {
            service,
            partition,
            region: region.to_owned(),
        })
    }

    /// Whether both sign with keys at the same address.
    pub(super) fn is_beside(&self, other: &Self) -> bool {
        self == other
    }

    /// The address that a key id is appended to; `None` in the partitions where AWS documents none.
    pub(super) fn key_endpoint(&self) -> Option<String> {
        let region = &self.region;
        match (self.service, self.partition) {
            (SignerService::LoadBalancer, Partition::Standard) => {
                Some(format!("https://public-keys.auth.elb.{region}.amazonaws.com"))
            }
            (SignerService::LoadBalancer, Partition::GovCloud) => {
                Some(format!("https://s3-{region}.amazonaws.com/aws-elb-public-keys-prod-{region}"))
            }
            (SignerService::VerifiedAccess, Partition::Standard | Partition::GovCloud) => {
                Some(format!("https://public-keys.prod.verified-access.{region}.amazonaws.com"))
            }
            (_, Partition::China | Partition::EuSovereign) => None,
        }
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests;
