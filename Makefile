# Two commands do all set-up: `make verify` runs the main job, `make test` passes the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

.PHONY: verify test docs golden golden-update runs clean

verify: $(READY)
	$(BIN)/alignspec check

test: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n auto

# The documentation as a site in build/docs: a broken link fails, and nothing is asked of a network.
docs: $(READY).docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict
	@echo 'read build/docs/index.html, or, with a search, after: $(BIN)/python -m http.server -d build/docs'

# Slower than a test: every verdict, method and trace against tests/golden, two minutes on two cores.
golden: $(READY)
	$(BIN)/python -m tests.golden.golden

golden-update: $(READY)
	$(BIN)/python -m tests.golden.golden --update

# The training runs of examples/runs, their sabotaged versions and the figures of docs/figures/runs: about
# ten minutes of one core. On the same machine the logs come out the same.
LOGS := examples/runs/logs
PLAIN := permutation_powering shortest_path reliability best_of_n policy_gradient expert_iteration \
	alpha_zero consultancy debate backdoor
SABOTAGED := permutation_powering.slips-4 permutation_powering.distillation-3 permutation_powering.drift-3 \
	reliability.distillation-4 best_of_n.reward-4 backdoor.trigger-3

runs: export OMP_NUM_THREADS := 1
runs: $(READY)
	for name in $(PLAIN); do $(BIN)/python -m examples.runs.$$name --log $(LOGS)/$$name.csv || exit; done
	for run in $(SABOTAGED); do what=$${run#*.}; $(BIN)/python -m examples.runs.$${run%.*} \
		--sabotage $${what%-*}@$${what#*-} --log $(LOGS)/$$run.csv || exit; done
	$(BIN)/python -m examples.runs.figures

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "alignspec needs Python 3.11 or later; set PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $(READY)

$(READY).docs: $(READY)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[docs]'
	touch $(READY).docs

clean:
	rm -rf $(VENV)
