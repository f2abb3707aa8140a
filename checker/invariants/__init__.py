"""Proofs: sets that one iteration cannot leave, found by guessing and checked by the solver."""
