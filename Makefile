# Needs python3 (3.11 or newer) and make. Each of these works as the first command on a fresh machine.

PYTHON ?= python3
UPGRADE ?= --upgrade
TESTS ?= -n auto --dist loadfile --no-loadscope-reorder
export PYTHONUNBUFFERED = 1

.PHONY: run test check bench train lock clean

run:    ## serve on http://127.0.0.1:8026
	@$(PYTHON) scripts/prepare.py run
	@exec .venv/bin/naryad run

test:   ## run every test
	@$(PYTHON) scripts/prepare.py dev
	@.venv/bin/python -m pytest $(TESTS)

check:  ## format, lint, types, imports, tests
	@$(PYTHON) scripts/prepare.py dev
	.venv/bin/ruff format --check --quiet .
	.venv/bin/ruff check --quiet .
	.venv/bin/mypy --no-error-summary
	.venv/bin/lint-imports --no-cache
	.venv/bin/python -m pytest $(TESTS)

bench:  ## measure, each beside the floor it is compared with
	@$(PYTHON) scripts/prepare.py dev
	@.venv/bin/naryad bench

train:  ## learn the reader's weights from core/language/training/
	@$(PYTHON) scripts/prepare.py dev
	@.venv/bin/python -m scripts.train

lock:   ## choose the packages anew and write requirements/
	@$(PYTHON) scripts/prepare.py dev
	@UPGRADE="$(UPGRADE)" scripts/lock.sh

clean:  ## remove the environment and the caches; the data in var/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
