"""Thin edges, one room per provider, both directions in it: parse, one event, render."""
