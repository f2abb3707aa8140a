"""Real training loops, one a file, each of which writes a log that a scheme can be held against."""
