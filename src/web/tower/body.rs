//! [`RequireAccessBody`]: the body of either answer.

use std::pin::Pin;
use std::task::{Context, Poll};

use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

pin_project! {
    /// The body of the inner service's response, or of the challenge, or empty.
    #[derive(Debug)]
    pub struct RequireAccessBody<B> {
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
        Challenge { text: Option<String> },
    }
}

impl<B> RequireAccessBody<B> {
    pub(crate) fn inner(body: B) -> Self {
        Self { body: EitherBody::Inner { body } }
    }

    pub(crate) fn challenge(text: String) -> Self {
        Self { body: EitherBody::Challenge { text: Some(text) } }
    }
}

/// Empty. A layer that answers by itself around ours (CORS, a time limit) makes its body this way; of
/// the service's own body nothing is asked for that.
impl<B> Default for RequireAccessBody<B> {
    fn default() -> Self {
        Self { body: EitherBody::Challenge { text: None } }
    }
}

impl<B> Body for RequireAccessBody<B>
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
            Projected::Challenge { text } => {
                Poll::Ready(text.take().map(|text| Ok(Frame::data(text.into()))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.body {
            EitherBody::Inner { body } => body.is_end_stream(),
            EitherBody::Challenge { text } => text.is_none(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.body {
            EitherBody::Inner { body } => body.size_hint(),
            EitherBody::Challenge { text } => {
                let length = text.as_ref().map_or(0, String::len);
                SizeHint::with_exact(u64::try_from(length).unwrap_or(u64::MAX))
            }
        }
    }
}
