//! CBOR ([RFC 8949](https://www.rfc-editor.org/rfc/rfc8949)), as much of it as authenticators write: items of
//! definite length, without tags and floating-point numbers
//! ([CTAP 2.1 §8](https://fidoalliance.org/specs/fido-v2.1-ps-20210615/fido-client-to-authenticator-protocol-v2.1-ps-20210615.html#message-encoding)).

/// Containers in containers. CTAP allows four.
const MOST_LEVELS: u8 = 4;

/// An item of data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CborItem<'a> {
    /// Any integer of CBOR's, which has 65 bits with its sign.
    Integer(i128),
    Bytes(&'a [u8]),
    Text(&'a str),
    Array(Vec<CborItem<'a>>),
    Map(Vec<(CborItem<'a>, CborItem<'a>)>),
    /// `false`, `true`, `null` and the like.
    Simple(u8),
}

impl<'a> CborItem<'a> {
    /// Reads one item, and gives what follows it. `None` for what is not CBOR, nested deeper or of another
    /// kind. An item is never longer than the input, so memory is bounded by it.
    pub(crate) fn read(input: &'a [u8]) -> Option<(Self, &'a [u8])> {
        read_item(input, MOST_LEVELS)
    }

    /// The value of a member; `None` where it is missing or stands twice.
    pub(crate) fn get(&self, key: &CborItem<'_>) -> Option<&CborItem<'a>> {
        let Self::Map(members) = self else { return None };
        let mut found = members.iter().filter(|(known, _)| known == key).map(|(_, value)| value);
        found.next().filter(|_| found.next().is_none())
    }

    pub(crate) fn text_member(&self, name: &str) -> Option<&CborItem<'a>> {
        self.get(&CborItem::Text(name))
    }

    pub(crate) fn bytes(&self) -> Option<&'a [u8]> {
        if let Self::Bytes(bytes) = self { Some(bytes) } else { None }
    }
}

fn read_item(input: &[u8], levels: u8) -> Option<(CborItem<'_>, &[u8])> {
    let (first, rest) = input.split_first()?;
    let (argument, rest) = read_argument(first & 0x1f, rest)?;
    let length = usize::try_from(argument).ok();
    Some(match first >> 5 {
        0 => (CborItem::Integer(argument.into()), rest),
        1 => (CborItem::Integer(-1 - i128::from(argument)), rest),
        2 => {
            let (bytes, rest) = rest.split_at_checked(length?)?;
            (CborItem::Bytes(bytes), rest)
        }
        3 => {
            let (bytes, rest) = rest.split_at_checked(length?)?;
            (CborItem::Text(std::str::from_utf8(bytes).ok()?), rest)
        }
        4 => {
            let (length, levels) = (length?, levels.checked_sub(1)?);
            let (mut items, mut rest) = (Vec::new(), rest);
            for _ in 0..length {
                let (item, after) = read_item(rest, levels)?;
                items.push(item);
                rest = after;
            }
            (CborItem::Array(items), rest)
        }
        5 => {
            let (length, levels) = (length?, levels.checked_sub(1)?);
            let (mut members, mut rest) = (Vec::new(), rest);
            for _ in 0..length {
                let (key, after) = read_item(rest, levels)?;
                let (value, after) = read_item(after, levels)?;
                members.push((key, value));
                rest = after;
            }
            (CborItem::Map(members), rest)
        }
        7 if first & 0x1f < 24 => (CborItem::Simple(u8::try_from(argument).ok()?), rest),
        _ => return None,
    })
}

/// The number in an item's head (RFC 8949 §3). The lengths 28 to 30 are reserved, 31 is indefinite.
fn read_argument(short: u8, input: &[u8]) -> Option<(u64, &[u8])> {
    let octets = match short {
        0..24 => return Some((short.into(), input)),
        24..28 => 1_usize << (short - 24),
        _ => return None,
    };
    let (number, rest) = input.split_at_checked(octets)?;
    Some((number.iter().fold(0, |number, octet| number << 8 | u64::from(*octet)), rest))
}

#[cfg(test)]
mod tests;
