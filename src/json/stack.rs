//! The members of objects while a text is scanned: ranges of names and values.

use std::ops::{Deref, Range};

/// So many members need no allocation. A token of Cognito has 11 to 25.
const ROOM: usize = 32;

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Member {
    /// A range of the text, between the quotes, or of the resolved names: see [`Names`].
    name: [u32; 2],
    value: [u32; 2],
}

/// The texts that ranges of names are in: positions below the length of `text` are in it, those above
/// are in `resolved`, where names are without their escapes. So each escape is resolved once, however
/// often its name is compared.
#[derive(Clone, Copy)]
pub(super) struct Names<'a> {
    pub(super) text: &'a str,
    pub(super) resolved: &'a [u8],
}

impl Member {
    /// The text and the resolved names are together no longer than `u32::MAX`.
    pub(super) fn new(name: Range<usize>, value: Range<usize>) -> Self {
        let short = |range: Range<usize>| [range.start as u32, range.end as u32];
        Self { name: short(name), value: short(value) }
    }

    /// The name, without escapes.
    #[inline]
    pub(super) fn name<'a>(&self, names: Names<'a>) -> &'a [u8] {
        let [start, end] = self.name.map(|at| at as usize);
        let text = names.text.as_bytes();
        match start.checked_sub(text.len()) {
            None => &text[start..end],
            Some(start) => &names.resolved[start..end - text.len()],
        }
    }

    /// Whether this is the name.
    pub(super) fn is_named(&self, names: Names<'_>, name: &str) -> bool {
        // The lengths first: most names differ in them.
        (self.name[1] - self.name[0]) as usize == name.len() && self.name(names) == name.as_bytes()
    }

    pub(super) fn value_range(&self) -> Range<usize> {
        self.value[0] as usize..self.value[1] as usize
    }
}

/// Members in the order in which they end.
#[derive(Debug)]
pub(super) struct MemberStack {
    few: [Member; ROOM],
    length: usize,
    /// All members, once there are more than `few` holds.
    many: Vec<Member>,
}

impl MemberStack {
    pub(super) fn new() -> Self {
        Self { few: [Member::default(); ROOM], length: 0, many: Vec::new() }
    }

    pub(super) fn push(&mut self, member: Member) {
        if self.length == ROOM && self.many.is_empty() {
            self.many.extend(self.few);
        }
        match self.few.get_mut(self.length) {
            Some(slot) if self.many.is_empty() => *slot = member,
            _ => self.many.push(member),
        }
        self.length += 1;
    }

    pub(super) fn truncate(&mut self, length: usize) {
        self.many.truncate(length);
        self.length = self.length.min(length);
    }
}

impl Deref for MemberStack {
    type Target = [Member];

    fn deref(&self) -> &[Member] {
        if self.many.is_empty() { &self.few[..self.length] } else { &self.many }
    }
}

#[cfg(test)]
mod tests;
