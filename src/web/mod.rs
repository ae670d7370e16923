//! The HTTP server: webhooks, health, dashboard.
