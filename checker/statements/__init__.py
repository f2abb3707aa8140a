"""One decider for each kind of statement."""
