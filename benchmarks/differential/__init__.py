"""Random schemes decided by alignspec and by an oracle that shares no code with its engines."""
