"""What can be said and decided: one module for each kind of statement."""
