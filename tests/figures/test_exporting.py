"""Pictures from the window: one row of the menu for each style, a file, a sentence when it cannot be."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from nets import SMALL
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from explorer.blocks.registry import registry
from explorer.figures.picture import STYLES
from explorer.graph import edits as e
from explorer.graph.workspace import Workspace
from explorer.style.theme import theme
from explorer.ui.designs.exporting import Exporter
from explorer.ui.shell import ask
from explorer.ui.shell.actions.rows import PICTURES, export_rows


class Designs(QObject):
    """As much of the open designs as a file presenter sees."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        desk = SimpleNamespace(workspace=workspace)
        self.bench = SimpleNamespace(desk=desk, name=workspace.document.name)


@pytest.fixture
def parts(qtbot, monkeypatch, tmp_path):
    theme().change(mode="light")
    window = QWidget()
    qtbot.addWidget(window)
    designs = Designs(Workspace(registry(), SMALL.copy()))
    said: list[str] = []
    asked: list[tuple[str, ...]] = []
    target = SimpleNamespace(path=str(tmp_path / "picture.svg"))
    monkeypatch.setattr(ask, "save_file", lambda *words: asked.append(words[1:]) or target.path)
    exporter = Exporter(window, designs)
    exporter.said.connect(said.append)
    rows = {row.id: row for row in export_rows(exporter)}
    return SimpleNamespace(
        rows=rows, said=said, asked=asked, target=target, desk=designs.bench.desk, path=tmp_path
    )


def test_there_is_a_row_for_each_style():
    assert tuple(PICTURES) == STYLES


@pytest.mark.parametrize("style", STYLES)
def test_each_row_writes_its_picture_and_says_so(parts, style):
    parts.rows[f"export.{style}"].run()
    assert parts.said == ["Written: picture.svg"]
    assert parts.asked[0][1].endswith(f"_{style}.svg")
    text = (parts.path / "picture.svg").read_text()
    assert ("@font-face" in text) == (style != "canvas")
    assert ("square root" in text) == (style == "volumes")


def test_giving_up_the_question_writes_nothing(parts):
    parts.target.path = ""
    parts.rows["export.boxes"].run()
    assert not parts.said
    assert not list(parts.path.glob("*.svg"))


def test_what_cannot_be_drawn_is_said(parts):
    parts.desk.workspace.apply(e.SetField("conv1", "kernel", (99, 99)), "Set kernel")
    parts.rows["export.volumes"].run()
    assert len(parts.said) == 1
    assert "99×99" in parts.said[0]
    parts.target.path = str(parts.path / "picture.gif")
    parts.rows["export.boxes"].run()
    assert "picture.gif" in parts.said[1]
