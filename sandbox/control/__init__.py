"""The control API: what a script can do is what a person can do."""
