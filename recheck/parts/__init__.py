"""What single kinds of evidence need beside the core: each module can be read alone."""
