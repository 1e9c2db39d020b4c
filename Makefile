# Every target makes the environment on first use and is quick afterwards.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# What the tests need holds all that a run needs: after `make test`, `make run` installs nothing.
DEV := $(VENV)/dabench.stamp
STAMP := $(if $(wildcard $(DEV)),$(DEV),$(VENV)/dabench-run.stamp)
# TORCH=cpu takes torch's wheels without CUDA. PyPI has none for Linux, so they come from PyTorch's own index.
TORCH ?=
CPU_WHEELS := https://download.pytorch.org/whl/cpu
ifneq ($(filter-out cpu,$(TORCH)),)
$(error TORCH is $(TORCH), and there is only TORCH=cpu)
endif
# Ratios to hand-written training, not seconds: other machines may compare with them.
STORED := tests/benchmarks/bench_loop.json

.DEFAULT_GOAL := help
.PHONY: run test test-fast lint bench bench-peers bench-store check tables docs help

run: $(STAMP) ## run the mini suite and print its leaderboard
	$(BIN)/dabench run mini

# Two processes of one torch thread each. The benchmarks are `make bench`: they want the machine for themselves.
test: $(DEV) ## run the tests
	$(BIN)/python -m pytest -n 2 --dist worksteal -p no:benchmark

test-fast: $(DEV) ## run the tests that are quick and need neither data nor a browser
	$(BIN)/python -m pytest -n 2 --dist worksteal -p no:benchmark -m "not (slow or data or browser)" \
		--ignore tests/end_to_end

lint: $(DEV) ## check style, types and which package imports which
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports --no-logo

bench: $(DEV) ## measure the speed of the harness
	$(BIN)/python -m pytest tests/benchmarks/bench_*.py $(if $(wildcard $(STORED)),--benchmark-compare=$(STORED) \
		--benchmark-compare-fail=median:10% -W ignore::pytest_benchmark.logger.PytestBenchmarkWarning)

bench-peers: $(DEV) ## compare the speed of a training with that of other libraries, in an environment of their own
	test -x $(VENV)-peers/bin/python || $(PYTHON) -m venv $(VENV)-peers
	$(VENV)-peers/bin/python -m pip install --quiet --constraint constraints.txt --editable .
	$(VENV)-peers/bin/python -m pip install --quiet --no-deps -r tests/benchmarks/peers.txt
	OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 $(VENV)-peers/bin/python tests/benchmarks/peers.py

bench-store: $(DEV) ## store the ratios that make bench compares with
	$(BIN)/python -m pytest tests/benchmarks/bench_loop.py --benchmark-json=$(STORED)

# Three seeds are the fewest that are compared seed by seed; where the numbers are the same to the bit, one would do.
# Deep CORAL, whose runs are as long as DANN's, is left out.
PART := --methods coral,dann --seeds 0-2
check: $(STAMP) ## run part of the mini suite anew and compare it with results/mini.csv
	rm -rf $(VENV)/check
	$(BIN)/dabench run mini $(PART) $(if $(WORKERS),--workers $(WORKERS)) --results $(VENV)/check
	$(BIN)/dabench check --baseline results/mini.csv $(PART) --results $(VENV)/check

tables: $(STAMP) ## write the published tables and the generated pages of docs/ anew
	set -e; for file in results/*.csv; do suite=$$(basename "$$file" .csv); \
	for kind in markdown:md latex:tex html:html; do \
	$(BIN)/dabench table "$$suite" --results "$$file" --all-pairs --format "$${kind%:*}" --output "tables/$$suite.$${kind#*:}"; \
	done; done
	$(BIN)/dabench docs methods --output docs/reference/methods.md
	$(BIN)/dabench docs which-method --output docs/results/which_method.md
	$(BIN)/dabench docs citations --output docs/reference/citations.bib

docs: $(DEV) ## build the documentation into site/; a broken link is an error
	$(BIN)/python -m mkdocs build --strict --quiet
	$(BIN)/dabench site results --output site/leaderboard

help: ## show this text
	@echo "make TARGET [PYTHON=python3.12] [VENV=.venv] [TORCH=cpu]"
	@sed -n 's/^\([a-z-]*\):.*## /  \1\t/p' $(MAKEFILE_LIST)

# Any Python says in these words what it lacks.
CHECK = import sys; found = sys.version_info[:2]; sys.exit(0 if found >= (3, 11) else "dabench needs Python 3.11 or newer, \
	and $(1) is %d.%d. Name another, and remove $(VENV) if it is there: make $(MAKECMDGOALS) PYTHON=python3.12" % found)

# Makes the environment and installs what $(1) names.
define install
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON). Name a Python of 3.11 or newer: \
	make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c '$(call CHECK,$(PYTHON))'
	@test ! -x $(BIN)/python || $(BIN)/python -c '$(call CHECK,$(BIN)/python)'
	@echo "Installing dabench and what it needs into $(VENV): $(if $(TORCH),torch without CUDA,about 6 GB on Linux, most of it \
	torch with CUDA; TORCH=cpu leaves CUDA out). It takes minutes."
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
	$(if $(TORCH),$(BIN)/python -m pip install --constraint constraints.txt --index-url $(CPU_WHEELS) --no-deps torch torchvision)
	$(BIN)/python -m pip install --constraint constraints.txt --editable '$(1)'
	touch $@
endef

$(VENV)/dabench-run.stamp: constraints.txt pyproject.toml
	$(call install,.)

$(DEV): constraints.txt pyproject.toml
	$(call install,.[dev])
