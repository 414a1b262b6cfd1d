"""`runs` does not grow for ever: the oldest folders go, none that a run may still write to."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from explorer import bounds
from explorer.session import run_folders
from explorer.session.run_folders import FRESH, new_folder, sweep

NOW = 2e9


def made(root: Path, name: str, age: float, size: int = 10) -> None:
    checkpoint = root / name / "step-00000001"
    checkpoint.mkdir(parents=True)
    (checkpoint / "model.safetensors").write_bytes(bytes(size))
    for path in (checkpoint / "model.safetensors", checkpoint, root / name):
        os.utime(path, (NOW - age, NOW - age))


def left(root: Path) -> list[str]:
    return sorted(path.name for path in root.iterdir())


def test_the_oldest_go_when_there_are_too_many(tmp_path: Path) -> None:
    for number in range(bounds.RUN_FOLDERS + 5):
        made(tmp_path, f"r{number:02}", age=FRESH * (1.5 + number))
    sweep(tmp_path, NOW)
    assert left(tmp_path) == [f"r{number:02}" for number in range(bounds.RUN_FOLDERS - 1)]


def test_the_oldest_go_when_they_are_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_folders, "RUN_BYTES", 50_000)
    for number in range(4):
        made(tmp_path, f"r{number}", age=FRESH * (1.5 + number), size=15_000)
    sweep(tmp_path, NOW)
    assert left(tmp_path) == ["r0", "r1"]  # folders count too


def test_what_a_run_may_still_write_to_stays(tmp_path: Path) -> None:
    for number in range(bounds.RUN_FOLDERS + 5):
        made(tmp_path, f"r{number:02}", age=number)
    sweep(tmp_path, NOW)
    assert len(left(tmp_path)) == bounds.RUN_FOLDERS + 5


def test_a_new_folder_makes_room_for_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_CONFIG_DIR", str(tmp_path))
    for number in range(bounds.RUN_FOLDERS):
        made(tmp_path / "runs", f"r{number:02}", age=NOW - time.time() + FRESH * (1.5 + number))
    (tmp_path / "runs" / "a file").write_bytes(b"")
    assert new_folder("mine") == tmp_path / "runs" / "mine"
    assert len(left(tmp_path / "runs")) == bounds.RUN_FOLDERS
