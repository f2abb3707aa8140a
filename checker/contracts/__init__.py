"""What makes a scheme an instance of iterated amplification, as queries about its two steps."""
