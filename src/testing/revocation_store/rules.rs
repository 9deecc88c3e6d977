//! The rules, as the message of a panic names them. `rules.md` lists them for the documentation.

pub(super) const REVOKE: &str = "revoke takes every entry";
pub(super) const TARGETS: &str = "an entry hits the token, the session or the user that it names";
pub(super) const IDS: &str = "ids are compared byte for byte";
pub(super) const USER: &str = "a user's entry hits what was issued up to its moment";
pub(super) const SAME_SECOND: &str = "a new sign-in in the second of the sign-out is not hit";
pub(super) const REFRESHED: &str = "a sign-in up to the moment is hit, however late the token";
pub(super) const GLOBAL_SIGN_OUT: &str = "what is issued after GlobalSignOut is not hit";
pub(super) const POOLS: &str = "an entry hits tokens of its own pool alone";
pub(super) const LATER: &str = "of two entries with the same target the later moment counts";
pub(super) const LIFETIME: &str = "an entry is kept for ENTRY_LIFETIME";
pub(super) const EXPIRED: &str = "an entry that has expired is dropped when another is written";
pub(super) const ONCE: &str = "an entry that is written twice is kept once";
pub(super) const IS_EMPTY: &str = "is_empty holds only where no token is hit";
pub(super) const STATUS_NOW: &str = "status_now says what is_revoked says, or Unknown";
pub(super) const FIND_ENTRY: &str = "find_entry names the entry that hits: user, session, token";
pub(super) const HANDLES: &str = "handles of one engine see each other's entries";
pub(super) const HISTORY: &str = "entries in any order and number have their effects together";
pub(super) const CANNOT_TELL: &str = "what cannot be written or asked is an error";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_lists_every_rule() {
        let listed = include_str!("rules.md").lines().map(|line| line.trim_start_matches("- "));
        let rules = [
            REVOKE,
            TARGETS,
            IDS,
            USER,
            SAME_SECOND,
            REFRESHED,
            GLOBAL_SIGN_OUT,
            POOLS,
            LATER,
            LIFETIME,
            EXPIRED,
            ONCE,
            IS_EMPTY,
            STATUS_NOW,
            FIND_ENTRY,
            HANDLES,
            HISTORY,
            CANNOT_TELL,
        ];
        assert_eq!(listed.collect::<Vec<_>>(), rules);
    }
}
