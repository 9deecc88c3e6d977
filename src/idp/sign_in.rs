//! placeholder signatures: replaced by the sign-in half
use url::Url;
/// s
#[derive(Debug)]
pub struct Callback;
/// s
#[derive(Debug)]
pub struct PendingSignIn;
/// s
#[derive(Debug)]
pub struct SignIn {
    /// u
    pub url: Url,
    /// p
    pub pending: PendingSignIn,
}
/// s
#[derive(Debug)]
pub struct SignInRequest;
