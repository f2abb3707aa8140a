"""The engines: obligations, proofs, falsification, verdicts and reports."""
