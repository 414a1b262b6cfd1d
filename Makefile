# Everything goes through one virtual environment, made on first use.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: run test check lint types contracts screenshots weights designs figures golden clean

run: $(READY)
	$(BIN)/explorer

test: $(READY)
	QT_QPA_PLATFORM=$${QT_QPA_PLATFORM:-offscreen} $(BIN)/python -m pytest -n auto

check: lint types contracts test

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

contracts: $(READY)
	$(BIN)/lint-imports

screenshots: $(READY)
	xvfb-run -a -s "-screen 0 1920x1080x24" $(BIN)/python tools/screenshots.py

weights: $(READY)
	$(BIN)/python resources/weights/make_weights.py

figures: $(READY)
	$(BIN)/python tools/figures.py

golden: $(READY)
	$(BIN)/python tools/golden.py

designs: $(READY)
	$(BIN)/python resources/designs/make_designs.py

$(READY): pyproject.toml tools/setup.sh
	PYTHON="$(PYTHON)" sh tools/setup.sh $(VENV)
	touch $(READY)

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
