//! [`SessionInfo`]: one session in the list of a user's sessions.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::id::PublicSessionId;
use super::note::Note;
use super::store::SessionMember;

/// One of a user's sessions, as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionInfo {
    /// The public id, for [`end_one`](super::BrowserSessions::end_one).
    pub public_id: PublicSessionId,
    /// When the session began.
    pub created_at: SystemTime,
    /// When a request last extended the session; requests of the following minute do not count. `None`
    /// if it was encrypted with a key that [`keys`](super::BrowserSessionsBuilder::keys) no longer has.
    pub seen_at: Option<SystemTime>,
    /// The `User-Agent` of that request, truncated; `None` as for `seen_at`, and without that header. A
    /// browser can send any text: escape it in a page.
    pub device: Option<String>,
    /// Whether it is the session of this request.
    pub is_this: bool,
}

impl SessionInfo {
    pub(super) fn new(member: &SessionMember, note: Option<Note>, is_this: bool) -> Self {
        let moment = |seconds| UNIX_EPOCH.checked_add(Duration::from_secs(seconds));
        Self {
            public_id: member.public_id,
            created_at: moment(member.created_at).unwrap_or(UNIX_EPOCH),
            seen_at: note.as_ref().and_then(|note| moment(note.seen_at)),
            device: note.map(|note| note.device).filter(|device| !device.is_empty()),
            is_this,
        }
    }
}
