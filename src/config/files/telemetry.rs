//! Where traces go, if they go anywhere.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[telemetry]` of `baton.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TelemetryFile {
    /// The address of an OpenTelemetry collector that takes OTLP over HTTP, as `http://localhost:4318`; traces
    /// stay here without one. The variable `OTEL_EXPORTER_OTLP_ENDPOINT` counts before it.
    #[serde(default)]
    pub otlp: Option<String>,
}
