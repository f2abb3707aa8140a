"""What every engine sees: the problem, its obligations, regions, runs and verdicts."""
