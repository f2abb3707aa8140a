"""The engines as a list, run in order under one budget."""
