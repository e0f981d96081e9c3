"""One module per step of the process; `policies.decide` is their only caller."""
