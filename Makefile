# Everything sets itself up: a machine with python3 and make is enough.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# `make test ARGS="-k waiting --db=sqlite"`: more words for pytest.
ARGS ?=
# Hundreds of processes start in a run: what they import is compiled once, also where the
# environment asks for no caches.
COMPILED_ONCE := PYTHONDONTWRITEBYTECODE=
# One test process more than there are processors, because tests wait for servers and mail, and
# who has done its share takes of the others'; `make test WORKERS=0` for one alone.
WORKERS ?= $(shell expr $$(nproc 2>/dev/null || echo 1) + 1)

RUNTIME := $(VENV)/.runtime
TOOLS := $(VENV)/.tools
CATALOGUES := $(wildcard festival/translations/*/LC_MESSAGES/messages.po)
COMPILED := $(CATALOGUES:.po=.mo)

.DEFAULT_GOAL := help
.PHONY: help run test lint bench lock

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1|/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do \
		printf '%-14s %s\n' "$$name" "$$text"; done

run: $(RUNTIME) $(COMPILED) ## the demonstration festival on http://127.0.0.1:5000, with its worker
	$(BIN)/python -m festival db upgrade
	$(BIN)/python -m festival demo
	$(BIN)/python -m festival serve

test: $(TOOLS) $(COMPILED) ## the whole suite, on SQLite and PostgreSQL, in a browser where there is one
	$(COMPILED_ONCE) $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

lint: $(TOOLS) ## style, types, layers, templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict festival
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet

bench: $(TOOLS) $(COMPILED) ## how fast it is, and how much it bears
	$(BIN)/python -m pytest -q -m bench $(ARGS)

lock: $(VENV)/.made ## both requirements.lock anew, after a change of pyproject.toml
	$(PIP) install --quiet uv
	$(BIN)/uv pip compile --quiet --python-version 3.11 --universal --generate-hashes \
		--no-header --no-annotate --all-extras pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --python-version 3.11 --universal --generate-hashes \
		--no-header --no-annotate --all-extras --group test --group lint \
		-c requirements.lock pyproject.toml -o .ci/requirements.lock

# --- set-up; the stamps make a second call quick

$(VENV)/.made: .ci/venv
	@.ci/venv $(PYTHON) $(VENV)
	@touch $@

# Python compiles what is used when it is used: a fifth less on the disk.
$(RUNTIME): requirements.lock $(VENV)/.made
	$(PIP) install --quiet --no-compile --require-hashes -r requirements.lock
	@touch $@

$(TOOLS): .ci/requirements.lock $(VENV)/.made
	$(PIP) install --quiet --require-hashes -r .ci/requirements.lock
	@touch $@

%.mo: %.po | $(VENV)/.made
	@test -x $(BIN)/pybabel || $(MAKE) --no-print-directory $(RUNTIME)
	$(BIN)/pybabel --quiet compile --input-file $< --output-file $@ --locale $(notdir $(patsubst %/LC_MESSAGES/,%,$(dir $<)))
