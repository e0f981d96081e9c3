"""A Slack and a Twilio on loopback, with a page, a clock and a cast: where Frontdoor is met, tested and rehearsed."""
