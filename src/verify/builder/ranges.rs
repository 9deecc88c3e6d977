//! Settings outside their range.

use std::time::Duration;

use super::JwtVerifierBuilder;
use crate::error::{ConfigError, RequiredSetting, SettingBound, SettingRange};
use crate::jwt::LARGEST_TOKEN_BYTES;
use crate::revocation::MAX_LEEWAY;
use crate::verify::remembered::FEWEST_ENTRIES;

/// The least that [`JwtVerifierBuilder::max_token_bytes`] can be.
const LEAST_TOKEN_BYTES: usize = 2 * 1024;

impl JwtVerifierBuilder {
    pub(super) fn check_ranges(&self) -> Result<(), ConfigError> {
        // A list that came out empty (from settings, say) must not turn the check off.
        for (setting, list) in [
            (RequiredSetting::AnyScope, &self.rules.scopes_any),
            (RequiredSetting::AnyGroup, &self.rules.groups_any),
        ] {
            if list.as_ref().is_some_and(Vec::is_empty) {
                return Err(ConfigError::Missing { setting });
            }
        }
        let most_leeway = Duration::from_secs(MAX_LEEWAY);
        if self.leeway > most_leeway {
            let range = SettingRange::at_most(SettingBound::Duration(most_leeway));
            return Err(ConfigError::OutOfRange { setting: "leeway", range });
        }
        if self.cache_size.is_some_and(|entries| entries < FEWEST_ENTRIES) {
            let range = SettingRange::at_least(SettingBound::Count(FEWEST_ENTRIES));
            return Err(ConfigError::OutOfRange { setting: "cache_size", range });
        }
        if !(LEAST_TOKEN_BYTES..=LARGEST_TOKEN_BYTES).contains(&self.max_token_bytes) {
            let [least, most] = [LEAST_TOKEN_BYTES, LARGEST_TOKEN_BYTES].map(SettingBound::Bytes);
            let range = SettingRange::between(least, most);
            return Err(ConfigError::OutOfRange { setting: "max_token_bytes", range });
        }
        Ok(())
    }
}
