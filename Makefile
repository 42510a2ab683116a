# Everything runs in .venv, which the first target that needs it sets up from requirements.lock.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.DEFAULT_GOAL := help
.PHONY: help run test test-all test-slow test-browser test-scale lint docs dev serve bench bench-large calibrate backtest audit lock clean

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: $(STAMP)  ## One monitoring run; ends with a table and the paths of what it published
	@$(BIN)/signposts run

test: $(STAMP)  ## The fast tests
	@$(BIN)/pytest -q -m "not slow and not browser and not scale" -n 2

test-slow: $(STAMP)  ## The tests that take longer
	@$(BIN)/pytest -q -m slow -n 2

test-browser: $(STAMP)  ## The report in a real browser (needs chromium)
	@$(BIN)/pytest -q -m browser

test-scale: $(STAMP)  ## PostgreSQL, Spark and object storage on this machine
	@$(BIN)/pip install -q --disable-pip-version-check -c requirements.lock -e ".[test,postgres,kubernetes,celery,spark,remote]"
	@$(BIN)/pytest -q -m scale

test-all: test test-slow test-browser  ## Fast, slow and browser tests

lint: $(STAMP)  ## Style, types and SQL
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/sqlfluff lint --disable-progress-bar -q sql checks/sql
	@$(BIN)/yamllint -s catalogue sql/dictionary.yaml workspace.yaml

audit: $(STAMP)  ## Known weaknesses of the pinned dependencies (needs the network)
	@$(BIN)/pip-audit -r requirements.lock --no-deps --disable-pip

docs: $(STAMP)  ## Write the generated pages of docs/ again
	@$(BIN)/signposts docs

dev: $(STAMP)  ## Dagster's pages on 127.0.0.1:3000, with daemon, for development
	@$(BIN)/signposts serve --dev

serve: $(STAMP)  ## Dagster's pages and daemon on 127.0.0.1:3000
	@$(BIN)/signposts serve

calibrate: $(STAMP)  ## The method against simulated worlds; writes docs/calibration.md
	@$(BIN)/signposts calibrate

backtest: $(STAMP)  ## The fans against history
	@$(BIN)/signposts backtest

bench: $(STAMP)  ## Measure all but 50 million claims, under 20 minutes; writes docs/performance.json
	@$(BIN)/python -m tests.benchmarks

bench-large: $(STAMP)  ## Measure 50 million claims, under 15 minutes
	@$(BIN)/python -m tests.benchmarks claims-50

lock:  ## Resolve requirements.lock anew
	@$(PYTHON) -m venv .venv-lock
	@.venv-lock/bin/pip install -q -e ".[test]"
	@.venv-lock/bin/pip freeze --exclude-editable > requirements.lock
	@rm -rf .venv-lock

clean:  ## Remove the environment and all state of this checkout
	rm -rf .venv var build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(STAMP): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Setting up .venv (once; about a minute)"
	@$(BIN)/pip install -q --disable-pip-version-check -c requirements.lock -e ".[test]"
	@touch $(STAMP)
