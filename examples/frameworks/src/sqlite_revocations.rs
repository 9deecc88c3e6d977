//! A revocation store over SQLite, for the processes of one machine: what is signed out in one of them
//! holds in the others, and after a restart.
//!
//! It is written with the public interface of `cognito_auth` alone. Over another database the SQL is
//! the same, but for the words of the upsert.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cognito_auth::revocation::{
    ENTRY_LIFETIME, Revocation, RevocationStatus, RevocationStore, Target, TokenIdentity,
};
use cognito_auth::{PoolName, RevocationError, async_trait};
use rusqlite::{Connection, params};
use tokio::task::spawn_blocking;

/// One row for each target; SQLite compares texts byte for byte.
const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS revocations (
        pool TEXT NOT NULL, kind INTEGER NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (pool, kind, id)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS revocations_at ON revocations (at);";

const WRITE: &str = "
    INSERT INTO revocations (pool, kind, id, at) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (pool, kind, id) DO UPDATE SET at = max(at, excluded.at)";

const FIND: &str = "SELECT at FROM revocations WHERE pool = ?1 AND kind = ?2 AND id = ?3";

const EXPIRE: &str = "DELETE FROM revocations WHERE at <= ?1";

/// How long a call waits for another process that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(2);

type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// Revocations in a file of SQLite. Cheap to clone; clones share a connection.
///
/// Every verification reads the file: nothing is cached. So `verify_access_now`, which does not wait,
/// cannot tell.
#[derive(Clone)]
pub struct SqliteRevocations {
    connection: Arc<Mutex<Connection>>,
    clock: Clock,
}

impl SqliteRevocations {
    /// Opens the file, or makes it. Blocks: call it before the first request is taken.
    ///
    /// # Errors
    /// When the file cannot be opened, or is none of SQLite.
    pub fn open(path: impl AsRef<Path>) -> rusqlite::Result<Self> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        // Readers go on while another process writes.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.execute_batch(SCHEMA)?;
        let (connection, clock) = (Arc::new(Mutex::new(connection)), Arc::new(SystemTime::now));
        Ok(Self { connection, clock })
    }

    /// Goes by this clock in place of the system's: for tests.
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// How many entries there are.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn count(&self) -> rusqlite::Result<usize> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        connection.query_row("SELECT count(*) FROM revocations", [], |row| row.get(0))
    }

    /// SQLite waits for the disk: not on the threads that take requests.
    async fn run<T: Send + 'static>(
        &self,
        call: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, RevocationError> {
        let connection = Arc::clone(&self.connection);
        let called = spawn_blocking(move || {
            call(&mut connection.lock().unwrap_or_else(PoisonError::into_inner))
        });
        match called.await {
            Ok(Ok(answer)) => Ok(answer),
            // The cause is for the log. An error of SQLite may name the file, and no identity.
            Ok(Err(error)) => {
                eprintln!("the file of the revocations: {error}");
                Err(RevocationError::new("the file of the revocations cannot be used"))
            }
            Err(_) => Err(RevocationError::new("the look-up of the revocations was abandoned")),
        }
    }

    /// The moment that is stored under each target of the token.
    async fn moments(&self, token: &TokenIdentity<'_>) -> Result<Moments, RevocationError> {
        let keys: Vec<_> = token.targets().filter_map(|target| key(token.pool, target)).collect();
        let found = self.run(move |connection| {
            let mut find = connection.prepare_cached(FIND)?;
            let mut found = Moments::default();
            for Key { pool, kind, id } in keys {
                let mut rows = find.query(params![pool, kind, id])?;
                if let Some(row) = rows.next()? {
                    found.0[kind] = Some(row.get::<_, i64>(0)?.unsigned_abs());
                }
            }
            Ok(found)
        });
        found.await
    }
}

/// By kind, of the targets of one token.
#[derive(Default)]
struct Moments([Option<u64>; 4]);

impl Moments {
    fn of(&self, target: Target<'_>) -> Option<u64> {
        self.0[kind(target)?.0]
    }
}

struct Key {
    pool: String,
    kind: usize,
    id: String,
}

fn key(pool: &PoolName, target: Target<'_>) -> Option<Key> {
    let (kind, id) = kind(target)?;
    Some(Key { pool: pool.as_str().to_owned(), kind, id: id.to_owned() })
}

/// `None` for a kind that a later version of the library has added: `revoke` refuses it.
fn kind(target: Target<'_>) -> Option<(usize, &str)> {
    match target {
        Target::Token(id) => Some((0, id)),
        Target::Session(id) => Some((1, id)),
        Target::User(id) => Some((2, id)),
        Target::GlobalSignOut(id) => Some((3, id)),
        _ => None,
    }
}

/// SQLite's integers have a sign: what is later than all of them is as late as can be.
fn stored(moment: u64) -> i64 {
    i64::try_from(moment).unwrap_or(i64::MAX)
}

#[async_trait]
impl RevocationStore for SqliteRevocations {
    fn name(&self) -> &'static str {
        "sqlite"
    }

    fn status_now(&self, _: &TokenIdentity<'_>) -> RevocationStatus {
        RevocationStatus::Unknown
    }

    async fn is_revoked(&self, token: &TokenIdentity<'_>) -> Result<bool, RevocationError> {
        let moments = self.moments(token).await?;
        Ok(token.is_hit_by(|target| moments.of(target)))
    }

    async fn find_entry(
        &self,
        token: &TokenIdentity<'_>,
    ) -> Result<Option<Revocation>, RevocationError> {
        let moments = self.moments(token).await?;
        if !token.is_hit_by(|target| moments.of(target)) {
            return Ok(None);
        }
        let entries = [
            moments
                .of(Target::User(token.sub))
                .map(|at| Revocation::user(token.pool, token.sub, at)),
            token.origin_jti.and_then(|session| {
                let at = moments.of(Target::Session(session))?;
                Some(Revocation::session(token.pool, session, at))
            }),
            token.jti.and_then(|jti| {
                let at = moments.of(Target::Token(jti))?;
                Some(Revocation::token(token.pool, jti, at))
            }),
        ];
        Ok(entries.into_iter().flatten().find(|entry| entry.hits(token)))
    }

    async fn revoke(&self, revocation: &Revocation) -> Result<(), RevocationError> {
        let Some(Key { pool, kind, id }) = key(revocation.pool(), revocation.target()) else {
            return Err(RevocationError::new("the file has no kind for this entry"));
        };
        let now = (self.clock)().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let (at, expired) = (stored(revocation.at()), stored(now.saturating_sub(ENTRY_LIFETIME)));
        let write = self.run(move |connection| {
            let transaction = connection.transaction()?;
            transaction.execute(WRITE, params![pool, kind, id, at])?;
            transaction.execute(EXPIRE, params![expired])?;
            transaction.commit()
        });
        write.await
    }
}

impl fmt::Debug for SqliteRevocations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteRevocations").finish_non_exhaustive()
    }
}
