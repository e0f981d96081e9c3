"""The rules of production support, pure: no I/O, no clock, no randomness; `now`, terms and roster are arguments."""
