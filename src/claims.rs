//! The claims of a verified token, and the rules for them: pure functions, with the time as an argument.

mod access;
pub(crate) mod acr;
mod actor;
mod id;
mod payload;
mod registered;
mod requirement;
pub(crate) mod rules;
mod span;

use std::panic::{RefUnwindSafe, UnwindSafe};

pub use access::AccessClaims;
pub use actor::Actor;
pub use id::{IdClaims, IdTokenChecks};
pub(crate) use requirement::Requirement;
pub(crate) use rules::{AcceptedClients, Rules};

// Claims have these auto traits only as long as their fields do, one of which is another crate's type.
const _: fn() = || {
    fn go_everywhere<T: Send + Sync + Unpin + UnwindSafe + RefUnwindSafe + 'static>() {}
    go_everywhere::<AccessClaims>();
    go_everywhere::<IdClaims>();
};
