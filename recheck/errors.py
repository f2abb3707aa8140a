"""What can be wrong with evidence."""


class Malformed(Exception):
    """The file is no evidence: it cannot be read, or says nothing that could be checked."""


class Rejected(Exception):
    """The evidence does not show what it says."""


class Undecided(Exception):
    """Neither: the solver, or the arithmetic, did not say in its time."""
