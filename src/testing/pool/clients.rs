//! The app clients of a pool.

use crate::testing::client::LocalClient;

/// Every app client. The builder sees to it that there is one.
pub(crate) struct PoolClients(Vec<LocalClient>);

impl PoolClients {
    pub(crate) fn new(clients: Vec<LocalClient>) -> Self {
        Self(clients)
    }

    /// The first one: the client that the pool's handle stands for.
    pub(crate) fn own(&self) -> Option<&LocalClient> {
        self.0.first()
    }

    pub(crate) fn own_mut(&mut self) -> Option<&mut LocalClient> {
        self.0.first_mut()
    }

    pub(crate) fn get(&self, id: &str) -> Option<&LocalClient> {
        self.0.iter().find(|client| client.id == id)
    }
}
