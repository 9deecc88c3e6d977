//! One pass over a JSON text: whether it is one object, and the ranges of its members.
//!
//! Reads what RFC 8259 calls JSON, with serde_json's bounds: strings are text (no lone surrogate),
//! numbers fit an `f64`, nesting ends at 127 levels. Names are unique within their object.

use std::ops::Range;

use super::index::bucket;
use super::stack::{Member, MemberStack, Names};
use super::string::{hex, resolve};
use super::unique::{PRIVATE_NAME, check_many};
use super::{JsonError, number, swar};

/// How deep objects and arrays may be nested: serde_json's bound, so that the caller can read with
/// serde_json each text that is read here.
const MAX_DEPTH: u8 = 127;

/// Up to so many names of an object, those in one bucket are compared with each other; more names are
/// put into a hash table.
const FEW_NAMES: usize = 32;

/// How many names of one object may share a bucket with an earlier one before the hash table is used:
/// names that were chosen to collide would take quadratic time otherwise. Cognito's names share none.
const FEW_COMPARED: usize = 8;

pub(super) struct Scan<'a> {
    text: &'a str,
    at: usize,
    /// The members of all open objects. When an inner object ends, its members are removed.
    members: MemberStack,
    /// Names that are written with escapes, without them.
    resolved: Vec<u8>,
    /// Whether the text contains an escape.
    escapes: bool,
}

/// One object.
pub(super) struct Scanned {
    pub(super) members: MemberStack,
    /// See [`Names`].
    pub(super) resolved: Vec<u8>,
    /// Whether it contains escapes.
    pub(super) escapes: bool,
}

impl<'a> Scan<'a> {
    /// The members of the one object that the text is.
    pub(super) fn object(text: &'a str) -> Result<Scanned, JsonError> {
        // Positions are kept in 32 bits, those of names without escapes too: they are no longer.
        if i32::try_from(text.len()).is_err() {
            return Err(JsonError::NotObject);
        }
        let (members, resolved) = (MemberStack::new(), Vec::new());
        let mut scan = Self { text, at: 0, members, resolved, escapes: false };
        scan.skip_space();
        scan.expect(b'{')?;
        scan.members(MAX_DEPTH)?;
        scan.skip_space();
        if scan.at < text.len() {
            return Err(JsonError::NotObject);
        }
        let Self { members, resolved, escapes, .. } = scan;
        Ok(Scanned { members, resolved, escapes })
    }

    /// The rest of an object. Its members stay on the stack.
    fn members(&mut self, depth: u8) -> Result<(), JsonError> {
        let depth = depth.checked_sub(1).ok_or(JsonError::NotObject)?;
        let first = self.members.len();
        self.skip_space();
        if self.take(b'}') {
            return Ok(());
        }
        loop {
            self.expect(b'"')?;
            let name = self.at;
            let is_escaped = self.string()?;
            let name = name..self.at - 1;
            let name = if is_escaped { self.resolve(name) } else { name };
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

    fn value(&mut self, depth: u8) -> Result<(), JsonError> {
        match self.next()? {
            b'"' => self.string().map(|_| ()),
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
                self.at += length.ok_or(JsonError::NotObject)? - 1;
                Ok(())
            }
            _ => Err(JsonError::NotObject),
        }
    }

    /// The rest of an array.
    fn elements(&mut self, depth: u8) -> Result<(), JsonError> {
        let depth = depth.checked_sub(1).ok_or(JsonError::NotObject)?;
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

    /// The rest of a string, and whether there are escapes in it.
    #[inline]
    fn string(&mut self) -> Result<bool, JsonError> {
        let mut is_escaped = false;
        loop {
            self.at += swar::plain(&self.text.as_bytes()[self.at..]);
            match self.next()? {
                b'"' => return Ok(is_escaped),
                b'\\' => {
                    (self.escapes, is_escaped) = (true, true);
                    self.escape()?;
                    // Escapes often follow one another.
                    while self.take(b'\\') {
                        self.escape()?;
                    }
                }
                // RFC 8259 §7: control characters are written as escapes.
                _ => return Err(JsonError::NotObject),
            }
        }
    }

    fn escape(&mut self) -> Result<(), JsonError> {
        match self.next()? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Ok(()),
            b'u' => match self.code_unit()? {
                // RFC 8259 §8.2: a surrogate without its other half is no character.
                0xd800..=0xdbff => {
                    self.expect(b'\\')?;
                    self.expect(b'u')?;
                    match self.code_unit()? {
                        0xdc00..=0xdfff => Ok(()),
                        _ => Err(JsonError::NotObject),
                    }
                }
                0xdc00..=0xdfff => Err(JsonError::NotObject),
                _ => Ok(()),
            },
            _ => Err(JsonError::NotObject),
        }
    }

    fn code_unit(&mut self) -> Result<u32, JsonError> {
        let digits = self.text.as_bytes().get(self.at..).and_then(<[u8]>::first_chunk::<4>);
        self.at += 4;
        digits.and_then(|digits| hex(*digits)).ok_or(JsonError::NotObject)
    }

    /// Resolves the escapes of a name. Its range is among the resolved names: see [`Names`].
    fn resolve(&mut self, name: Range<usize>) -> Range<usize> {
        let start = self.text.len() + self.resolved.len();
        resolve(&self.text.as_bytes()[name], &mut self.resolved);
        start..self.text.len() + self.resolved.len()
    }

    /// The names of the object that just ended.
    fn check_names(&self, first: usize) -> Result<(), JsonError> {
        let members = &self.members[first..];
        let names = Names { text: self.text, resolved: &self.resolved };
        if members.len() > FEW_NAMES {
            return check_many(members, names);
        }
        let (mut seen, mut compared) = (0_u64, 0);
        for (index, member) in members.iter().enumerate() {
            let name = member.name(names);
            if name.starts_with(PRIVATE_NAME) {
                return Err(JsonError::NotObject);
            }
            let bit = 1 << bucket(name);
            if seen & bit != 0 {
                if members[..index].iter().any(|one| one.name(names) == name) {
                    return Err(JsonError::Duplicate);
                }
                compared += 1;
                if compared > FEW_COMPARED {
                    return check_many(members, names);
                }
            }
            seen |= bit;
        }
        Ok(())
    }

    #[inline(always)]
    fn next(&mut self) -> Result<u8, JsonError> {
        let byte = *self.text.as_bytes().get(self.at).ok_or(JsonError::NotObject)?;
        self.at += 1;
        Ok(byte)
    }

    #[inline(always)]
    fn take(&mut self, byte: u8) -> bool {
        let there = self.text.as_bytes().get(self.at) == Some(&byte);
        self.at += usize::from(there);
        there
    }

    fn expect(&mut self, byte: u8) -> Result<(), JsonError> {
        if self.take(byte) { Ok(()) } else { Err(JsonError::NotObject) }
    }

    fn word(&mut self, rest: &str) -> Result<(), JsonError> {
        rest.bytes().try_for_each(|byte| self.expect(byte))
    }

    #[inline(always)]
    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.text.as_bytes().get(self.at) {
            self.at += 1;
        }
    }
}
