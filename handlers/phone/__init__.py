"""The telephone, both directions: calls and messages out, keys and call endings in."""
