# Entry points for people and for continuous integration; `make help` lists them.
SHELL := /bin/sh
ROBOT ?= go2
WORDS ?=
ARGS ?=
BENCH ?= all
EXTRAS ?=
ROS ?=
export WORDS  # through the environment, so that quotes in it are harmless
unexport PYTHONDONTWRITEBYTECODE  # every process that a test starts would compile all modules anew

# The newest supported Python that can make an environment and compile against its headers;
# failing that, any Python 3, which then says what is missing.
SUITABLE := import os, sys, sysconfig, venv, ensurepip; \
	sys.exit(not ((3, 10) <= sys.version_info[:2] < (3, 14) \
	and os.path.exists(sysconfig.get_path("include") + "/Python.h")))
FIND_PYTHON = for p in $(or $(PYTHON),$$(sed -n "s/^executable = //p" .venv/pyvenv.cfg 2>/dev/null)) python3.13 python3.12 python3.11 python3.10 python3; do \
	$$p -c '$(SUITABLE)' >/dev/null 2>&1 && echo $$p && exit 0; done; echo python3

.DEFAULT_GOAL := help
.PHONY: help setup setup-tests demo test test-all mutants lint docs bench clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

SETUP = python=$$($(FIND_PYTHON)); "$$python" packaging/setup_env.py $(if $(EXTRAS),--extras $(EXTRAS)) $(if $(ROS),--ros $(ROS))

setup: ## build the environment in .venv (once; later calls take no time; EXTRAS=words adds extras, ROS=kilted another ROS 2)
	@$(SETUP)

setup-tests: ## the same with everything that the tests import (torch among it)
	@$(SETUP) --tests

demo: setup ## simulate a robot and have it do WORDS="walk to the red ball" (ROBOT=go2 ARGS=--headless)
	@.venv/bin/skill-stack demo $(ROBOT) $${WORDS:+"$$WORDS"} $(ARGS)

lint: setup-tests ## ruff and mypy
	.venv/bin/ruff check .
	.venv/bin/mypy

# Every check runs, the first failure does not hide the next. mypy needs one core for a minute: it runs beside the tests
# and is shown after them. Tests of real processes and of the clock of the wall follow, one at a time; all others run on
# every core, file by file, each with one thread of its own. A phase in which ARGS selects no test (exit code 5 of
# pytest) is no failure. $(1): what else a test's marks must be.
CHECKS = failed=; ran=; \
	phase() { \
	  name="$$1"; shift; env "$$@" $(ARGS); code=$$?; [ $$code = 5 ] && return; ran=1; \
	  [ $$code = 0 ] || failed="$$failed $$name"; \
	}; \
	.venv/bin/ruff check . || failed="$$failed ruff"; \
	mkdir -p build; .venv/bin/mypy >build/mypy.log 2>&1 & mypy=$$!; trap "kill $$mypy 2>/dev/null; exit 130" INT TERM; \
	phase pytest-quick OMP_NUM_THREADS=1 $(PYTEST) -n auto --maxprocesses 4 --dist loadfile -m "not e2e and not browser$(1)"; \
	wait $$mypy || failed="$$failed mypy"; trap - INT TERM; cat build/mypy.log; \
	phase pytest-processes $(PYTEST) -m "(e2e or browser)$(1)"; \
	[ -n "$$ran" ] || failed="$$failed pytest(no-test-selected)"; \
	if [ -n "$$failed" ]; then echo "$@: failed:$$failed"; exit 1; fi; echo "$@: all passed"
PYTEST = .venv/bin/python -m pytest -q --durations 20 --durations-min 5

test: setup-tests ## ruff, mypy, then the tests without the long ones (ARGS="-k planner")
	@$(call CHECKS, and not slow)

test-all: setup-tests ## ruff, mypy, then every test; takes an hour (ARGS="-k planner")
	@$(call CHECKS)

mutants: setup-tests ## put 45 faults into a copy of the code and count those that tests notice; takes 7 minutes
	@.venv/bin/python test/mutants.py $(ARGS)

docs: EXTRAS := docs
docs: ## build the pages of docs/ as a site in build/site; a dead link or name is an error
	@$(SETUP)
	@NO_MKDOCS_2_WARNING=1 .venv/bin/python -m mkdocs build --strict && echo "open build/site/index.html"

bench: setup ## measure BENCH=tick, jitter, ... (default all)
	@.venv/bin/skill-stack bench $(BENCH) $(ARGS)

clean: ## remove .venv and everything built
	rm -rf .venv build install log dist .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
