"""Slack, both directions: listeners and forms in, messages and cards out."""
