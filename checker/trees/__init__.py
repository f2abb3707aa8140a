"""Claims about folds: finite trees, and induction over their structure."""
