# Every target makes the environment on first use and is quick afterwards.
PYTHON ?= python3
VENV ?= .venv
STAMP := $(VENV)/dabench.stamp
BIN := $(VENV)/bin
# Ratios to hand-written training, not seconds: other machines may compare with them.
STORED := tests/benchmarks/bench_loop.json

.DEFAULT_GOAL := help
.PHONY: run test test-fast lint bench bench-store check tables help

run: $(STAMP) ## run the mini suite and print its leaderboard
	$(BIN)/dabench run mini

# Two processes of one torch thread each. The benchmarks are `make bench`: they want the machine for themselves.
test: $(STAMP) ## run the tests
	$(BIN)/python -m pytest -n 2 --dist worksteal -p no:benchmark

test-fast: $(STAMP) ## run the tests that are quick and need neither data nor a browser
	$(BIN)/python -m pytest -n 2 --dist worksteal -p no:benchmark -m "not (slow or data or browser)"

lint: $(STAMP) ## check style, types and which package imports which
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports --no-logo

bench: $(STAMP) ## measure the speed of the harness
	$(BIN)/python -m pytest tests/benchmarks/bench_*.py $(if $(wildcard $(STORED)),--benchmark-compare=$(STORED) \
		--benchmark-compare-fail=median:10% -W ignore::pytest_benchmark.logger.PytestBenchmarkWarning)

bench-store: $(STAMP) ## store the ratios that make bench compares with
	$(BIN)/python -m pytest tests/benchmarks/bench_loop.py --benchmark-json=$(STORED)

# Three seeds are the fewest that are compared seed by seed; where the numbers are the same to the bit, one would do.
check: $(STAMP) ## run part of the mini suite anew and compare it with results/mini.csv
	rm -rf $(VENV)/check
	$(BIN)/dabench run mini --seeds 0-2 --results $(VENV)/check
	$(BIN)/dabench check --baseline results/mini.csv --seeds 0-2 --results $(VENV)/check

tables: $(STAMP) ## write the published tables, docs/reference/methods.md and citations.bib anew
	set -e; for file in results/*.csv; do suite=$$(basename "$$file" .csv); \
	for kind in markdown:md latex:tex html:html; do \
	$(BIN)/dabench table "$$suite" --results "$$file" --all-pairs --format "$${kind%:*}" --output "tables/$$suite.$${kind#*:}"; \
	done; done
	$(BIN)/dabench docs methods --output docs/reference/methods.md
	$(BIN)/dabench docs citations --output docs/reference/citations.bib

help: ## show this text
	@echo "make TARGET [PYTHON=python3.12] [VENV=.venv]"
	@sed -n 's/^\([a-z-]*\):.*## /  \1\t/p' $(MAKEFILE_LIST)

$(STAMP): constraints.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@
