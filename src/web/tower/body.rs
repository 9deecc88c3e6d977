//! [`LayerBody`]: the body of a response behind a layer.

use std::pin::Pin;
use std::task::{Context, Poll};

use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

pin_project! {
    /// The body of a response that comes through a layer of this crate: that of the inner service, that of the
    /// layer's own response, or an empty one.
    #[derive(Debug)]
    pub struct LayerBody<B> {
        #[pin]
        body: EitherBody<B>,
    }
}

pin_project! {
    #[derive(Debug)]
    #[project = Projected]
    enum EitherBody<B> {
        Inner { #[pin] body: B },
        // `None` once it was read, and where there is nothing to read.
        Own { text: Option<String> },
    }
}

impl<B> LayerBody<B> {
    pub(crate) fn inner(body: B) -> Self {
        Self { body: EitherBody::Inner { body } }
    }

    pub(crate) fn own(text: String) -> Self {
        Self { body: EitherBody::Own { text: Some(text) } }
    }
}

/// Empty. A layer around this one that creates a response itself (CORS, a time limit) makes its body this
/// way. The inner body need not implement `Default` for it.
impl<B> Default for LayerBody<B> {
    fn default() -> Self {
        Self { body: EitherBody::Own { text: None } }
    }
}

impl<B> Body for LayerBody<B>
where
    B: Body,
    B::Data: From<String>,
{
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        match self.project().body.project() {
            Projected::Inner { body } => body.poll_frame(context),
            Projected::Own { text } => {
                Poll::Ready(text.take().map(|text| Ok(Frame::data(text.into()))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.body {
            EitherBody::Inner { body } => body.is_end_stream(),
            EitherBody::Own { text } => text.is_none(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.body {
            EitherBody::Inner { body } => body.size_hint(),
            EitherBody::Own { text } => {
                let length = text.as_ref().map_or(0, String::len);
                SizeHint::with_exact(u64::try_from(length).unwrap_or(u64::MAX))
            }
        }
    }
}
