//! How entries and lines of the log are written in Redis. An entry is `t`, `s`, `u` or `g`, a colon, and
//! 32 hexadecimal digits.

use super::fault::RedisFault;
use crate::revocation::entry::CompactEntry;
use crate::revocation::fingerprint::Fingerprint;
use crate::revocation::redis::protocol::{Epoch, LineId, Link, Nonce, Place};
use crate::revocation::target::TargetKind;

/// The latest moment that is kept: the end of the year 9999. A sorted set counts in doubles, and a
/// time to live has bounds of its own.
const LATEST: u64 = 253_402_300_799;

/// Epochs stand among the entries, under a letter of their own.
const EPOCH: &str = "e:";

/// A line of the log.
#[derive(Debug)]
pub(crate) struct LogRecord {
    pub(crate) link: Link,
    /// None where an epoch begins.
    pub(crate) entry: Option<CompactEntry>,
}

impl LogRecord {
    pub(crate) fn read(id: &str, fields: &[String]) -> Result<Self, RedisFault> {
        const NAMES: [&str; 6] = ["epoch", "after", "after_nonce", "nonce", "entry", "at"];
        let mut values = [""; 6];
        if !matches!(fields.len(), 8 | 12) {
            return Err(RedisFault::Answer);
        }
        for (index, field) in fields.chunks_exact(2).enumerate() {
            if field[0] != NAMES[index] {
                return Err(RedisFault::Answer);
            }
            values[index] = &field[1];
        }
        let [epoch, after, after_nonce, nonce, name, at] = values;
        let link = Link {
            epoch: read_epoch(epoch)?,
            place: place(id, nonce)?,
            after: (after_nonce != "-").then(|| place(after, after_nonce)).transpose()?,
        };
        let entry = match fields.len() {
            12 => Some(self::entry(name, at).ok_or(RedisFault::Answer)?),
            _ => None,
        };
        Ok(Self { link, entry })
    }
}

pub(crate) fn member(kind: TargetKind, identity: Fingerprint) -> String {
    let letter = match kind {
        TargetKind::Token => 't',
        TargetKind::Session => 's',
        TargetKind::User => 'u',
        TargetKind::GlobalSignOut => 'g',
    };
    format!("{letter}:{}", identity.hex())
}

pub(crate) fn moment(at: u64) -> u64 {
    at.min(LATEST)
}

/// `None` for what no entry looks like: an epoch, or a member that this crate did not write.
pub(crate) fn entry(member: &str, moment: &str) -> Option<CompactEntry> {
    let (letter, digits) = member.split_once(':')?;
    let kind = match letter {
        "t" => TargetKind::Token,
        "s" => TargetKind::Session,
        "u" => TargetKind::User,
        "g" => TargetKind::GlobalSignOut,
        _ => return None,
    };
    let at = moment.parse::<f64>().ok().filter(|at| at.is_finite() && *at >= 0.0)?;
    Some(CompactEntry { kind, identity: Fingerprint::from_hex(digits)?, at: at as u64 })
}

pub(crate) fn epoch(epoch: Epoch) -> String {
    format!("{EPOCH}{:016x}", epoch.0)
}

pub(crate) fn read_epoch(text: &str) -> Result<Epoch, RedisFault> {
    let digits = text.strip_prefix(EPOCH).filter(|digits| digits.len() == 16);
    let number = digits.and_then(|digits| u64::from_str_radix(digits, 16).ok());
    number.map(Epoch).ok_or(RedisFault::Answer)
}

/// A line: `<milliseconds>-<number>`, and what no other line has, `<hexadecimal>-<number>`.
pub(crate) fn place(id: &str, nonce: &str) -> Result<Place, RedisFault> {
    let read = || {
        let (milliseconds, number) = id.split_once('-')?;
        let id = LineId(decimal(milliseconds)?, decimal(number)?);
        let (call, number) = nonce.split_once('-')?;
        let call = u64::from_str_radix(call, 16).ok().filter(|_| !call.starts_with('+'))?;
        Some(Place { id, nonce: Nonce(call, decimal(number)?.try_into().ok()?) })
    };
    read().ok_or(RedisFault::Answer)
}

fn decimal(text: &str) -> Option<u64> {
    text.parse().ok().filter(|_| !text.starts_with('+'))
}

#[cfg(test)]
mod tests;
