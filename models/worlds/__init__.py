"""Worlds: the concrete version of each step, as what happens on one question."""
