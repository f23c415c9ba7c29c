# ecslab: make help lists the targets. Only Python >= 3.11 (with venv), git and make are needed.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest
JOBS ?= 2
export NO_MKDOCS_2_WARNING := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore

.PHONY: help start test test-browser test-all lint format site build verify bench soak lock clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | awk -F ':.*?## ' '{printf "  make %-14s %s\n", $$1, $$2}'

start: $(VENV)/.ready  ## set everything up, then serve the course site and JupyterLab behind one URL
	@$(BIN)/ecslab start $(ARGS)

test: $(VENV)/.dev  ## set everything up, then run every test that needs no system package (under 10 minutes)
	$(PYTEST) -n $(JOBS) --dist loadfile -m "not browser and not slow" --durations=15 $(ARGS)

test-browser: $(VENV)/.dev  ## the tests in a real Chromium (Debian: apt-get install chromium)
	$(PYTEST) -m browser --durations=10 $(ARGS)

test-all: $(VENV)/.dev  ## everything: make test unless TESTED=1, then the slow tests, then the browser's
	@if [ -z "$(TESTED)" ]; then $(MAKE) test; fi
	$(PYTEST) -n $(JOBS) --dist loadfile -m "slow and not browser" --durations=15 $(ARGS)
	$(MAKE) test-browser

lint: $(VENV)/.dev  ## ruff, mypy --strict, the rings, spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell

format: $(VENV)/.dev  ## let ruff format the code and mend what it can
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

site: $(VENV)/.ready  ## build the site in both languages into site/
	@$(BIN)/ecslab site

build: $(VENV)/.ready  ## make labs/ and solutions/ from course/
	@$(BIN)/ecslab build

verify: $(VENV)/.ready  ## prove the labs: solved = full points, unsolved = 0 (ARGS=--mutants for more)
	@$(BIN)/ecslab verify $(ARGS)

bench: $(VENV)/.dev  ## measure the budgets, each against its peer in the same run
	$(BIN)/python -m bench $(ARGS)

soak: $(VENV)/.dev  ## grade 2,000 submissions (SOAK=200: fewer) and watch the memory; about half an hour
	$(BIN)/python -m tests.soak $(SOAK) $(ARGS)

lock: $(VENV)/.dev  ## resolve requirements*.lock and environment.yml anew from pyproject.toml
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	$(BIN)/python -m tests.repo.environment

clean:  ## remove what can be made again (the learner's my-labs/ stays)
	rm -rf $(VENV) site build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "ecslab needs Python 3.11 or newer; $(PYTHON) is: $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.12 start"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "Python's venv module is missing. On Debian and Ubuntu: sudo apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Setting up $(VENV) from requirements.lock (once; a minute or two) ..."
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.ready
	@echo "Adding the test tools from requirements-dev.lock ..."
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@
