# Move 37. `make lab` installs into .venv and runs the main job; `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
PIP := $(RUN) -m pip --disable-pip-version-check install --quiet -c constraints.txt
BENCHMARKS := playouts steps go environments search self_play inference solver start language
TWO := -n 2 --dist loadfile  # two files of tests side by side
export OMP_NUM_THREADS ?= 1

.PHONY: help lab play venv check test test-long test-data bench tensorboard clean

help:  ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed 's/:.*##/\t/' | expand -t 14

lab: $(VENV)/installed  ## install, then the main job: about 17 minutes on 2 cores
	$(RUN) train.py compare

play: $(VENV)/installed  ## the window: play against the agents, see what they think
	$(RUN) train.py play

venv: $(VENV)/installed  ## install only

check: $(VENV)/installed-test  ## ruff (lint and format), mypy (strict)
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy

test: $(VENV)/installed-test  ## the suite, and its kernels once more with bounds checked
	$(RUN) -m pytest $(TWO)
	NUMBA_BOUNDSCHECK=1 NUMBA_CACHE_DIR=$(VENV)/kernels-checked $(RUN) -m pytest $(TWO) tests/games tests/lab/test_tree_search.py tests/agents/test_scripted.py

test-long: $(VENV)/installed-test  ## minutes to hours: 10^8 moves against OpenSpiel, deep perft
	$(RUN) -m pytest -m long

test-data: $(VENV)/installed-test  ## the solver against published positions; MOVE37_DATA names their folder
	$(RUN) -m pytest -m data

bench: $(VENV)/installed-test  ## speed beside the peers that are installed
	for name in $(BENCHMARKS); do $(RUN) benchmarks/$$name.py || exit 1; done

tensorboard: $(VENV)/installed  ## the curves of all runs, in a browser
	$(VENV)/bin/tensorboard --logdir runs

clean:  ## remove what was installed and built here, not the runs
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v < (3, 14) else "Move 37 needs Python 3.11, 3.12 or 3.13, and this is %d.%d: make PYTHON=python3.12 ..." % v)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) torch
	$(PIP) -e .
	touch $@

$(VENV)/installed-test: $(VENV)/installed
	$(PIP) -e '.[test]'
	touch $@
