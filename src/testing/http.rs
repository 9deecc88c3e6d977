//! How a pool is asked: both of Cognito's hosts at one address, over HTTP/1.1 or without a socket.

pub(crate) mod cookie;
pub(crate) mod domain;
pub(crate) mod form;
pub(crate) mod json_api;
pub(crate) mod local_clock;
pub(crate) mod local_outbox;
mod local_request;
pub(crate) mod response;
pub(crate) mod route;
pub(crate) mod server;
