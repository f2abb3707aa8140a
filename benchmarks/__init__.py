"""Benchmarks: alignspec beside the general tools, on questions whose answers are known."""
