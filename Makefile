# One command each; `make run` and `make test` also set up. PYTHON names the interpreter to build with.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
BY_FILE := --ignore tests/faults --dist loadfile --no-loadscope-reorder --durations 20

.DEFAULT_GOAL := help
# Hundreds of processes import the same; Python keeps what it has compiled, unless it is told not to.
test test-whole test-faults test-exports test-service faults: export PYTHONDONTWRITEBYTECODE :=
.PHONY: help run test test-whole test-faults test-exports test-service faults lint format docs notebook charts bench clean

help: ## Show this help
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: $(READY) ## Set up, run the pipeline on raw/, print the marts
	$(BIN)/caseload run

test: $(READY) ## Set up, run the tests
	$(BIN)/python -m pytest $(BY_FILE) -n logical -m "not whole and not service and not exports"

test-whole: $(READY) ## Series of exports, bad input, sensors and the steps of the docs, one run after the other
	$(BIN)/python -m pytest $(BY_FILE) -n auto -m whole

test-faults: $(READY) ## Kill, fill, break and crowd the command: a sample
	$(BIN)/python -m pytest tests/faults -n auto --dist load

test-exports: $(READY) ## Read real exports by the contracts of docs/examples, where their folder is there
	$(BIN)/python -m pytest -m exports tests/whole

test-service: $(READY) ## Start the service of deploy/ with a real Postgres, daemon and browser
	$(BIN)/python -m pytest -m service tests/service

faults: $(READY) ## The same in every way: an hour and a half
	$(BIN)/python -m pytest tests/faults --all-faults -n auto --dist worksteal

lint: $(READY) ## ruff, sqlfluff, mypy, and that generated docs are current
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/sqlfluff lint --nocolor sql docs/queries
	$(BIN)/mypy
	$(BIN)/python -m pipelines.docs --check

format: $(READY) ## Format Python and SQL
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/sqlfluff fix --nocolor sql docs/queries

docs: $(VENV)/.docs ## Make the reference, build the site: docs/_build/site/index.html
	$(BIN)/python -m pipelines.docs
	@$(BIN)/caseload run --source noi_cybersex_crackdown --raw raw --warehouse docs/_build/warehouse >/dev/null
	CASELOAD_WAREHOUSE=docs/_build/warehouse $(BIN)/sphinx-build --quiet --fail-on-warning docs docs/_build/site
	@echo "Built docs/_build/site/index.html"

notebook: $(VENV)/.docs ## Open the notebook in the browser, on warehouse/
	$(BIN)/marimo edit --skip-update-check --no-sandbox docs/notebooks/may_i_quote_it.py

charts: $(VENV)/.docs ## Write the notebook's charts as files, charts/*.svg, without a browser
	@$(BIN)/python docs/notebooks/may_i_quote_it.py --charts charts

bench: $(READY) ## Measure against a bare DuckDB script; ROWS=10_000_000 for one size
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[ui,dev,bench]'
	$(BIN)/python -m bench.run $(if $(ROWS),--rows $(ROWS))

clean: ## Remove the environment and everything that was built
	rm -rf $(VENV) docs/_build charts .pytest_cache .ruff_cache .mypy_cache .hypothesis warehouse/.[a-z]* warehouse/data_docs warehouse/report warehouse/*.duckdb

# What only the site and the notebook need.
$(VENV)/.docs: $(READY)
	@echo "Installing what the site and the notebook need (a minute, once)"
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[ui,dev,docs]'
	@touch $@

# Made anew when the project's needs change; a half-made environment has no .ready and is made again.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Caseload needs Python 3.11 or newer; this is $$($(PYTHON) --version). Try: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 2; }
	@echo "Setting up $(VENV) (a minute or two, once)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[ui,dev]'
	@$(BIN)/python -m compileall -q -j 0 $(VENV)/lib || true  # where PYTHONDONTWRITEBYTECODE is set, pip does not
	@touch $@
