# make demo · make test · make check · make dev · make bench
# DATA (where tables go) and LANDING (where transcripts are) may be given: make dev DATA=/srv/data LANDING=/srv/landing

DATA ?= out/demo
LANDING ?= demo/raw
# The first Python that is new enough; spaCy has no wheels for 3.14 yet.
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
	&& { echo $$name; break; }; done)

BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
TORCH := $(shell grep '^torch==' constraints.txt)

.DEFAULT_GOAL := help
.PHONY: help demo dev test check bench tagger folds encoder comments docs pictures accept lock

help:
	@echo "make demo    the 109 demo files, start to finish, into $(DATA)"
	@echo "make dev     Dagster's pages on http://localhost:3000, over the same tables"
	@echo "make test    all tests"
	@echo "make check   format, lint, types, fast tests"
	@echo "make bench   measure redaction, themes and speed, and write benchmarks/results/"
	@echo "make tagger  train the tagger again (half an hour on two quiet cores)"
	@echo "make folds   train five more that each leave a fifth out, and measure redaction with them"
	@echo "make encoder  adapt the encoder again, five times without a fifth and once with all (two hours on two quiet cores)"
	@echo "make comments  tune the encoder to public comments, to measure it (three quarters of an hour)"
	@echo "make docs    renew the generated pages in docs/"
	@echo "make pictures  draw the pictures of themes in docs/pictures/ from the tables in $(DATA)"
	@echo "make accept  renew the golden numbers after a change that was meant"
	@echo "make lock    renew constraints.txt"

demo: .venv/ready
	@$(BIN)/conversations run --landing "$(LANDING)" --data "$(DATA)"

dev: .venv/ready
	@mkdir -p "$(DATA)"
	@export CONVERSATIONS_DATA="$$(cd "$(DATA)" && pwd)" CONVERSATIONS_LANDING="$$(cd "$(LANDING)" && pwd)" \
		&& export DAGSTER_HOME="$$CONVERSATIONS_DATA/dagster" DAGSTER_DISABLE_TELEMETRY=yes \
		&& $(BIN)/python -m pipeline.headless \
		&& exec $(BIN)/dagster dev -w workspace.yaml

test: .venv/ready-dev
	@$(BIN)/python -m pytest -q --numprocesses 2 --dist loadgroup

check: .venv/ready-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/python -m pytest -q -m "not slow and not model" --numprocesses 2 --dist loadgroup

bench: .venv/ready-dev
	@$(PIP) --constraint constraints.txt --editable ".[bench]"
	$(BIN)/conversations benchmark redaction
	$(BIN)/conversations benchmark themes
	$(BIN)/conversations benchmark stories
	$(BIN)/conversations benchmark throughput

tagger: .venv/ready
	@$(PIP) --constraint constraints.txt --editable ".[training]"
	$(BIN)/python -m training.train

folds: .venv/ready-dev
	@$(PIP) --constraint constraints.txt --editable ".[training]"
	$(BIN)/python -m training.train --folds
	$(BIN)/python -m benchmarks.folds

encoder: .venv/ready-dev
	$(BIN)/python -m training.encoder --folds
	$(BIN)/python -m training.voice
	$(BIN)/python -m training.follow_ups
	$(BIN)/python -m training.encoder

comments: .venv/ready-dev
	$(BIN)/python -m training.comments

docs: .venv/ready
	$(BIN)/python -m pipeline.tables > docs/data-dictionary.md
	$(BIN)/python -m pipeline.settings > docs/settings.md

pictures: .venv/ready-dev
	$(BIN)/python -m benchmarks.pictures "$(DATA)"

accept: .venv/ready-dev
	$(BIN)/python -m tests.golden.accept

# An environment without its stamp was interrupted: start again. With a stamp older than what it was made from: bring it up to date.
.venv/ready: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed; none was found." >&2; exit 2; }
	@test -e $@ || { echo "Setting up the environment in .venv, once (about a minute) ..."; $(PYTHON) -m venv --clear .venv; }
	@echo "  torch, for the language models"
	@$(PIP) $(TORCH)
	@echo "  everything else, in the versions of constraints.txt"
	@$(PIP) --constraint constraints.txt --editable .
	@touch $@

.venv/ready-dev: .venv/ready
	@echo "  tools for tests and checks"
	@$(PIP) --constraint constraints.txt --editable ".[dev]"
	@touch $@

# A local build of torch is written as "2.13.0+cpu": the part after "+" would tie the file to one machine.
lock:
	@test -n "$(PYTHON)"
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check $(TORCH)
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check --editable ".[dev,bench]"
	{ echo "# Exact versions of a clean install on Python 3.11, made by: make lock"; \
		build/lock/bin/python -m pip freeze --exclude-editable | sed 's/+.*//'; } > constraints.txt
	rm -rf build/lock
