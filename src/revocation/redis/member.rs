//! How an entry is written in Redis: `t`, `s`, `u` or `g`, a colon, and 32 hexadecimal digits.

use super::entry::{Entry, Fingerprint, Kind};
use super::fault::Fault;
use super::protocol::{Epoch, LineId, Nonce, Place};

/// The latest moment that is kept: the end of the year 9999. A sorted set counts in doubles, and a
/// time to live has bounds of its own.
const LATEST: u64 = 253_402_300_799;

/// Epochs stand among the entries, under a letter of their own.
const EPOCH: &str = "e:";

pub(super) fn member(kind: Kind, identity: Fingerprint) -> String {
    let letter = match kind {
        Kind::Token => 't',
        Kind::Session => 's',
        Kind::User => 'u',
        Kind::GlobalSignOut => 'g',
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
        "g" => Kind::GlobalSignOut,
        _ => return None,
    };
    let at = moment.parse::<f64>().ok().filter(|at| at.is_finite() && *at >= 0.0)?;
    Some(Entry { kind, identity: Fingerprint::from_hex(digits)?, at: at as u64 })
}

pub(super) fn epoch(epoch: Epoch) -> String {
    format!("{EPOCH}{:016x}", epoch.0)
}

pub(super) fn read_epoch(text: &str) -> Result<Epoch, Fault> {
    let digits = text.strip_prefix(EPOCH).filter(|digits| digits.len() == 16);
    let number = digits.and_then(|digits| u64::from_str_radix(digits, 16).ok());
    number.map(Epoch).ok_or(Fault::Answer)
}

/// A line: `<milliseconds>-<number>`, and what no other line has, `<hexadecimal>-<number>`.
pub(super) fn place(id: &str, nonce: &str) -> Result<Place, Fault> {
    let read = || {
        let (milliseconds, number) = id.split_once('-')?;
        let id = LineId(decimal(milliseconds)?, decimal(number)?);
        let (call, number) = nonce.split_once('-')?;
        let call = u64::from_str_radix(call, 16).ok().filter(|_| !call.starts_with('+'))?;
        Some(Place { id, nonce: Nonce(call, decimal(number)?.try_into().ok()?) })
    };
    read().ok_or(Fault::Answer)
}

fn decimal(text: &str) -> Option<u64> {
    text.parse().ok().filter(|_| !text.starts_with('+'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_reads_back_as_it_was_written() {
        let uuid = Fingerprint::of("7c5f0f0e-0123-4000-8000-0000000000ff");
        assert_eq!(member(Kind::Session, uuid), "s:7c5f0f0e0123400080000000000000ff");
        assert_eq!(member(Kind::GlobalSignOut, uuid), "g:7c5f0f0e0123400080000000000000ff");
        for kind in [Kind::Token, Kind::Session, Kind::User, Kind::GlobalSignOut] {
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
    fn places_read_back_as_they_were_written() {
        let read = place("1767225600000-7", "00000000000000ff-12").unwrap();
        assert_eq!(read, Place { id: LineId(1_767_225_600_000, 7), nonce: Nonce(255, 12) });
        let id = |id| place(id, "0-0").unwrap().id;
        assert!(id("9-9") < id("10-0") && id("10-2") < id("10-10"));
        for bad in ["", "-", "1", "1-", "x-1", "1-2-3", "-1-1", "+1-1", "1-+1"] {
            assert_eq!(place(bad, "0-0"), Err(Fault::Answer), "{bad}");
            assert_eq!(place("1-1", bad), Err(Fault::Answer), "{bad}");
        }
        assert_eq!(place("1-1", "0-4294967296"), Err(Fault::Answer));
        assert_eq!(read_epoch(&epoch(Epoch(u64::MAX))), Ok(Epoch(u64::MAX)));
        for bad in
            ["", "e:", "e:0", "e:00000000000000000", "x:0000000000000000", "e:000000000000000g"]
        {
            assert_eq!(read_epoch(bad), Err(Fault::Answer), "{bad}");
        }
    }
}
