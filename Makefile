# Darvoza: each target does its own set-up. Needs python3 (3.11 or later), pip, make and ca-certificates.
#
#   make demo     a year of practice trade: simulate, learn, assess, report, verify
#   make test     every test
#   make check    format, lint, types, contracts, spelling, documentation, profiles
#   make bench    every benchmark
#   make docs     the documentation, into site/
#   make sbom     what Darvoza runs on, as a bill of materials (CycloneDX)
#   make audit    ask the database of known vulnerabilities; needs the network
#   make lock     compile requirements/ again from pyproject.toml
#   make clean    remove what was made here

SHELL         := /bin/bash
.SHELLFLAGS   := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS     += --no-print-directory

# the distribution's own Python is built to be quick; one that somebody built here may take half as long again for the same work
PYTHON     := $(shell /usr/bin/python3 -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null && echo /usr/bin/python3 || echo python3)
UV_VERSION := 0.13.9
BIN        := .venv/bin
UV         := .tools/bin/uv
QUIET_PIP  := PIP_DISABLE_PIP_VERSION_CHECK=1 python3 -m pip -qq
CATALOGUES := $(wildcard src/darvoza/office/*/locale/*/LC_MESSAGES/django.po)
SOURCES    := $(shell find src/darvoza -name "*.py")
GROUPS     := --group test --group check --group docs --group bench --group warehouse
COMPILE     = $(UV) pip compile -q --python-version 3.11 --python-platform x86_64-unknown-linux-gnu \
              --generate-hashes --no-emit-index-url --no-emit-find-links --no-header pyproject.toml

export UV_PYTHON_DOWNLOADS := never
export UV_NO_PROGRESS      := 1
# an environment activated elsewhere must not be mistaken for ours
export VIRTUAL_ENV         := $(CURDIR)/.venv
export NO_MKDOCS_2_WARNING := 1
# where it is set, every process compiles Django, Polars and this house again: a minute of each worker of the tests
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help demo test check bench docs sbom audit lock clean

help:
	@sed -n '3,11s/^#  //p' Makefile

# ── set-up ───────────────────────────────────────────────────────────────────────────────────────────────────────
# Debian's python3 may lack ensurepip and refuses to be installed into; a venv without pip, filled from outside, needs neither.

.tools/uv-$(UV_VERSION):
	@echo "set-up   uv $(UV_VERSION) into .tools"
	@python3 -m venv --without-pip .tools
	@$(QUIET_PIP) --python .tools/bin/python install uv==$(UV_VERSION)
	@touch $@

.venv/python-ready: .tools/uv-$(UV_VERSION)
	@test -x $(BIN)/python || { echo "set-up   python environment into .venv"; $(UV) venv -q --python $(PYTHON) .venv; }
	@touch $@

.venv/gomp-checked: .venv/python-ready
	@$(BIN)/python .ci/gomp.py
	@touch $@

# compiled here, for everybody to read whatever the mask: who runs it later may not write beside it, and would compile each time
.venv/default-ready: .venv/python-ready requirements/default.txt
	@echo "set-up   what Darvoza runs on (requirements/default.txt)"
	@umask 022; $(UV) pip install -q --compile-bytecode --require-hashes -r requirements/default.txt
	@touch $@

# what gettext reads is made here too
.venv/installed-ready: .venv/default-ready pyproject.toml $(CATALOGUES)
	@echo "set-up   darvoza itself, editable"
	@umask 022; $(UV) pip install -q --no-deps -e .
	@$(BIN)/python -m darvoza.office.catalogues
	@touch $@

# after each pull again: what was compiled of the version before serves nobody
.venv/darvoza-ready: .venv/installed-ready $(SOURCES)
	@umask 022; $(BIN)/python -m compileall -q src/darvoza
	@touch $@

.venv/develop-ready: .venv/installed-ready requirements/develop.txt
	@echo "set-up   what its tests and checks need (requirements/develop.txt)"
	@$(UV) pip install -q --require-hashes -r requirements/develop.txt
	@touch $@

# ── work ─────────────────────────────────────────────────────────────────────────────────────────────────────────

demo: .venv/darvoza-ready .venv/gomp-checked
	@$(BIN)/darvoza demo --out demo

test: .venv/develop-ready .venv/gomp-checked
	@OPENBLAS_NUM_THREADS=1 $(BIN)/pytest -q -n auto --dist worksteal

check: .venv/develop-ready .venv/gomp-checked
	@echo "check    format";        $(BIN)/ruff format --check --quiet .
	@echo "check    lint";          $(BIN)/ruff check --quiet .
	@echo "check    types";         $(BIN)/mypy
	@echo "check    contracts";     $(BIN)/lint-imports --no-logo
	@echo "check    spelling";      $(BIN)/codespell
	@echo "check    security";      $(BIN)/bandit -q -r src -ll
	@echo "check    materials";     $(MAKE) sbom
	@echo "check    documentation"; $(BIN)/python docs/generate.py --check
	@$(BIN)/mkdocs build --strict --quiet --site-dir site
	@echo "check    profiles";      $(BIN)/pytest -q -p no:randomly profiles
	@echo "check    done: everything is in order"

bench: .venv/develop-ready .venv/gomp-checked
	@shopt -s nullglob; for each in benchmarks/*.py; do echo "bench    $$each"; $(BIN)/python "$$each"; done

docs: .venv/develop-ready
	@$(BIN)/python docs/generate.py
	@$(BIN)/mkdocs build --strict --quiet --site-dir site
	@echo "docs     site/index.html"

sbom: .venv/develop-ready
	@mkdir -p build
	@PYTHONWARNINGS=ignore $(BIN)/cyclonedx-py requirements requirements/default.txt --pyproject pyproject.toml --output-reproducible \
	  --of JSON -o build/sbom.cdx.json
	@echo "sbom     build/sbom.cdx.json"

audit: .venv/develop-ready
	@$(BIN)/python .ci/audit.py

lock: .tools/uv-$(UV_VERSION)
	@$(COMPILE) -o requirements/default.txt
	@$(COMPILE) --extra oidc -c requirements/default.txt -o requirements/oidc.txt
	@$(COMPILE) --extra oidc $(GROUPS) -c requirements/default.txt -o requirements/develop.txt
	@echo "lock     requirements/default.txt requirements/oidc.txt requirements/develop.txt"

clean:
	@rm -rf .venv .tools demo site build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "clean    done"
