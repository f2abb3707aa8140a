"""What most commands load, for the process from which those of documents are forked.

That saves more than a second for each. Nothing that looks at standard output is among it.
"""

import checker.statements.registry  # noqa: F401
from checker.cli.shipped import shipped_statements

shipped_statements()
