"""The schemes, one file each, and the steps they share."""
