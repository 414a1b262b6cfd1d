"""`explorer diff`: words for people, one JSON value for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from explorer.architectures.gallery import find
from explorer.cli.parser import run
from explorer.graph import files
from explorer.graph.edits import SetField


@pytest.fixture
def wide(tmp_path: Path) -> str:
    document = find("lenet5_modern").build()
    document.apply(SetField("conv1", "filters", 8))
    path = str(tmp_path / "wide.arch.json")
    files.save(document, path)
    return path


def test_words(wide: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", "lenet5_modern", wide]) == 0
    said = capsys.readouterr().out
    assert "≠ conv1" in said
    assert "filters 6 → 8" in said
    assert "parameters" in said


def test_json(wide: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", "lenet5_modern", wide, "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert value["same"] is False
    cause = next(node for node in value["nodes"] if node["kind"] == "fields")
    assert cause["changes"] == [{"name": "filters", "before": "6", "after": "8"}]
    assert [total["parameters"] for total in value["totals"]] == [61706, 62558]


def test_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", "lenet5", "lenet5"]) == 0
    assert "the same" in capsys.readouterr().out


def test_a_name_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", "lenet5", "lenet6"]) == 2
    assert "lenet6" in capsys.readouterr().err
