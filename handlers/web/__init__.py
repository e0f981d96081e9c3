"""The HTTP server: Slack and Twilio webhooks, health, metrics."""
