"""Statements that can be decided: one module for each kind."""
