//! The types of `sessions`.

use cognito_auth::sessions::*;

use super::Has;
#[allow(unused_imports)]
use super::Lacks as _;
#[allow(unused_imports)]
use std::panic::{RefUnwindSafe, UnwindSafe};

types! {
    BrowserSessions: "UnwindSafe RefUnwindSafe";
    BrowserSessionsBuilder: "UnwindSafe RefUnwindSafe";
    CookiePrefix;
    CurrentUser: "UnwindSafe RefUnwindSafe";
    LeaseOwner;
    MemorySessions;
    NewSession<'static>;
    NewSignIn;
    OptionalUser: "UnwindSafe RefUnwindSafe";
    PublicSessionId;
    RedisSessions: "UnwindSafe RefUnwindSafe";
    RedisSessionsBuilder: "UnwindSafe RefUnwindSafe";
    Removed;
    Replaced;
    SameSite;
    SessionError;
    SessionInfo;
    SessionKey;
    SessionKeys;
    SessionLayer: "UnwindSafe RefUnwindSafe";
    SessionMember;
    // Actix Web's services stay on their thread.
    SessionMiddleware<()>: "Send Sync UnwindSafe RefUnwindSafe";
    SessionPage;
    SessionRejection: "UnwindSafe RefUnwindSafe";
    SessionService<()>: "UnwindSafe RefUnwindSafe";
    dyn SessionStore: "Unpin UnwindSafe RefUnwindSafe";
    SessionStoreError;
    SignInDecision;
    SignedIn: "UnwindSafe RefUnwindSafe";
    StoredSession;
    UserIndex;
}
