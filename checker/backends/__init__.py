"""Where terms are evaluated: the solver, compiled programs, affine forms, exact numbers."""

import z3

# z3's Python layer looks at the sorts of all arguments of all calls, a third of the time of a
# threshold. The language has seen to them, and the library itself looks again.
z3.z3.Z3_DEBUG = False
