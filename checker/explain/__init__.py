"""What stands behind a verdict: budgets along the loop, assumptions, non-vacuity."""
