# Everything a newcomer needs is one word: make demo. `make` alone lists the rest.
SHELL := /bin/bash
BIN := .venv/bin
INSTALLED := .venv/.installed
.DEFAULT_GOAL := help
.PHONY: help setup demo test check format docs lock bench reliability clean

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

setup: $(INSTALLED) ## Install what is missing into .venv (the others do it by themselves)

$(INSTALLED): requirements.lock pyproject.toml scripts/setup
	@PYTHON="$(PYTHON)" scripts/setup

demo: $(INSTALLED) ## Live through the whole process on this machine, without any account
	@exec $(BIN)/python -m sandbox

test: $(INSTALLED) ## Run every test; what this machine lacks is skipped by name
	@$(BIN)/python -m pytest -n auto --dist worksteal -m "not browser and not reliability"
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m browser tests/sandbox tests/journeys

check: $(INSTALLED) ## Lint, format, types, import contracts, documents, sizes, known vulnerabilities
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m pytest -q tests/test_house_docs.py tests/test_house_size.py tests/test_house_text.py
	$(BIN)/python scripts/audit.py

format: $(INSTALLED) ## Put the code into its one format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(INSTALLED) ## Write the words of the model into frontdoor.example.toml and docs/terms.md
	@$(BIN)/python scripts/terms_docs.py

lock: $(INSTALLED) ## Pin again every package the project may use, with hashes
	@test -x build/lock/bin/uv || { $(BIN)/python -m venv build/lock && build/lock/bin/pip install --quiet uv; }
	build/lock/bin/uv pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 --all-extras \
	  --generate-hashes --no-emit-index-url --custom-compile-command "make lock" --output-file requirements.lock

bench: $(INSTALLED) ## Measure against an echo bot in one run (several minutes)
	@for script in benchmarks/bench_*.py; do echo "== $$script"; $(BIN)/python "$$script" || exit 1; done

reliability: $(INSTALLED) ## Kill the bot a thousand times, in a bad network too, and count (under 20 minutes)
	@$(BIN)/python -m tests.reliability
	@$(BIN)/python -m pytest -q -m reliability tests/reliability

clean: ## Remove what can be made again (.venv, caches, build; never var/, where the demo keeps its data)
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
