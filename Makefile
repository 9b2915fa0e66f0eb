# JourneyOpt. `make run` and `make test` need Python 3.11 or newer, git, make and the package registries, and nothing else.

PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3.14 python3,$(shell command -v $(name) 2>/dev/null)))
BIN := .venv/bin
# Two workers: what the tests start themselves keeps two cores busy. Override with WORKERS=4 on a larger machine.
WORKERS ?= 2

.PHONY: help run demo test test-python test-canvas lint format bench chaos reset clean canvas

help:  ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## */\t/' | awk -F '\t' '{printf "  make %-12s %s\n", $$1, $$2}'

run: $(BIN)/installed  ## everything on this machine, with the demo shop; prints the address and the log-in
	@$(BIN)/python manage.py run

demo: $(BIN)/installed  ## make the demo shop in the database that DATABASE_URL names, or in the embedded one
	@$(BIN)/python manage.py migrate -v 0
	@$(BIN)/python manage.py demo

test: test-canvas test-python  ## all tests: TypeScript, Python, real processes, real browser

test-canvas: $(BIN)/installed-dev
	@echo "  tests     TypeScript"
	@$(BIN)/python manage.py frontend test

test-python: $(BIN)/installed-dev
	@$(BIN)/python -m tests.prepare
	@echo "  tests     Python, processes, browser"
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

lint: $(BIN)/installed-dev  ## ruff, mypy, who may import whom, and whether the canvas' bundle fits its sources
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python manage.py frontend check
	@$(BIN)/python manage.py makemigrations --check --dry-run

format: $(BIN)/installed-dev  ## put the Python code into its form
	@$(BIN)/ruff check --fix-only -q .
	@$(BIN)/ruff format .

chaos: $(BIN)/installed-dev  ## kill everything at random under load for ten minutes, and count: CHAOS_SECONDS, CHAOS_SEED
	@$(BIN)/python -m tests.chaos

bench: $(BIN)/installed-dev  ## measure, print, and append to tests/benchmarks/results.md
	@$(BIN)/python -m tests.benchmarks

canvas: $(BIN)/installed  ## build the canvas' bundle (needs Node, or fetches it from PyPI)
	@$(BIN)/python manage.py frontend build

reset:  ## throw away the embedded database and everything else in var/
	@$(if $(wildcard $(BIN)/python),$(BIN)/python manage.py forget_everything,echo "Nothing to reset.")

clean:  ## throw away what can be made again: the environment and caches, never var/
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache designer/canvas/node_modules

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "JourneyOpt needs Python 3.11 or newer; none was found on PATH."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "JourneyOpt needs Python 3.11 or newer; $(PYTHON) is older. Say PYTHON=/path/to/python make run"; exit 1; }
	@echo "  python    making .venv with $(PYTHON)"
	@$(PYTHON) -m venv .venv || { echo "This Python cannot make virtual environments. On Debian: apt install python3-venv"; rm -rf .venv; exit 1; }

$(BIN)/installed: $(BIN)/python requirements.txt
	@echo "  packages  installing what JourneyOpt runs on (a minute the first time)"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements.txt
	@touch $@

$(BIN)/installed-dev: $(BIN)/installed requirements-dev.txt
	@echo "  packages  installing what its tests need"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements-dev.txt
	@touch $@
