//! `/metrics`: the library's metrics in the text format of Prometheus.

use std::sync::LazyLock;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use super::host;

/// A process has one recorder.
static PROMETHEUS: LazyLock<PrometheusHandle> = LazyLock::new(|| {
    PrometheusBuilder::new().install_recorder().expect("nothing else here installs a recorder")
});

/// Installs the recorder, so that events are counted from now on.
pub(crate) fn record() {
    LazyLock::force(&PROMETHEUS);
}

/// Answers only requests to a name of this machine.
pub(crate) async fn show(headers: HeaderMap) -> Response {
    if !host::is_asked_for_as_this_machine(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let headers = [
        (header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, PROMETHEUS.render()).into_response()
}
