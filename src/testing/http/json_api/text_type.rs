//! The text types of the API reference: how long a member may be, and of which characters.

use crate::testing::http::json_api::error::ApiError;

/// A type of texts.
pub(crate) struct TextType {
    lengths: (usize, usize),
    pattern: &'static str,
    fits: fn(&str) -> bool,
}

const fn text(lengths: (usize, usize), pattern: &'static str, fits: fn(&str) -> bool) -> TextType {
    TextType { lengths, pattern, fits }
}

fn has_no_space(text: &str) -> bool {
    !text.contains(char::is_whitespace)
}

fn is_printable(text: &str) -> bool {
    !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

fn is_attribute_name(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() && !"\t\n\r".contains(c))
}

fn is_token(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_=.".contains(&b))
}

fn is_hash(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+=/".contains(&b))
}

fn is_six_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

fn is_device_key(text: &str) -> bool {
    let is_word = |b: u8| b.is_ascii_alphanumeric() || b"_-".contains(&b);
    let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b) || b == b'-';
    text.rsplit_once('_').is_some_and(|(region, id)| {
        !region.is_empty()
            && region.bytes().all(is_word)
            && !id.is_empty()
            && id.bytes().all(is_hex)
    })
}

fn is_any(_: &str) -> bool {
    true
}

const ANY_LENGTH: usize = usize::MAX;

pub(crate) const USERNAME: TextType =
    text((1, 128), "[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+", is_printable);
pub(crate) const PASSWORD: TextType = text((0, 256), "[\\S]+", has_no_space);
pub(crate) const CONFIRMATION_CODE: TextType = text((1, 2048), "[\\S]+", has_no_space);
pub(crate) const SESSION: TextType = text((20, 4096), "", is_any);
pub(crate) const SECRET_HASH: TextType = text((1, 128), "[\\w+=/]+", is_hash);
pub(crate) const TOKEN: TextType = text((1, ANY_LENGTH), "[A-Za-z0-9-_=.]+", is_token);
pub(crate) const SOFTWARE_TOKEN_CODE: TextType = text((6, 6), "[0-9]+", is_six_digits);
pub(crate) const DEVICE_KEY: TextType = text((1, 55), "[\\w-]+_[0-9a-f-]+", is_device_key);
pub(crate) const DEVICE_NAME: TextType = text((1, 1024), "", is_any);
pub(crate) const ATTRIBUTE_NAME: TextType =
    text((1, 32), "[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\t\\n\\r ]+", is_attribute_name);
pub(crate) const ATTRIBUTE_VALUE: TextType = text((0, 2048), "", is_any);

impl TextType {
    /// Refuses a member that is not of this type. Its value is not quoted: most are secrets.
    pub(crate) fn check(&self, member: &str, value: &str) -> Result<(), ApiError> {
        let length = value.chars().count();
        if length < self.lengths.0 || length > self.lengths.1 {
            return Err(ApiError::member_length(member, self.lengths, length));
        }
        if !(self.fits)(value) {
            return Err(ApiError::member_pattern(member, None, self.pattern));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
