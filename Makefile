# Everything happens in .venv; no other tool is needed than python3.11 and make.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input
STAMP := $(VENV)/.installed
DEMO := demo/workspace

.PHONY: setup models demo test quick lint check bench vendor clean

setup: $(STAMP)

# torch comes first and alone: with it installed, nothing else asks for a build with CUDA.
$(STAMP): pyproject.toml requirements.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing Filmroom's libraries into $(VENV), some 800 MB of packages: a few minutes the first time ..."
	@$(PIP) torch==2.13.0
	@$(PIP) -r requirements.lock
	@$(PIP) --no-deps --editable .
	@touch $(STAMP)

models: setup
	@$(BIN)/filmroom models pull --default

demo: models
	@$(BIN)/filmroom run demo/calls --workspace $(DEMO)
	@$(BIN)/filmroom show --last --workspace $(DEMO)
	@$(BIN)/filmroom export --last --workspace $(DEMO) --format html --out $(DEMO)/discovery-call.html
	@echo "Open $(DEMO)/discovery-call.html in a browser: every quote plays."
	@echo "Or review it as a manager would: $(BIN)/filmroom review --workspace $(DEMO)"

test: models
	@$(BIN)/filmroom models pull qwen2.5-coder-0.5b
	@./tests/browser.sh
	@$(BIN)/python -m pytest -n 2 --dist loadfile

quick: setup
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow"

lint: setup
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

check: lint quick

bench: models
	@$(BIN)/python -m benchmarks.chain

# The scripts of others that the review room serves: fetched by npm at their pinned digests; only to renew them.
vendor: setup
	@$(BIN)/python -m pipeline.review.vendoring

clean:
	rm -rf $(DEMO) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
