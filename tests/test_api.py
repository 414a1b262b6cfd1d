"""The Python side: designs are saved, and say and show what they are in a shell and in a notebook."""

from __future__ import annotations

import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from full_disk import full_disk
from nets import chain, node

import explorer
from explorer import api, launch
from explorer.graph.edits import SetField
from explorer.graph.files import FileProblem


def test_a_design_says_what_it_is() -> None:
    document = explorer.load("lenet5_modern")
    assert repr(document) == "<LeNet-5: 12 layers, 61,706 parameters, 1×32×32 → 10>"
    assert ElementTree.fromstring(document._repr_svg_()).tag.endswith("svg")


def test_a_flow_is_a_table_in_a_notebook() -> None:
    flow = api.flow(explorer.load("lenet5_modern"))
    assert repr(flow) == "<Flow of 14 nodes: 61,706 parameters, 416,520 MACs>"
    rows = [
        [cell.text or "" for cell in row]
        for row in ElementTree.fromstring(f"<div>{flow._repr_html_()}</div>").iter("tr")
    ]
    assert rows[0] == ["Layer", "Block", "Input", "Output", "Parameters", "MACs"]
    assert ["conv1", "Conv 2d", "1×32×32", "6×28×28", "156", "117,600"] in rows
    assert rows[-1] == ["all", "", "", "", "61,706", "416,520"]
    assert len(rows) == 14


def test_problems_and_names_are_escaped_and_long_tables_end() -> None:
    document = chain((4,), *(node(f"r{number}", "relu") for number in range(300)))
    document.apply(SetField("r7", "<b>", 1))
    html = api.flow(document)._repr_html_()
    assert "<b>" not in html
    assert "&lt;b&gt;" in html
    assert "and 100 more" in html


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
