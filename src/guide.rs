//! How to …: one page for a task. Only in the documentation; the code on the pages is compiled with
//! the tests.

#[doc = include_str!("guide/sign_in.md")]
pub mod sign_in {}

#[doc = include_str!("guide/protect_with_axum.md")]
pub mod protect_with_axum {}

#[doc = include_str!("guide/protect_with_actix_web.md")]
pub mod protect_with_actix_web {}

#[doc = include_str!("guide/sign_out.md")]
pub mod sign_out {}

#[doc = include_str!("guide/test_your_app.md")]
pub mod test_your_app {}

#[doc = include_str!("guide/run_on_many_machines.md")]
pub mod run_on_many_machines {}

#[doc = include_str!("guide/observe.md")]
pub mod observe {}

#[doc = include_str!("guide/use_an_emulator.md")]
pub mod use_an_emulator {}

#[doc = include_str!("guide/threat_model.md")]
pub mod threat_model {}

#[doc = include_str!("guide/move_from_aws_jwt_verify.md")]
pub mod move_from_aws_jwt_verify {}

#[doc = include_str!("guide/move_from_fastapi.md")]
pub mod move_from_fastapi {}
