# make demo   a voice trained on recorded speech and heard      (TEXT="..." make demo speaks that text)
# make test   the tests
# make lint   style
# make bench  what is fast, measured side by side
#
# Each installs what it needs into .venv first; nothing but Python 3.10 or newer and make has to be there.

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
INSTALLED = $(VENV)/.installed

.PHONY: demo test lint bench install clean
.DEFAULT_GOAL := demo

install: $(INSTALLED)

$(INSTALLED): setup.py parakeet/requirements.py constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	  { echo "parakeet needs Python 3.10 or newer; $$($(PYTHON) --version 2>&1) was found. Say which: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@echo "== Installing parakeet and PaddlePaddle into $(VENV) (about 400 MB, some two minutes)"
	@$(PYTHON) -m venv $(VENV) || { echo "No venv module here. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[cpu,demo,dev]"
	@touch $@

demo: $(INSTALLED)
	@$(BIN)/python scripts/demo.py

test: $(INSTALLED)
	@echo "== Running the tests"
	@$(BIN)/python -m pytest

lint: $(INSTALLED)
	@$(BIN)/ruff check .

bench: $(INSTALLED)
	@$(BIN)/python benchmarks/help_time.py
	@$(BIN)/python benchmarks/cpu_settings.py

clean:
	rm -rf demo .venv
