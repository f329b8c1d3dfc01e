# One verb per chore. Everything runs from .venv, which the first verb makes.

VENV := .venv
PYTHON := $(VENV)/bin/python
RUNTIME := $(VENV)/.runtime-installed
DEVELOPMENT := $(VENV)/.development-installed
APPS := oec projects deployments manage.py
# Where Node is installed; OEC itself needs none.
BIOME := $(if $(shell command -v npm),node_modules/.bin/biome)
PIP_INSTALL := $(PYTHON) -m pip install --quiet --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help setup demo run prepare worker dispatcher test check bench faults soak pictures \
	release-check

help: ## Say what each verb does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

setup: $(DEVELOPMENT) ## Install everything for development into .venv

demo: export OEC_ALLOW_LOCAL_GIT := true
demo: prepare ## Start the whole console with the demo's data
	@$(PYTHON) manage.py seed_demo
	@$(PYTHON) manage.py up

run: prepare ## Start web, worker and dispatcher together
	@$(PYTHON) manage.py up

prepare: $(RUNTIME) ## Bring database and static files up to date
	@$(PYTHON) manage.py migrate --verbosity 0
	@$(PYTHON) manage.py collectstatic --no-input --verbosity 0

worker: $(RUNTIME) ## Start one more worker
	$(PYTHON) -m celery --app oec worker --loglevel INFO

dispatcher: $(RUNTIME) ## Start one more dispatcher
	$(PYTHON) manage.py dispatcher

test: $(DEVELOPMENT) ## Run the tests; T=tests/…::test_x runs one, on SQLite
	$(if $(T),OEC_TEST_BACKEND=$(or $(ON),sqlite)) $(PYTHON) -m tests $(T)

# The hook of .pre-commit-config.yaml runs this list too.
check: $(DEVELOPMENT) $(BIOME) ## Run every check that needs no test
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-logo
	$(VENV)/bin/bandit --quiet --configfile pyproject.toml --recursive $(APPS)
	$(VENV)/bin/djlint --lint --quiet templates
	$(if $(BIOME),$(BIOME) check,@echo 'No npm: scripts and styles are not checked.')
	@$(PYTHON) manage.py collectstatic --no-input --verbosity 0
	OEC_HTTPS=true $(PYTHON) manage.py check --deploy --fail-level WARNING
	$(PYTHON) manage.py makemigrations --check --dry-run

bench: $(DEVELOPMENT) ## Measure against the figures in docs/performance.md
	$(PYTHON) -m benchmarks

faults: $(DEVELOPMENT) ## Run every fault test: kill, freeze, cut, fill
	$(PYTHON) -m tests.faults

soak: $(DEVELOPMENT) ## Faults and people at random; MINUTES=20, SEED=7 repeats one
	$(PYTHON) -m tests.soak --minutes $(or $(MINUTES),20) $(if $(SEED),--seed $(SEED))

pictures: $(DEVELOPMENT) ## Take the README's pictures again
	$(PYTHON) docs/pictures.py

release-check: $(DEVELOPMENT) ## Run what a release must pass beside .ci/run; takes long
	OEC_TEST_REQUIRE_ALL=1 $(PYTHON) -m tests -m "release and not fault"
	for run in 1 2 3; do OEC_TEST_REQUIRE_ALL=1 $(PYTHON) -m tests.faults || exit; done
	$(PYTHON) -m tests.soak --minutes 20
	$(PYTHON) -m benchmarks
	$(PYTHON) docs/pictures.py

$(PYTHON):
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'OEC needs Python 3.11 or newer as python3.' >&2; exit 1; }
	python3 -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(BIOME): package.json package-lock.json
	npm ci --no-audit --no-fund --silent
	@touch $@

$(RUNTIME): requirements.txt | $(PYTHON)
	$(PIP_INSTALL) --requirement requirements.txt
	@touch $@

$(DEVELOPMENT): requirements.txt requirements-dev.txt | $(PYTHON)
	$(PIP_INSTALL) --requirement requirements-dev.txt
	@touch $@ $(RUNTIME)
