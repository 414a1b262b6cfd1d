# Everything goes through one virtual environment, made on first use.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# what runs the program, and what tests and checks it
READY := $(VENV)/.ready
TESTED := $(VENV)/.ready-test
# make run DEVICE=cpu takes PyTorch without CUDA: 0.4 GB instead of 2.7
DEVICE ?=

.PHONY: run test check lint types contracts screenshots weights designs figures golden clean

run: $(READY)
	$(BIN)/explorer

test: $(TESTED)
	QT_QPA_PLATFORM=$${QT_QPA_PLATFORM:-offscreen} $(BIN)/python -m pytest -n auto --dist worksteal

check: lint types contracts test

lint: $(TESTED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(TESTED)
	$(BIN)/mypy

contracts: $(TESTED)
	$(BIN)/lint-imports

screenshots: $(TESTED)
	xvfb-run -a -s "-screen 0 1920x1080x24" $(BIN)/python tools/screenshots.py

weights: $(READY)
	$(BIN)/python resources/weights/make_weights.py
	$(BIN)/python resources/weights/make_course.py
	$(BIN)/python resources/weights/make_detector.py
	$(BIN)/python resources/weights/make_vae.py
	$(BIN)/python resources/weights/make_depths.py

figures: $(READY)
	$(BIN)/python tools/figures.py

golden: $(READY)
	$(BIN)/python tools/golden.py

designs: $(READY)
	$(BIN)/python resources/designs/make_designs.py

$(READY): pyproject.toml tools/setup.sh
	PYTHON="$(PYTHON)" DEVICE="$(DEVICE)" sh tools/setup.sh $(VENV) run
	touch $(READY)

$(TESTED): pyproject.toml tools/setup.sh
	PYTHON="$(PYTHON)" DEVICE="$(DEVICE)" sh tools/setup.sh $(VENV) test
	touch $(TESTED) $(READY)

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
