"""Runs: strategies of nature that break a claim, replayed before they count."""
