"""The menu's exports ask for a file and leave the writing to the engine."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget

from explorer.cli.export_command import FORMATS
from explorer.protocol import events, requests
from explorer.ui.designs import exporting
from explorer.ui.shell.actions.rows import export_rows


class Desk:
    """What an exporter sees of the window, with an engine that keeps what it is asked."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.answer: Callable[[Any], None] = lambda event: None
        session = SimpleNamespace(
            watch=self.watch, is_live=True, workspace=SimpleNamespace(flow=SimpleNamespace(faults=()))
        )
        self.designs = SimpleNamespace(
            bench=SimpleNamespace(name="Net", desk=SimpleNamespace(session=session))
        )

    def watch(
        self, request: Any, answer: Callable[[Any], None], renew: str, on_failed: Callable[[Any], None]
    ) -> None:
        self.asked.append(request)
        self.answer, self.failed = answer, on_failed


@pytest.fixture
def made(qtbot, monkeypatch, tmp_path):  # type: ignore[no-untyped-def]
    desk, window = Desk(), QWidget()
    qtbot.addWidget(window)
    exporter = exporting.Exporter(window, desk.designs)  # type: ignore[arg-type]
    monkeypatch.setattr(exporting.ask, "save_file", lambda _w, _title, name, _kinds: str(tmp_path / name))
    said: list[str] = []
    exporter.said.connect(said.append)
    return desk, exporter, said


def test_the_menu_has_what_the_command_line_has(made) -> None:  # type: ignore[no-untyped-def]
    _, exporter, _ = made
    names = {row.id.removeprefix("export.") for row in export_rows(exporter)}
    assert set(exporting.PROGRAMS) <= names
    assert set(exporting.PROGRAMS) <= set(FORMATS)


@pytest.mark.parametrize("to", list(exporting.PROGRAMS))
def test_the_engine_is_asked(made, to: requests.Form) -> None:  # type: ignore[no-untyped-def]
    desk, exporter, said = made
    exporter.program(to)
    (request,) = desk.asked
    assert isinstance(request, requests.Export)
    assert request.to == to
    assert request.path.endswith(exporting.PROGRAMS[to][1])
    desk.answer(events.Exported(path=request.path, note="any batch"))
    assert said[-1] == f"Written: net{exporting.PROGRAMS[to][1]} (any batch)"
    desk.failed(SimpleNamespace(message="ONNX needs onnx, not installed here."))
    assert said[-1] == "ONNX needs onnx, not installed here."
