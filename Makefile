# make play   set up, then play the first demo: the TUI on a terminal, a transcript on a pipe
# make test   set up, then format check, lint, types, layering and tests
# make conformance   random programs on the model and on this kernel, for SECONDS; needs root
# make pictures   draw those of the pages again
# make man    write the manual page again, docs/nsh.1
# make format, make bench, make clean
#
# Needs Python >= 3.11 with venv, git, make, and a package index for the first set-up only.
# Variables: PYTHON (which interpreter makes the environment), DEMO (what to play), PYTEST_ARGS,
# SECONDS.

PYTHON ?= python3
VENV ?= .venv
DEMO ?= demos/s0/first-container.nsh
PYTEST_ARGS ?= -n 3 --dist worksteal
SECONDS ?= 600

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# Newer than pyproject.toml: the environment holds what it asks for, and no index is needed.
CAN_RUN := $(VENV)/.can-run
CAN_TEST := $(VENV)/.can-test
CAN_BENCH := $(VENV)/.can-bench

# Tests start hundreds of processes, and without bytecode each compiles all of nsh that it imports.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help play test types tests conformance pictures man format bench clean

help:
	@sed -n 's/^# \{0,1\}//p' $(firstword $(MAKEFILE_LIST)) | sed '/^Newer/,$$d'

play: $(CAN_RUN)
	@$(BIN)/nsh play $(DEMO)

test: $(CAN_TEST)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	@$(MAKE) --no-print-directory --jobs=2 types tests

# Side by side, for tests wait for real processes and terminals much of their time.
types: $(CAN_TEST)
	$(BIN)/mypy

tests: $(CAN_TEST)
	NSH_HYPOTHESIS=$${NSH_HYPOTHESIS:-ci} $(BIN)/python -m pytest $(PYTEST_ARGS)

conformance: $(CAN_TEST)
	$(BIN)/python -m tests.conformance --seconds $(SECONDS)

pictures: $(CAN_RUN)
	$(BIN)/nsh export demos/s2/side-by-side.nsh --at end -o docs/screen.svg
	$(BIN)/nsh export demos/s0/same-pid-twice.nsh -o docs/play.svg

man: $(CAN_RUN)
	$(BIN)/nsh man > docs/nsh.1

format: $(CAN_TEST)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(CAN_BENCH)
	$(BIN)/python -m tests.bench

clean:
	rm -rf $(VENV) build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find nsh tests -name __pycache__ -type d -prune -exec rm -rf {} +

# Set-up speaks on standard error, so that `make play | cat` is the transcript alone.

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "nsh: no $(PYTHON) here; name one that is 3.11 or newer: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "nsh needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1)." >&2; \
	  echo "Name a newer one: make PYTHON=python3.12 play" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "nsh: $(PYTHON) cannot make a virtual environment: its venv or ensurepip module is missing." >&2; \
	  echo "On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "nsh: making a virtual environment in $(VENV)" >&2
	@$(PYTHON) -m venv $(VENV) >&2

$(CAN_RUN): pyproject.toml | $(BIN)/python
	@echo "nsh: installing what nsh needs into $(VENV)" >&2
	@$(PIP) install --editable . >&2
	@touch $@

$(CAN_TEST): pyproject.toml | $(BIN)/python
	@echo "nsh: installing what nsh and its tests need into $(VENV)" >&2
	@$(PIP) install --editable '.[dev]' >&2
	@touch $(CAN_RUN) $@

$(CAN_BENCH): $(CAN_TEST)
	@echo "nsh: installing what nsh is measured against into $(VENV)" >&2
	@$(PIP) install --editable '.[bench]' >&2
	@touch $@
