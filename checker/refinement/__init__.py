"""Comparing two schemes: simulation relations, witnesses, and runs that cannot be followed."""
