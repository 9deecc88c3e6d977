//! One pass over a JSON text: is it one object, and where do its members stand?
//!
//! Reads what RFC 8259 calls JSON, with serde_json's bounds: strings are text (no lone surrogate),
//! numbers fit an `f64`, nesting ends at 127 levels. Names are unique within their object.

use std::borrow::Cow;
use std::collections::HashSet;

use super::members::{Member, Stack};
use super::places::mark;
use super::{Fault, number, run};

/// How deep objects and arrays may stand in one another: serde_json's bound, so that a text that is
/// read here can be read again by whoever gets it.
const MAX_DEPTH: u8 = 127;

/// Up to here names are compared with each other where their marks are the same; more of them are
/// put into a set.
const FEW_NAMES: usize = 32;

/// How many names of one object may have the mark of another. Cognito's have none; who writes names
/// for that gets the set.
const FEW_COMPARED: usize = 8;

/// How names begin by which serde_json means something of its own: behind them it reads another value
/// than stands there, and callers read claims with it.
const PRIVATE_NAME: &[u8] = b"$serde_json::private::";

pub(super) struct Scan<'a> {
    text: &'a str,
    at: usize,
    /// Of the objects that are open: those of an inner one are taken off when it ends.
    members: Stack,
    /// A backslash stands somewhere in the text.
    escapes: bool,
}

impl<'a> Scan<'a> {
    /// The members of the one object that the text is, and whether there are escapes in it.
    pub(super) fn object(text: &'a str) -> Result<(Stack, bool), Fault> {
        // Positions are kept in 32 bits.
        if u32::try_from(text.len()).is_err() {
            return Err(Fault::NotObject);
        }
        let mut scan = Self { text, at: 0, members: Stack::new(), escapes: false };
        scan.skip_space();
        scan.expect(b'{')?;
        scan.members(MAX_DEPTH)?;
        scan.skip_space();
        if scan.at < text.len() {
            return Err(Fault::NotObject);
        }
        Ok((scan.members, scan.escapes))
    }

    /// The rest of an object. Its members stay on the stack.
    fn members(&mut self, depth: u8) -> Result<(), Fault> {
        let depth = depth.checked_sub(1).ok_or(Fault::NotObject)?;
        let first = self.members.len();
        self.skip_space();
        if self.take(b'}') {
            return Ok(());
        }
        loop {
            self.expect(b'"')?;
            let name = self.at;
            self.string()?;
            let name = name..self.at - 1;
            self.skip_space();
            self.expect(b':')?;
            self.skip_space();
            let start = self.at;
            self.value(depth)?;
            self.members.push(Member::new(name, start..self.at));
            self.skip_space();
            if self.take(b'}') {
                break;
            }
            self.expect(b',')?;
            self.skip_space();
        }
        self.check_names(first)
    }

    fn value(&mut self, depth: u8) -> Result<(), Fault> {
        match self.next()? {
            b'"' => self.string(),
            b'{' => {
                let first = self.members.len();
                self.members(depth)?;
                self.members.truncate(first);
                Ok(())
            }
            b'[' => self.elements(depth),
            b't' => self.word("rue"),
            b'f' => self.word("alse"),
            b'n' => self.word("ull"),
            b'-' | b'0'..=b'9' => {
                let length = number::length(&self.text.as_bytes()[self.at - 1..]);
                self.at += length.ok_or(Fault::NotObject)? - 1;
                Ok(())
            }
            _ => Err(Fault::NotObject),
        }
    }

    /// The rest of an array.
    fn elements(&mut self, depth: u8) -> Result<(), Fault> {
        let depth = depth.checked_sub(1).ok_or(Fault::NotObject)?;
        self.skip_space();
        if self.take(b']') {
            return Ok(());
        }
        loop {
            self.value(depth)?;
            self.skip_space();
            if self.take(b']') {
                return Ok(());
            }
            self.expect(b',')?;
            self.skip_space();
        }
    }

