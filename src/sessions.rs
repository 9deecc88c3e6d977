//! Browser sessions: a signed-in web site. The browser has a cookie, the tokens stay on the server.

mod cookie;
mod csrf;
mod id;
mod keys;
mod memory;
mod pending;
mod record;
mod request_kind;
mod return_to;
mod seal;
mod store;

pub use cookie::{CookiePrefix, SameSite};
pub use csrf::{CrossSiteRequest, CsrfRules};
pub use id::{PublicSessionId, SessionKey, UserIndex};
pub use keys::SessionKeys;
pub use memory::MemorySessions;
pub use store::{
    LeaseOwner, MAX_NOTE_BYTES, MAX_RECORD_BYTES, NewSession, Replaced, SessionMember,
    SessionStore, SessionStoreError, StoredSession,
};
