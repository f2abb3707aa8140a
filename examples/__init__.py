"""Schemes and invariants as a user would write them."""
