"""A posed claim in the formats of other tools: SMT-LIB, constrained Horn clauses, ITF."""
