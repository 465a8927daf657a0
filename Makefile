# `make demo` shows the product doing its main job; `make test` runs everything a change can break.
# Both set up what they need in this checkout (.venv, node_modules) and nothing outside it but package caches.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
# The oldest JupyterLab that is supported; what notebooks show is tested in it as well.
OLDEST_LAB := 4.4
STAMPS := .make
SOURCES := $(shell find src style schema -type f 2>/dev/null) package.json tsconfig.json jupyterlab-floor.json
HEADLESS ?=
PORT ?=
export SKIP_JUPYTER_BUILDER := 1
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1
export YARN_ENABLE_TELEMETRY := 0
# Trust what the machine trusts: a company's proxy has its own certificate authority.
export UV_SYSTEM_CERTS := 1

# The scripts of package.json call jlpm by name. Not for the venv's own making, which looks for the machine's Python.
$(STAMPS)/node $(STAMPS)/labextension types lint types-check test-ts test-py test-ui: export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  \1\t/' | expand -t 14

.PHONY: demo
demo: setup ## Train, deploy and predict on the embedded sandbox, then open JupyterLab (HEADLESS=1: stop before, print JSON)
	@$(BIN)/jupyter-smext demo --dir .demo $(if $(HEADLESS),--headless) $(if $(PORT),--port $(PORT))

.PHONY: setup
setup: $(STAMPS)/python $(STAMPS)/labextension ## Install everything into .venv and build the panel

.PHONY: check-tools
check-tools:
	@scripts/check_tools.sh

$(STAMPS)/venv: | check-tools
	@mkdir -p $(STAMPS)
	@scripts/make_venv.sh $(VENV)
	@touch $@

$(STAMPS)/python: pyproject.toml constraints.txt $(STAMPS)/venv
	@echo "Installing the Python packages"
	@# The link of an earlier build would lead what is installed into the sources.
	@rm -rf $(VENV)/share/jupyter/labextensions/jupyter-smext jupyter_smext/labextension/install.json
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --constraint constraints.txt --editable '.[dev]'
	@touch $@

# Only tests of PyTorch jobs need it, and it is large: nothing that the demo should wait for. By pip, not uv, which does
# not look into the folders of wheels that a machine's pip is told of: a CPU build there spares gigabytes for GPUs.
$(STAMPS)/torch: $(STAMPS)/python
	@echo "Installing PyTorch"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check torch==2.13.0
	@touch $@

$(STAMPS)/node: package.json yarn.lock $(STAMPS)/python
	@echo "Installing the TypeScript packages"
	@$(BIN)/jlpm install --immutable > $(STAMPS)/jlpm.log 2>&1 || { tail -n 30 $(STAMPS)/jlpm.log >&2; exit 1; }
	@touch $@

$(STAMPS)/labextension: $(SOURCES) $(STAMPS)/node
	@echo "Building the panel"
	@$(BIN)/jlpm build:prod > $(STAMPS)/build.log 2>&1 || { tail -n 60 $(STAMPS)/build.log >&2; exit 1; }
	@$(BIN)/jupyter-builder develop --overwrite . > $(STAMPS)/develop.log 2>&1 || { cat $(STAMPS)/develop.log >&2; exit 1; }
	@touch $@

.PHONY: types
types: $(STAMPS)/node ## Generate the TypeScript types from the Python models
	@$(BIN)/python scripts/generate_api.py
	@$(BIN)/jlpm generate:api

.PHONY: constraints
constraints: $(STAMPS)/venv ## Take the newest versions of what develops and tests the project into constraints.txt
	@{ echo "# The versions that development and tests use, for every supported Python. Written by: make constraints"; \
		$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.10 --no-annotate --no-header --quiet; \
	} > $(STAMPS)/constraints.txt
	@mv $(STAMPS)/constraints.txt constraints.txt

.PHONY: test
test: lint types-check test-ts test-py test-ui ## Run all checks and tests

.PHONY: lint
lint: setup ## ruff, mypy, eslint, prettier, stylelint
	@echo "== ruff"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@echo "== mypy"
	@$(BIN)/mypy
	@echo "== eslint, prettier, stylelint"
	@$(BIN)/jlpm lint

.PHONY: types-check
types-check: setup ## Fail where the TypeScript types are not what the models say
	@echo "== types drift"
	@$(BIN)/python scripts/generate_api.py --check
	@$(BIN)/jlpm openapi-typescript src/api/openapi.json --default-non-nullable false -o $(STAMPS)/schema.ts > /dev/null
	@$(BIN)/jlpm prettier --ignore-path /dev/null --write $(STAMPS)/schema.ts > /dev/null
	@cmp $(STAMPS)/schema.ts src/api/schema.ts || { echo "src/api/schema.ts differs from the models: run 'make types' and commit the result." >&2; exit 1; }

.PHONY: test-ts
test-ts: setup ## jest
	@echo "== jest"
	@$(BIN)/jlpm test

.PHONY: test-py
test-py: setup $(STAMPS)/torch ## pytest
	@echo "== pytest"
	@scripts/need_package.sh jq
	@scripts/need_package.sh mpirun openmpi-bin
	@$(BIN)/python -m pytest

.PHONY: test-ui
test-ui: setup $(STAMPS)/ui $(STAMPS)/oldest-lab ## Tests in Chromium against a real JupyterLab with the sandbox behind it
	@echo "== UI tests"
	@export CHROMIUM="$$(scripts/find_chromium.sh)" && cd ui-tests && npx playwright test
	@echo "== UI tests of notebooks in JupyterLab $(OLDEST_LAB)"
	@# A kernel with SDK v3 takes a minute more, and is no other in an older JupyterLab.
	@export CHROMIUM="$$(scripts/find_chromium.sh)" LAB_PYTHON="$(CURDIR)/.venv-lab/bin/python" && cd ui-tests && npx playwright test notebook --grep-invert sagemaker-v3

$(STAMPS)/ui: ui-tests/package.json ui-tests/package-lock.json | $(STAMPS)/python
	@cd ui-tests && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(STAMPS)/oldest-lab: pyproject.toml constraints.txt | $(STAMPS)/labextension
	@echo "Installing JupyterLab $(OLDEST_LAB)"
	@$(BIN)/uv venv --quiet --clear --seed --python $(BIN)/python .venv-lab
	@$(BIN)/uv pip install --quiet --python .venv-lab/bin/python --editable . 'jupyterlab==$(OLDEST_LAB).*' ipykernel editables hatchling
	@# The panel as it is built now, not a copy of it.
	@rm -rf .venv-lab/share/jupyter/labextensions/jupyter-smext
	@ln -s "$(CURDIR)/jupyter_smext/labextension" .venv-lab/share/jupyter/labextensions/jupyter-smext
	@touch $@

.PHONY: compat
compat: setup $(STAMPS)/ui ## Roll out into the packages of three Studio images, with the panel and the main job (2 to 10 minutes)
	@$(BIN)/python scripts/compat

.PHONY: benchmarks
benchmarks: setup ## Measure against what a user would pick instead; tables go to benchmarks/
	@for each in benchmarks/*.py; do echo "== $$each"; $(BIN)/python "$$each"; done

.PHONY: clean
clean: ## Remove everything that was installed or built here
	@rm -rf $(VENV) .venv-lab $(STAMPS) node_modules lib jupyter_smext/labextension ui-tests/node_modules .demo
