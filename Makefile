# The two commands a newcomer needs are `make demo` and `make test`; `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA := $(or $(HHREVIEW_DATA_DIR),.local)
PORT ?= 8000
SCANS ?=
ARGS ?=
# One more than the CPU cores of a small machine, since some tests mostly wait.
PROCESSES ?= 3
# A shell may have set these for other Python programs.
unexport PYTHONPATH PYTHONHOME DJANGO_SETTINGS_MODULE

.PHONY: help install install-test install-check demo up test check format wheel pin clean-data clean

help: ## List the commands.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("hhreview needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Say which with PYTHON=...") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

INSTALL = $(PYTHON) deploy/install.py --python $(BIN)/python

$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	$(INSTALL) --extras embedded,samples
	@touch $@

# --without-needs: these validate exports. Two are needed for the schemas they contain, and the third pins older versions.
$(VENV)/.installed-test: pyproject.toml constraints.txt | $(BIN)/python
	$(INSTALL) --extras test --without-needs ocrd bdrxml iiif-prezi3
	@touch $(VENV)/.installed $@

$(VENV)/.installed-check: pyproject.toml constraints.txt | $(BIN)/python
	$(INSTALL) --extras test,check --without-needs ocrd bdrxml iiif-prezi3
	@touch $(VENV)/.installed $(VENV)/.installed-test $@

install: $(VENV)/.installed ## Install into .venv.

install-test: $(VENV)/.installed-test ## Install what the tests need as well.

install-check: $(VENV)/.installed-check ## Install the linters and type checkers as well.

demo: install ## Start everything with a sample collection, or with SCANS=path/to/your/folder.
	@$(BIN)/python manage.py up --demo --port $(PORT) $(if $(SCANS),--scans "$(SCANS)")

up: install ## Start everything without loading anything.
	@$(BIN)/python manage.py up --port $(PORT)

test: install-test ## Run the whole suite, browser tests included (ARGS="-k split" runs a part, PROCESSES=0 one by one).
	$(BIN)/python -m pytest --numprocesses $(PROCESSES) --dist loadfile --no-loadscope-reorder $(ARGS)

check: install-check ## Lint, types, import rules, dead code, words, bare strings, templates, browser code.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python deploy/dead_code.py
	$(BIN)/python -m pytest -q tests/project/test_glossary.py tests/project/test_translations.py
	$(BIN)/djade --check --target-version 5.2 $$(git ls-files 'templates/*.html')
	$(BIN)/python manage.py makemigrations --check --dry-run
	@if command -v npm >/dev/null; then npm ci --silent --no-audit --no-fund && npm run --silent check; \
	else echo "npm is not installed: the types of the browser code were not checked."; fi

format: install-check ## Format Python and templates.
	$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet . ; $(BIN)/djade --target-version 5.2 $$(git ls-files 'templates/*.html')

wheel: ## Build dist/hhreview-*.whl, which includes the templates and static files.
	rm -rf build dist
	$(PYTHON) -m pip wheel --quiet --no-deps --wheel-dir dist .

clean-data: ## Delete all collections, documents, changes, and accounts of the demo.
	@$(BIN)/python manage.py forget_data

clean: ## Remove what was installed (not the data).
	rm -rf $(VENV) node_modules staticfiles build dist *.egg-info

pin: install-check ## Write the installed versions into constraints.txt.
	@{ echo "# The versions that CI tested; \`make pin\` writes them."; \
	$(BIN)/python -m pip list --format=freeze --exclude hhreview --exclude pip --exclude setuptools --exclude wheel 2>/dev/null; } > constraints.txt
