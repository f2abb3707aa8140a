"""Where terms are evaluated: the solver, compiled programs, affine forms, exact numbers."""
