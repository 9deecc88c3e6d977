//! Whether a pool remembers the devices that its users sign in on.

/// Whether a [`LocalUserPool`](super::LocalUserPool) remembers devices. On a remembered device the proof of
/// the device's secret (`DEVICE_SRP_AUTH`) takes the place of a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DeviceTracking {
    /// Sign-ins hand out no device keys.
    #[default]
    Off,
    /// Every confirmed device is remembered.
    Always,
    /// A confirmed device is remembered after `UpdateDeviceStatus` with `remembered`.
    UserOptIn,
}
