"""Along parameters: thresholds, maps, and how a verdict depends on a value."""
