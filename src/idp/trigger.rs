//! What a Lambda trigger of the pool did, by the words that Cognito reports it in (Developer Guide,
//! "Lambda triggers", "Error handling").

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trigger {
    /// It said no; the words are its own, for the user.
    Refused,
    /// It ended without an answer, or with one that Cognito cannot read: it has judged no user.
    Crashed,
}

/// What Lambda itself says of a function that did not end by itself, where its own words would be.
const NOT_ITS_OWN_WORDS: [&str; 3] =
    ["Task timed out after ", "Runtime exited", "Process exited before completing"];

/// `None` for words that are not about a trigger.
pub(crate) fn of(words: &str) -> Option<Trigger> {
    if words.contains(" invocation failed due to ")
        || words.contains("Unrecognizable lambda output")
    {
        return Some(Trigger::Crashed);
    }
    let (_, own) = words.split_once(" failed with error ")?;
    let crashed = NOT_ITS_OWN_WORDS.iter().any(|words| own.contains(words));
    Some(if crashed { Trigger::Crashed } else { Trigger::Refused })
}

#[cfg(test)]
mod tests;
