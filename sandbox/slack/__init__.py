"""A Slack on loopback: real state, the Web API, Socket Mode and signed HTTP delivery."""

from sandbox.slack.slack import Slack

__all__ = ["Slack"]
