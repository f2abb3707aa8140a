"""Rechecking evidence, without any of the code that found it."""
