//! Whether a request got a connection of its own, or one that others had used before it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tower_layer::Layer;
use tower_service::Service;

tokio::task_local! {
    static OPENED: Arc<AtomicBool>;
}

/// The outcome of `sending`, and whether it began to open a connection. One that did, and was then
/// handed another's that came free, counts as having opened one.
pub(super) async fn noting<T>(sending: impl Future<Output = T>) -> (T, bool) {
    let opened = Arc::new(AtomicBool::new(false));
    let outcome = OPENED.scope(Arc::clone(&opened), sending).await;
    (outcome, opened.load(Ordering::Relaxed))
}

/// Around what opens connections. The HTTP client calls it within the task that sends.
#[derive(Clone)]
pub(super) struct NoteOpened;

impl<S> Layer<S> for NoteOpened {
    type Service = Opening<S>;

    fn layer(&self, inner: S) -> Opening<S> {
        Opening(inner)
    }
}

#[derive(Clone)]
pub(super) struct Opening<S>(S);

impl<S: Service<R>, R> Service<R> for Opening<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: R) -> S::Future {
        let _ = OPENED.try_with(|opened| opened.store(true, Ordering::Relaxed));
        self.0.call(request)
    }
}
