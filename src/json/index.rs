//! Names found without looking through all of them.

use super::stack::{Member, Names};

/// By the mark of a name, which member has it. Marks are few, names are many: what is found still
/// has to be compared.
pub(super) struct Places([u8; 64]);

const NOBODY: u8 = 0;
const SEVERAL: u8 = u8::MAX;

/// Where a member of this name can be.
pub(super) enum Place {
    Nowhere,
    Perhaps(usize),
    Anywhere,
}

impl Places {
    pub(super) fn of(members: &[Member], names: Names<'_>) -> Self {
        let mut places = [NOBODY; 64];
        for (member, number) in members.iter().zip(1..) {
            let place = &mut places[mark(member.name(names))];
            let number = u8::try_from(number).unwrap_or(SEVERAL);
            *place = if *place == NOBODY { number } else { SEVERAL };
        }
        Self(places)
    }

    pub(super) fn find(&self, name: &[u8]) -> Place {
        match self.0[mark(name)] {
            NOBODY => Place::Nowhere,
            SEVERAL => Place::Anywhere,
            number => Place::Perhaps(usize::from(number) - 1),
        }
    }
}

/// One of 64 marks by which most names differ. Equal names have equal marks.
pub(super) fn mark(name: &[u8]) -> usize {
    let ends = name.first().zip(name.last());
    let ends = ends.map_or(0, |(first, last)| usize::from(*first) ^ (usize::from(*last) << 3));
    (ends + 8 * name.len()) % 64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where they meet, a look-up goes through all members.
    #[test]
    fn the_names_of_a_token_of_cognito_do_not_meet() {
        let names = [
            "sub",
            "cognito:groups",
            "iss",
            "version",
            "client_id",
            "origin_jti",
            "event_id",
            "token_use",
            "scope",
            "auth_time",
            "exp",
            "iat",
            "jti",
            "username",
            "aud",
            "nbf",
        ];
        let mut marks: Vec<_> = names.map(|name| mark(name.as_bytes())).into();
        marks.sort_unstable();
        marks.dedup();
        assert_eq!(marks.len(), names.len());
    }
}
