# Tenure 久谊: `make` lists what can be done. Everything needed is set up by the target that needs it.
SHELL := /bin/bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3.11
PORT ?= 8000
export UV_PYTHON_DOWNLOADS = never
UV := .uv/bin/uv
BIN := .venv/bin
STARTED := $(shell date +%s.%N)

# The newest Python the machine offers under a usual name, when python3.11 is not one of them.
ifeq ($(shell command -v $(PYTHON) 2>/dev/null),)
PYTHON := python3
endif

.PHONY: help
help: ## List the targets
	@echo "Tenure 久谊"; echo
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

.PHONY: run
run: ## Set up, build the demo bank, run the night and serve the desk (PORT=8000)
	@if [ -e var/demo/finished ]; then how=warm; else how=cold; fi; \
	$(MAKE) --no-print-directory .stamp/run .stamp/assets && \
	export TENURE_STARTED_AT=$(STARTED) TENURE_START=$$how && \
	$(BIN)/tenure demo && exec $(BIN)/tenure serve --port $(PORT)

.PHONY: setup
setup: .stamp/run .stamp/assets ## Only set up: the environment and the browser's files

.PHONY: assets
assets: .stamp/assets ## Fetch and copy the browser's files

.PHONY: test
test: .stamp/dev .stamp/reference .stamp/assets .stamp/system ## Lint, types, import rules and every test (SQLite and PostgreSQL)
	@tools/test.sh

.PHONY: soak
soak: .stamp/dev .stamp/assets .stamp/system ## The tests that take too long for every change
	$(BIN)/pytest -n 2 --dist loadfile -m soak

.PHONY: lint
lint: .stamp/dev ## Only the linters, types and import rules
	@tools/lint.sh

.PHONY: format
format: .stamp/dev ## Format the code
	$(BIN)/ruff format . && $(BIN)/ruff check --fix .

.PHONY: messages
messages: .stamp/dev ## Collect the strings shown to people and compile the translations
	$(BIN)/python tools/messages.py

.PHONY: dictionary
dictionary: .stamp/run ## Print the data dictionary into docs/
	$(BIN)/tenure dictionary --output docs/data-dictionary.md

.PHONY: pictures
pictures: .stamp/dev .stamp/system ## Take the documentation's pictures from the bank that `make run` serves
	$(BIN)/python tools/pictures.py --address http://127.0.0.1:$(PORT)

.PHONY: bench
bench: .stamp/dev ## Measure against peers, small sizes; BENCH=--full for the large ones
	@failed=; for each in bench/[a-z]*.py; do echo "== $$each"; $(BIN)/python $$each $(BENCH) || failed="$$failed $$each"; done; \
	[ -z "$$failed" ] || { echo "failed:$$failed"; exit 1; }

.PHONY: lock
lock: .uv/bin/uv ## Choose versions anew and write the lock files
	$(UV) pip compile -q --upgrade pyproject.toml --extra postgres --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -o requirements.lock
	$(UV) pip compile -q --upgrade pyproject.toml --all-extras --group dev -c requirements.lock --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -o requirements-dev.lock
	$(UV) pip compile -q --upgrade --no-deps --group reference --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -o requirements-reference.lock

.PHONY: clean
clean: ## Remove what set-up and tests made; the bank's data in var/ stays
	rm -rf .venv .uv .stamp .reference node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache htmlcov .coverage* src/tenure/desk/kit/static/vendor

.uv/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Tenure needs Python 3.11 or newer; $(PYTHON) is older. Name another: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "• Fetching uv"
	@$(PYTHON) -m venv .uv && .uv/bin/pip install -q --disable-pip-version-check uv

.venv/bin/python: .uv/bin/uv
	@$(UV) venv -q --allow-existing --python $(PYTHON) .venv

.stamp/run: requirements.lock pyproject.toml | .venv/bin/python
	@echo "• Installing Python packages (locked)"
	@$(UV) pip install -q --python .venv --require-hashes -r requirements.lock
	@$(UV) pip install -q --python .venv --no-deps -e .
	@mkdir -p .stamp && touch $@

.stamp/dev: requirements-dev.lock .stamp/run
	@echo "• Installing packages for development (locked)"
	@$(UV) pip install -q --python .venv --require-hashes -r requirements-dev.lock
	@touch $@

# Data that the tests hold published figures to: a package's files beside the environment, without what it depends on.
.stamp/reference: requirements-reference.lock | .venv/bin/python
	@echo "• Fetching the published data that tests read (locked)"
	@$(UV) pip install -q --python .venv --target .reference --no-deps --require-hashes -r requirements-reference.lock
	@mkdir -p .stamp && touch $@

.stamp/assets: package-lock.json tools/copy_assets.py | .venv/bin/python
	@echo "• Fetching the browser's files (locked)"
	@npm ci --ignore-scripts --no-audit --no-fund --silent
	@$(BIN)/python tools/copy_assets.py
	@mkdir -p .stamp && touch $@

.stamp/system: tools/system_packages.sh
	@tools/system_packages.sh
	@mkdir -p .stamp && touch $@
