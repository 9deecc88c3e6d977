//! The encoding of a record: its fields in sequence, each with its length.

use crate::secret::SecretOctets;

/// The version of the encoding: another one after each change of it.
const VERSION: u8 = 1;

/// The length of a text that is absent.
const NONE: u32 = u32::MAX;

pub(super) struct Writer(SecretOctets);

pub(super) struct Reader<'a>(&'a [u8]);

impl Writer {
    pub(super) fn new() -> Self {
        // Room for usual tokens: growing would leave a copy behind that is not wiped.
        let mut bytes = Vec::with_capacity(16 * 1024);
        bytes.push(VERSION);
        Self(bytes.into())
    }

    pub(super) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    pub(super) fn optional(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.0.extend_from_slice(&NONE.to_be_bytes()),
        }
    }

    pub(super) fn number(&mut self, number: u64) {
        self.0.extend_from_slice(&number.to_be_bytes());
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        // A text of that length makes the record too large to be sealed.
        let length = u32::try_from(bytes.len()).unwrap_or(NONE - 1);
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(bytes);
    }

    pub(super) fn finish(self) -> SecretOctets {
        self.0
    }
}

impl<'a> Reader<'a> {
    /// `None` for a record of another version.
    pub(super) fn new(bytes: &'a [u8]) -> Option<Self> {
        bytes.split_first().filter(|(version, _)| **version == VERSION).map(|(_, rest)| Self(rest))
    }

    pub(super) fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    /// The outer `None`: it cannot be read. The inner `None`: it is absent.
    pub(super) fn optional(&mut self) -> Option<Option<&'a str>> {
        if self.0.starts_with(&NONE.to_be_bytes()) {
            self.take(4)?;
            return Some(None);
        }
        self.text().map(Some)
    }

    pub(super) fn number(&mut self) -> Option<u64> {
        Some(u64::from_be_bytes(self.take(8)?.try_into().ok()?))
    }

    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = u32::from_be_bytes(self.take(4)?.try_into().ok()?);
        self.take(usize::try_from(length).ok()?)
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }
}
