# Everything runs in .venv, which the first target that needs it sets up: what runs from requirements.lock, and what
# tests need as well from requirements-test.lock.
PYTHON ?= python3
BIN := .venv/bin
RUNS := .venv/.runs
TESTS := .venv/.tests
PYTHONS ?= python3.11 python3.12 python3.13

.DEFAULT_GOAL := help
.PHONY: help run test test-slow test-browser nightly lint lint-python lint-text docs dev serve bench calibrate backtest audit lock clean

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: $(RUNS)  ## One monitoring run; ends with a table and the paths of what it published
	@$(BIN)/signposts run

test: $(TESTS)  ## The fast tests, under three minutes on two cores (a third worker, since many wait)
	@$(BIN)/pytest -q -m "not slow and not browser and not nightly" -n 3 --dist loadfile

test-slow: $(TESTS)  ## The tests that take longer: the wheel, old clients, whole journeys
	@$(BIN)/pytest -q -m "slow and not nightly" -n 2 --dist loadfile

test-browser: $(TESTS)  ## Report and desk in a real browser (needs chromium)
	@$(BIN)/pytest -q -m browser

nightly: test test-slow test-browser  ## All of it, then kills, scale, the lowest versions allowed, each Python at hand
	@$(BIN)/pytest -q -m nightly
	@for python in $(PYTHONS); do $$python --version >/dev/null 2>&1 || continue; \
	  echo "== $$python"; $$python -m venv .venv-nightly && .venv-nightly/bin/pip install -q -e ".[test]" && \
	  .venv-nightly/bin/pytest -q -m "not slow and not browser and not nightly" -n 2 --dist loadfile || exit 1; \
	  rm -rf .venv-nightly; done
	@echo "== the lowest versions that pyproject.toml allows"
	@$(PYTHON) -m venv .venv-nightly && .venv-nightly/bin/pip install -q uv && \
	  .venv-nightly/bin/uv pip install -q --python .venv-nightly/bin/python --compile-bytecode --resolution lowest-direct -e ".[test]" && \
	  .venv-nightly/bin/pytest -q -m "not slow and not browser and not nightly" -n 2 --dist loadfile; \
	  status=$$?; rm -rf .venv-nightly; exit $$status

lint:  ## Style, types and SQL
	@$(MAKE) -s -j2 lint-python lint-text

lint-python: $(TESTS)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

lint-text: $(TESTS)
	@$(BIN)/sqlfluff lint --disable-progress-bar -q --processes 2 sql checks/sql
	@$(BIN)/yamllint -s catalogue sql/dictionary.yaml workspace.yaml

audit: $(TESTS)  ## Known weaknesses of the pinned dependencies (needs the network)
	@$(BIN)/pip-audit -r requirements.lock --disable-pip

docs: $(RUNS)  ## Write the generated pages of docs/ again
	@$(BIN)/signposts docs

dev: $(RUNS)  ## Dagster's pages on 127.0.0.1:3000, with daemon, for development
	@$(BIN)/signposts serve --dev

serve: $(RUNS)  ## Dagster's pages and daemon on 127.0.0.1:3000
	@$(BIN)/signposts serve

calibrate: $(RUNS)  ## The method against simulated worlds; writes docs/calibration.md
	@$(BIN)/signposts calibrate

backtest: $(RUNS)  ## The fans against history
	@$(BIN)/signposts backtest

bench: $(TESTS)  ## Measure what a person waits for and what grows, under 15 minutes; writes docs/performance.json
	@$(BIN)/python -m tests.benchmarks

lock:  ## Resolve requirements.lock (what runs) and requirements-test.lock (what tests need as well) anew
	@$(PYTHON) -m venv .venv-lock && .venv-lock/bin/pip install -q uv
	@.venv-lock/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-annotate --no-header --no-strip-extras -o requirements.lock pyproject.toml
	@.venv-lock/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-annotate --no-header --no-strip-extras --extra test -c requirements.lock -o requirements-test.lock pyproject.toml
	@# pip 23 takes lxml[html-clean] and lxml[html_clean] for two things; lxml-html-clean is pinned by itself
	@sed -i 's/^lxml\[html-clean\]==/lxml==/' requirements.lock requirements-test.lock
	@rm -rf .venv-lock

clean:  ## Remove the environment and all state of this checkout
	rm -rf .venv var build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(RUNS): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Setting up .venv (once; under a minute)"
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps -e .
	@touch $(RUNS)

$(TESTS): requirements-test.lock $(RUNS)
	@echo "Adding what the tests need (once; half a minute)"
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements-test.lock
	@touch $(TESTS)
