# Two commands do all set-up: `make verify` runs the main job, `make test` passes the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

.PHONY: verify test golden golden-update clean

verify: $(READY)
	$(BIN)/alignspec check

test: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n auto

# Slower than a test: every verdict, method and trace against tests/golden, two minutes on two cores.
golden: $(READY)
	$(BIN)/python -m tests.golden.golden

golden-update: $(READY)
	$(BIN)/python -m tests.golden.golden --update

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "alignspec needs Python 3.11 or later; set PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $(READY)

clean:
	rm -rf $(VENV)
