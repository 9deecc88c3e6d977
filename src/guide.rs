//! One page for each task, in the documentation only. The code on the pages is compiled and run by the tests, or is
//! an excerpt of an example that is.
//!
//! A page about an optional feature links to items that exist with that feature only; `rustdoc` checks these links
//! when the feature is on.

#[doc = include_str!("guide/sign_in.md")]
pub mod sign_in {}

#[cfg_attr(
    not(all(feature = "direct", feature = "testing", feature = "tower")),
    allow(rustdoc::broken_intra_doc_links)
)]
#[doc = include_str!("guide/direct_sign_in.md")]
pub mod direct_sign_in {}

#[cfg_attr(
    not(all(feature = "sessions", feature = "tower", feature = "actix-web")),
    allow(rustdoc::broken_intra_doc_links)
)]
#[doc = include_str!("guide/browser_sessions.md")]
pub mod browser_sessions {}

#[cfg_attr(
    not(all(feature = "sessions", feature = "redis")),
    allow(rustdoc::broken_intra_doc_links)
)]
#[doc = include_str!("guide/browser_sessions_on_many_machines.md")]
pub mod browser_sessions_on_many_machines {}

#[cfg_attr(not(feature = "sessions"), allow(rustdoc::broken_intra_doc_links))]
#[doc = include_str!("guide/single_page_app.md")]
pub mod single_page_app {}

#[cfg_attr(not(feature = "tower"), allow(rustdoc::broken_intra_doc_links))]
#[doc = include_str!("guide/protect_with_axum.md")]
pub mod protect_with_axum {}

#[cfg_attr(not(feature = "actix-web"), allow(rustdoc::broken_intra_doc_links))]
#[doc = include_str!("guide/protect_with_actix_web.md")]
pub mod protect_with_actix_web {}

#[cfg_attr(not(feature = "tower"), allow(rustdoc::broken_intra_doc_links))]
#[doc = include_str!("guide/other_frameworks.md")]
pub mod other_frameworks {}

#[cfg_attr(not(all(feature = "alb", feature = "testing")), allow(rustdoc::broken_intra_doc_links))]
#[doc = include_str!("guide/behind_a_load_balancer.md")]
pub mod behind_a_load_balancer {}

#[doc = include_str!("guide/my_token_is_refused.md")]
pub mod my_token_is_refused {}

#[cfg_attr(not(feature = "testing"), allow(rustdoc::broken_intra_doc_links))]
#[doc = include_str!("guide/machine_to_machine.md")]
pub mod machine_to_machine {}

#[doc = include_str!("guide/sign_out.md")]
pub mod sign_out {}

#[cfg_attr(not(feature = "testing"), allow(rustdoc::broken_intra_doc_links))]
#[doc = include_str!("guide/test_your_app.md")]
pub mod test_your_app {}

#[cfg_attr(not(feature = "redis"), allow(rustdoc::broken_intra_doc_links))]
#[doc = include_str!("guide/run_on_many_machines.md")]
pub mod run_on_many_machines {}

#[cfg_attr(
    not(all(feature = "sessions", feature = "redis", feature = "testing")),
    allow(rustdoc::broken_intra_doc_links)
)]
#[doc = include_str!("guide/what_rotates.md")]
pub mod what_rotates {}

#[cfg_attr(not(feature = "redis"), allow(rustdoc::broken_intra_doc_links))]
#[doc = include_str!("guide/scale.md")]
pub mod scale {}

#[doc = include_str!("guide/observe.md")]
pub mod observe {}

#[cfg_attr(not(feature = "testing"), allow(rustdoc::broken_intra_doc_links))]
#[doc = include_str!("guide/use_an_emulator.md")]
pub mod use_an_emulator {}

#[cfg_attr(not(feature = "sessions"), allow(rustdoc::broken_intra_doc_links))]
#[doc = include_str!("guide/threat_model.md")]
pub mod threat_model {}

#[doc = include_str!("guide/move_from_aws_jwt_verify.md")]
pub mod move_from_aws_jwt_verify {}

#[cfg_attr(
    not(all(feature = "actix-web", feature = "testing")),
    allow(rustdoc::broken_intra_doc_links)
)]
#[doc = include_str!("guide/move_from_fastapi.md")]
pub mod move_from_fastapi {}
