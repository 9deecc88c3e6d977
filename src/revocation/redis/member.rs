//! How an entry is written in Redis: `t`, `s` or `u`, a colon, and 32 hexadecimal digits.

use super::entry::{Entry, Fingerprint, Kind};
use super::fault::Fault;

/// The latest moment that is kept: the end of the year 9999. A sorted set counts in doubles, and a
/// time to live has bounds of its own.
const LATEST: u64 = 253_402_300_799;

/// Epochs stand among the entries, under a letter of their own.
pub(super) const EPOCH: &str = "e:";

pub(super) fn member(kind: Kind, identity: Fingerprint) -> String {
    let letter = match kind {
        Kind::Token => 't',
        Kind::Session => 's',
        Kind::User => 'u',
    };
    format!("{letter}:{}", identity.hex())
}

pub(super) fn moment(at: u64) -> u64 {
    at.min(LATEST)
}

/// `None` for what no entry looks like: an epoch, or somebody else's.
pub(super) fn entry(member: &str, moment: &str) -> Option<Entry> {
    let (letter, digits) = member.split_once(':')?;
    let kind = match letter {
        "t" => Kind::Token,
        "s" => Kind::Session,
        "u" => Kind::User,
        _ => return None,
    };
    let at = moment.parse::<f64>().ok().filter(|at| at.is_finite() && *at >= 0.0)?;
    Some(Entry { kind, identity: Fingerprint::from_hex(digits)?, at: at as u64 })
}

/// The place of a record in the log: milliseconds by Redis' clock, and a number within them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RecordId(u64, u64);

impl RecordId {
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        let parts = text.split_once('-').ok_or(Fault::Answer)?;
        let number = |text: &str| text.parse().map_err(|_| Fault::Answer);
        Ok(Self(number(parts.0)?, number(parts.1)?))
    }
}

impl std::fmt::Display for RecordId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.0, self.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_reads_back_as_it_was_written() {
        let uuid = Fingerprint::of("7c5f0f0e-0123-4000-8000-0000000000ff");
        assert_eq!(member(Kind::Session, uuid), "s:7c5f0f0e0123400080000000000000ff");
        for kind in [Kind::Token, Kind::Session, Kind::User] {
            for at in [0, 1_767_225_600, LATEST] {
                let identity = Fingerprint::of("anything");
                let read = entry(&member(kind, identity), &at.to_string());
                assert_eq!(read, Some(Entry { kind, identity, at }));
            }
        }
    }

    #[test]
    fn what_is_no_entry_is_left_alone() {
        let digits = "0".repeat(32);
        for (member, moment) in [
            (format!("e:{digits}"), "1"),
            (format!("x:{digits}"), "1"),
            (digits.clone(), "1"),
            ("u:0".to_owned(), "1"),
            (format!("u:{digits}"), "inf"),
            (format!("u:{digits}"), "-1"),
            (format!("u:{digits}"), "soon"),
        ] {
            assert_eq!(entry(&member, moment), None, "{member} {moment}");
        }
        assert_eq!(moment(u64::MAX), LATEST);
    }

    #[test]
    fn records_are_ordered_by_both_numbers() {
        let id = |text| RecordId::parse(text).unwrap();
        assert!(id("9-9") < id("10-0") && id("10-2") < id("10-10"));
        assert_eq!(id("1767225600000-7").to_string(), "1767225600000-7");
        for bad in ["", "-", "1", "1-", "a-1", "1-2-3", "-1-1"] {
            assert_eq!(RecordId::parse(bad), Err(Fault::Answer), "{bad}");
        }
    }
}
