//! Hears everything at every level, of every crate.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tracing::field::{Field, Visit};
use tracing::{Event, Metadata, Subscriber, span};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::Row;

#[derive(Clone, Default)]
pub(crate) struct Recorder(Arc<Mutex<Heard>>);

#[derive(Default)]
struct Heard {
    /// This crate's.
    rows: BTreeSet<Row>,
    /// Names of spans: within which one, and which.
    spans: BTreeSet<(&'static str, &'static str)>,
    /// Of all targets, with all values.
    text: String,
}

impl Recorder {
    pub(crate) fn rows(&self) -> BTreeSet<Row> {
        self.heard(|heard| heard.rows.clone())
    }

    pub(crate) fn has_span(&self, within: &'static str, name: &'static str) -> bool {
        self.heard(|heard| heard.spans.contains(&(within, name)))
    }

    pub(crate) fn text(&self) -> String {
        self.heard(|heard| heard.text.clone())
    }

    /// Waits for an event; the limit is for a busy machine.
    pub(crate) async fn until_heard(&self, what: &str) {
        let waits = async {
            while !self.text().contains(what) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), waits).await.expect(what);
    }

    fn heard<T>(&self, look: impl FnOnce(&mut Heard) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn hear(&self, metadata: &Metadata<'_>, values: Values) {
        let fields = metadata.fields().iter().map(|field| field.name().to_owned());
        let row = Row {
            target: metadata.target().to_owned(),
            level: metadata.level().to_string().to_lowercase(),
            what: values.message.unwrap_or_else(|| metadata.name().to_owned()),
            fields: fields.filter(|field| field != "message").collect(),
        };
        self.heard(|heard| {
            writeln!(heard.text, "{} {}{}", row.target, row.what, values.others).unwrap();
            if row.target.starts_with("cognito_auth") {
                heard.rows.insert(row);
            }
        });
    }
}

#[derive(Default)]
struct Values {
    message: Option<String>,
    others: String,
}

impl Visit for Values {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            self.message = Some(format!("{value:?}"));
        } else {
            write!(self.others, " {}={value:?}", field.name()).unwrap();
        }
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Recorder {
    fn on_new_span(&self, attributes: &span::Attributes<'_>, id: &span::Id, all: Context<'_, S>) {
        if let Some(parent) = all.span(id).and_then(|span| span.parent()) {
            let names = (parent.name(), attributes.metadata().name());
            self.heard(|heard| heard.spans.insert(names));
        }
        let mut values = Values::default();
        attributes.record(&mut values);
        self.hear(attributes.metadata(), values);
    }

    fn on_record(&self, _: &span::Id, record: &span::Record<'_>, _: Context<'_, S>) {
        let mut values = Values::default();
        record.record(&mut values);
        self.heard(|heard| writeln!(heard.text, "{}", values.others).unwrap());
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut values = Values::default();
        event.record(&mut values);
        self.hear(event.metadata(), values);
    }
}
