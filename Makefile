# Everything happens in .venv; no other tool is needed than python3.11 and make.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: setup demo test quick check bench clean

setup: $(STAMP)

$(STAMP): pyproject.toml requirements.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing Filmroom and its libraries into $(VENV) (about 1.2 GB of wheels the first time) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check torch==2.13.0
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $(STAMP)

demo: setup
	@$(BIN)/filmroom models pull --default
	@$(BIN)/filmroom run demo/calls --workspace demo/workspace
	@$(BIN)/filmroom show --last --workspace demo/workspace
	@$(BIN)/filmroom export --last --workspace demo/workspace --format html --out demo/workspace/discovery-call.html

test: setup
	@$(BIN)/filmroom models pull --default --quiet
	@./tests/browser.sh
	@$(BIN)/python -m pytest

quick: setup
	@$(BIN)/python -m pytest -m "not slow"

check: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -m "not slow"

bench: setup
	@$(BIN)/python -m benchmarks.chain

clean:
	rm -rf demo/workspace .mypy_cache .ruff_cache .pytest_cache
