//! Describes the service of `protect_tonic` without a `.proto` file, so that no `protoc` is needed.

use tonic_build::manual::{Builder, Method, Service};

fn main() {
    let hello = Method::builder()
        .name("hello")
        .route_name("Hello")
        .input_type("String")
        .output_type("String")
        .codec_path("tonic_prost::ProstCodec")
        .build();
    let service = Service::builder().name("Greeter").package("example").method(hello).build();
    Builder::new().compile(&[service]);
}
