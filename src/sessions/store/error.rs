//! [`SessionStoreError`]: a session store cannot answer, or did not write.

/// Why a session store cannot answer, or did not write.
///
/// ```
/// use cognito_auth::sessions::SessionStoreError;
///
/// let error = SessionStoreError::new("no connection to the table");
/// assert_eq!(error.code(), "store_unavailable");
/// assert_eq!(error.to_string(), "the session store is not available: no connection to the table");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SessionStoreError {
    /// The store cannot be asked, or cannot write. The reason is a text of the store
    /// ([`new`](Self::new)).
    #[error("the session store is not available: {reason}")]
    Store {
        /// What is wrong, without data of a session.
        reason: &'static str,
    },
    /// The store did not answer within
    /// [`store_timeout`](crate::sessions::BrowserSessionsBuilder::store_timeout).
    #[error("the session store is not available: no answer in time")]
    Timeout,
    /// The store has no room for one more session.
    #[error("the session store is full")]
    Full,
    /// A new session cannot be inserted, because the store has a session under its key.
    #[error("the session store has a session under this key")]
    KeyTaken,
    /// A new session was removed again, because all sessions of its user were ended meanwhile.
    #[error("the user was signed out while the session was inserted")]
    SignedOut,
    /// The store has a record that is not in the store's own format.
    #[error("a record in the session store is damaged")]
    Damaged,
}

impl SessionStoreError {
    /// The error of a store of your own that cannot be asked or cannot write. The reason must not contain
    /// data of a session.
    pub const fn new(reason: &'static str) -> Self {
        Self::Store { reason }
    }

    /// A stable word for logs and metrics: `store_full` for [`Full`](Self::Full), `store_unavailable` for
    /// every other error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Full => "store_full",
            Self::Store { .. }
            | Self::Timeout
            | Self::KeyTaken
            | Self::SignedOut
            | Self::Damaged => "store_unavailable",
        }
    }
}
