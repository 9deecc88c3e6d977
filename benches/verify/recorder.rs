//! What counting takes: a hundred hits with and without a recorder.

use std::hint::black_box;

use cognito_auth::JwtVerifier;
use metrics_exporter_prometheus::PrometheusBuilder;

use crate::contestants::raw;
use crate::harness::Contestant;
use crate::world::World;

/// So many that the installation of the recorder does not count.
const HITS: usize = 100;

pub fn all<'a>(world: &World, token: &'a str) -> Vec<Contestant<'a>> {
    let [plain, counted] = [(); 2].map(|()| world.builder().build().unwrap());
    let hits = move |verifier: &JwtVerifier| {
        for _ in 0..HITS {
            black_box(verifier.verify_access_now(token).unwrap());
        }
    };
    let recorder = PrometheusBuilder::new().build_recorder();
    vec![
        raw(world, token),
        Contestant::new("100 hits", move |_, _| hits(&plain)),
        Contestant::new("100 hits, a recorder installed", move |_, _| {
            metrics::with_local_recorder(&recorder, || hits(&counted));
        }),
    ]
}
