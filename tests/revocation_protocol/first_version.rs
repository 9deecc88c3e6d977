//! What the checker finds in the first version of the protocol, by itself. A checker that finds
//! nothing there would find nothing anywhere.

use cognito_auth_model::scenarios::*;
use cognito_auth_model::{Action, COMPLETE, Ending, HEALS, System, TRUE};

fn found(system: System, property: &'static str) -> Vec<Action> {
    let outcome = system.check(&[property]);
    let violated = outcome.violated.into_iter().find(|(name, _)| *name == property);
    violated.unwrap_or_else(|| panic!("not found: {property}")).1
}

/// T1. A demoted server is asked, and does not know what was signed out at the new primary.
#[test]
fn an_answer_of_a_demoted_primary_is_false() {
    let way = found(old_with_a_demoted_primary(), TRUE);
    assert!(way.iter().any(|action| matches!(action, Action::SignOut { .. })), "{way:#?}");
}

/// T3. The set has the entry, the log does not, and a process that follows the log never learns of it.
#[test]
fn a_half_done_script_hides_an_entry_from_who_is_in_step() {
    let way = found(old_with_half_scripts(), COMPLETE);
    let half = |action: &Action| {
        matches!(action, Action::SignOut { ending: Ending::HalfWay(_), .. })
            || matches!(action, Action::Check { ending: Ending::HalfWay(_), .. })
    };
    assert!(way.iter().any(half), "{way:#?}");
}

/// T5. The ids that were lost in a fail-over come again, for other entries.
#[test]
fn ids_that_come_again_hide_entries_from_who_is_in_step() {
    let way = found(old_with_the_same_ids(), COMPLETE);
    let same = |action: &Action| matches!(action, Action::FailOver { same_ids: true });
    assert!(way.iter().any(same), "{way:#?}");
}

/// T6. Entries are gone from Redis, every process remembers them, and none writes them back.
#[test]
fn a_clock_that_is_ahead_ends_entries_for_good() {
    let way = found(old_with_redis_clock_ahead(), HEALS);
    let ahead = |action: &Action| matches!(action, Action::RedisClockAhead { .. });
    assert!(way.iter().any(ahead), "{way:#?}");
}
