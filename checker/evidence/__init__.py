"""Evidence: a verdict as a file that another program can check."""
