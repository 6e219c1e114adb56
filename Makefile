.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash

PYTHON := .venv/bin/python
CODE := manage.py bench chaos chat chatsite tests
TEMPLATES = $(shell git ls-files --cached --others --exclude-standard 'templates/*.html')
COMPILE := uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11

# Real sockets, servers and browsers on a busy machine: what fails is run once more, alone, and must pass then.
twice = $(PYTHON) -m $1 --numprocesses=2 || $(PYTHON) -m $1 --last-failed --last-failed-no-failures=none

.PHONY: help run test test-postgres processes check format bench chaos soak lock messages vendor programs

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: .venv/run.stamp ## Start the site in the foreground, until Ctrl-C
	@$(PYTHON) manage.py migrate --verbosity 0
	@$(PYTHON) manage.py ensure_admin
	@exec $(PYTHON) manage.py serve

test: programs check ## Check everything and run every test
	@$(PYTHON) -m coverage erase
	$(call twice,coverage run -m pytest tests/pure --dist=worksteal)
	$(PYTHON) -m coverage combine --quiet
	$(PYTHON) -m coverage report
	$(call twice,pytest tests/tab --dist=loadfile)
	$(call twice,pytest tests/browser --dist=loadfile)

test-postgres: programs .venv/dev.stamp ## Run the tests of the sockets and pages on PostgreSQL and Redis
	$(PYTHON) -m tests.scaled tests/tab

check: .venv/dev.stamp node_modules/.stamp ## Check format, lint, types, templates, migrations and vendored files
	$(PYTHON) -m ruff format --check $(wildcard $(CODE))
	$(PYTHON) -m ruff check $(wildcard $(CODE))
	$(PYTHON) -m mypy
	.venv/bin/djade --check --target-version 5.2 $(TEMPLATES)
	npm run --silent check
	$(PYTHON) manage.py check --fail-level WARNING
	$(PYTHON) manage.py makemigrations --check --dry-run
	for file in dist/htmx.min.js dist/ext/hx-ws.min.js LICENSE; do \
	  cmp node_modules/htmx.org/$$file static/vendor/$${file##*/} || exit; done

format: .venv/dev.stamp node_modules/.stamp ## Format the code and mend what can be mended
	$(PYTHON) -m ruff check --fix $(wildcard $(CODE))
	$(PYTHON) -m ruff format $(wildcard $(CODE))
	-.venv/bin/djade --target-version 5.2 $(TEMPLATES)
	npm run --silent format

processes: programs .venv/dev.stamp ## Test what is true across three processes that are killed
	$(PYTHON) -m pytest -m "processes or not processes" tests/tab/test_processes.py

bench: .venv/dev.stamp ## Measure what the streaming costs and how long things take
	$(PYTHON) -m bench

chaos: .venv/dev.stamp ## Break a site of three processes at random and count what is lost
	$(PYTHON) -m chaos $(if $(SEED),--seed $(SEED)) $(if $(FAULTS),--faults $(FAULTS)) \
	  $(if $(filter-out 0,$(SECONDS)),--seconds $(SECONDS))

soak: .venv/dev.stamp ## Write 10,000 answers on that site and see that nothing grows
	$(PYTHON) -m chaos.soak

lock: .venv/dev.stamp ## Lock the newest versions that requirements*.in and package.json allow
	UV_NO_CONFIG=1 .venv/bin/$(COMPILE) --upgrade requirements.in -o requirements.txt
	UV_NO_CONFIG=1 .venv/bin/$(COMPILE) --upgrade requirements-dev.in -o requirements-dev.txt

messages: .venv/dev.stamp ## Bring the catalogues of all languages up to date and compile them
	$(PYTHON) manage.py makemessages --all --no-obsolete --no-wrap --add-location never --verbosity 0 \
	  --ignore .venv --ignore node_modules --ignore tests --ignore var --ignore bench --ignore chaos
	$(PYTHON) manage.py compilemessages --ignore .venv --verbosity 0

vendor: node_modules/.stamp ## Copy htmx from npm's package into static/vendor
	npm run --silent vendor

programs:
	@tools/programs

.venv/run.stamp: requirements.txt tools/venv
	@tools/venv requirements.txt
	@touch $@

.venv/dev.stamp: requirements-dev.txt requirements.txt tools/venv
	@tools/venv requirements-dev.txt
	@touch $@ .venv/run.stamp

node_modules/.stamp: package.json package-lock.json
	npm ci --silent
	@touch $@