    /// The rest of a string.
    #[inline]
    fn string(&mut self) -> Result<(), Fault> {
        loop {
            self.at += run::plain(&self.text.as_bytes()[self.at..]);
            match self.next()? {
                b'"' => return Ok(()),
                b'\\' => {
                    self.escapes = true;
                    self.escape()?;
                }
                // RFC 8259 §7: control characters are written as escapes.
                _ => return Err(Fault::NotObject),
            }
        }
    }

    fn escape(&mut self) -> Result<(), Fault> {
        match self.next()? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Ok(()),
            b'u' => match self.code_unit()? {
                // RFC 8259 §8.2: a surrogate without its other half is no character.
                0xd800..=0xdbff => {
                    self.expect(b'\\')?;
                    self.expect(b'u')?;
                    match self.code_unit()? {
                        0xdc00..=0xdfff => Ok(()),
                        _ => Err(Fault::NotObject),
                    }
                }
                0xdc00..=0xdfff => Err(Fault::NotObject),
                _ => Ok(()),
            },
            _ => Err(Fault::NotObject),
        }
    }

    fn code_unit(&mut self) -> Result<u32, Fault> {
        (0..4).try_fold(0, |unit, _| {
            let digit = char::from(self.next()?).to_digit(16).ok_or(Fault::NotObject)?;
            Ok(unit << 4 | digit)
        })
    }

    /// The names of the object that just ended.
    fn check_names(&self, first: usize) -> Result<(), Fault> {
        let members = &self.members[first..];
        let text = self.text.as_bytes();
        let is_escaped = |member: &Member| member.name_bytes(text).contains(&b'\\');
        let has_escapes = self.escapes && members.iter().any(is_escaped);
        if has_escapes || members.len() > FEW_NAMES {
            return check_many(members.iter().map(|member| member.name(self.text)));
        }
        let (mut seen, mut compared) = (0_u64, 0);
        for (index, member) in members.iter().enumerate() {
            let name = member.name_bytes(text);
            if name.starts_with(PRIVATE_NAME) {
                return Err(Fault::NotObject);
            }
            let bit = 1 << mark(name);
            if seen & bit != 0 {
                if members[..index].iter().any(|one| one.name_bytes(text) == name) {
                    return Err(Fault::Duplicate);
                }
                compared += 1;
                if compared > FEW_COMPARED {
                    return check_many(members.iter().map(|member| member.name(self.text)));
                }
            }
            seen |= bit;
        }
        Ok(())
    }

    #[inline(always)]
    fn next(&mut self) -> Result<u8, Fault> {
        let byte = *self.text.as_bytes().get(self.at).ok_or(Fault::NotObject)?;
        self.at += 1;
        Ok(byte)
    }

    #[inline(always)]
    fn take(&mut self, byte: u8) -> bool {
        let there = self.text.as_bytes().get(self.at) == Some(&byte);
        self.at += usize::from(there);
        there
    }

    fn expect(&mut self, byte: u8) -> Result<(), Fault> {
        if self.take(byte) { Ok(()) } else { Err(Fault::NotObject) }
    }

    fn word(&mut self, rest: &str) -> Result<(), Fault> {
        rest.bytes().try_for_each(|byte| self.expect(byte))
    }

    #[inline(always)]
    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.text.as_bytes().get(self.at) {
            self.at += 1;
        }
    }
}

/// Any number of names, whoever chose them: in time that grows with them and no faster.
fn check_many<'a>(names: impl ExactSizeIterator<Item = Cow<'a, str>>) -> Result<(), Fault> {
    let mut seen = HashSet::with_capacity(names.len());
    for name in names {
        if name.as_bytes().starts_with(PRIVATE_NAME) {
            return Err(Fault::NotObject);
        }
        if !seen.insert(name) {
            return Err(Fault::Duplicate);
        }
    }
    Ok(())
}

/// A string's text, its escapes resolved. It was read by a [`Scan`]: it is a string.
pub(super) fn unescape(value: &str) -> Option<Cow<'_, str>> {
    let inner = quoted(value)?;
    if !inner.contains('\\') {
        return Some(Cow::Borrowed(inner));
    }
    serde_json::from_str(value).ok().map(Cow::Owned)
}

/// What stands between the quotes.
pub(super) fn quoted(value: &str) -> Option<&str> {
    value.strip_prefix('"')?.strip_suffix('"')
}
