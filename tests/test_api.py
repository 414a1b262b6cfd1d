"""The Python side: designs are saved, and say and show what they are in a shell and in a notebook."""

from __future__ import annotations

import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from full_disk import full_disk

import explorer
from explorer import launch
from explorer.graph.files import FileProblem


def test_a_design_says_what_it_is() -> None:
    document = explorer.load("lenet5_modern")
    assert repr(document) == "<LeNet-5: 12 layers, 61,706 parameters, 1×32×32 → 10>"
    assert ElementTree.fromstring(document._repr_svg_()).tag.endswith("svg")


def test_a_design_is_saved_whole_or_not_at_all(tmp_path: Path) -> None:
    document, file = explorer.load("lenet5_modern"), tmp_path / "n.arch.json"
    explorer.save(document, file)
    assert explorer.load(file).same_as(document)
    before = file.read_bytes()
    with full_disk(100), pytest.raises(FileProblem):
        explorer.save(document, file)
    assert file.read_bytes() == before


def test_the_package_costs_nothing_to_import_and_is_typed() -> None:
    code = "import sys, explorer; print(len([n for n in sys.modules if n.startswith('explorer.')]))"
    done = subprocess.run(
        launch.code(code), env=launch.environment(), capture_output=True, check=True, encoding="utf-8"
    )
    assert int(done.stdout) == 0
    assert (Path(explorer.__file__).parent / "py.typed").is_file()
