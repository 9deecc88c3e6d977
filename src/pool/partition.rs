//! The partitions of AWS: which Regions are in each, and how its host names end.

/// The part of AWS that a region belongs to: it decides the end of the host names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Partition {
    /// The standard regions, and GovCloud: `amazonaws.com`.
    Standard,
    /// China: `amazonaws.com.cn`.
    China,
    /// The EU sovereign cloud: `amazonaws.eu`.
    EuSovereign,
}

impl Partition {
    /// What host names in it end with.
    pub fn dns_suffix(self) -> &'static str {
        match self {
            Self::Standard => "amazonaws.com",
            Self::China => "amazonaws.com.cn",
            Self::EuSovereign => "amazonaws.eu",
        }
    }
}

/// By the forms that AWS publishes for each partition's Regions. `local` counts as standard.
pub(super) fn partition_of(region: &str) -> Option<Partition> {
    let words: Vec<&str> = region.split('-').collect();
    match words.as_slice() {
        ["local"] | ["us", "gov", _, _] => Some(Partition::Standard),
        ["af" | "ap" | "ca" | "eu" | "il" | "me" | "mx" | "sa" | "us", _, _] => {
            Some(Partition::Standard)
        }
        ["cn", _, _] => Some(Partition::China),
        ["eusc", _, _, _] => Some(Partition::EuSovereign),
        _ => None,
    }
}
