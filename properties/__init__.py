"""The claims: what is said of which scheme, with the verdict it is expected to get."""
