"""Whatever happens while a file is written, the old or the new one is there, and nothing torn."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from full_disk import full_disk
from nets import SMALL

from explorer import atomic
from explorer.atomic import refuse_unwritable, replace_file, replacing
from explorer.cli.parser import run
from explorer.cli.pictures import save as save_picture
from explorer.engine.weights import files as weights
from explorer.figures.card_sheet import draw_sheet
from explorer.figures.picture import render_file
from explorer.graph import files
from explorer.session import preferences
from explorer.session.folder import SessionFolder
from explorer.session.origin import Origin

OLD = b"what was there before"


def only(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def picture(file: Path) -> None:
    from PIL import Image

    noise = np.random.default_rng(0).integers(0, 255, (60, 60, 3), dtype=np.uint8)
    save_picture(Image.fromarray(noise), str(file))


def of_style(style: str) -> Callable[[Path], None]:
    return lambda file: render_file(SMALL, str(file), style=style)  # type: ignore[arg-type]


WRITERS: dict[str, Callable[[Path], object]] = {
    "design.arch.json": lambda file: files.save(SMALL, file),
    "weights.safetensors": lambda file: weights.write({"a": torch.zeros(999)}, file, ""),
    **{
        f"{style}.{kind}": of_style(style)
        for style in ("canvas", "boxes", "volumes")
        for kind in ("svg", "pdf", "png")
    },
    "sheet.png": lambda file: draw_sheet([], str(file)),
    "inspect.png": picture,
    "inspect.svg": picture,
}


@pytest.mark.parametrize("name", WRITERS)
def test_on_a_full_disk_the_old_file_stays(name: str, tmp_path: Path) -> None:
    write, file = WRITERS[name], tmp_path / name
    file.write_bytes(OLD)
    with full_disk(100), pytest.raises((OSError, ValueError)) as problem:
        write(file)
    assert file.read_bytes() == OLD
    assert only(tmp_path) == [name]
    if not isinstance(problem.value, OSError):
        assert "large" in str(problem.value) or "space" in str(problem.value)
    write(file)
    assert len(file.read_bytes()) > 100
    assert only(tmp_path) == [name]


@pytest.mark.parametrize(
    "words",
    [
        ["render", "lenet5_modern", "-o", "x.svg"],
        ["render", "lenet5_modern", "-o", "x.pdf"],
        ["render", "lenet5_modern", "--style", "boxes", "-o", "x.png"],
        ["export", "lenet5_modern", "--to", "python", "-o", "x.py"],
        ["export", "lenet5_modern", "--to", "safetensors", "-o", "x.safetensors"],
        ["export", "lenet5_modern", "--to", "svg", "-o", "x.svg"],
        ["inspect", "lenet5_modern", "--view", "filters", "--at", "conv1", "-o", "x.png"],
        ["inspect", "lenet5_modern", "--view", "filters", "--at", "conv1", "-o", "x.npz"],
        ["cards", "relu", "-o", "x.png"],
    ],
    ids=lambda words: f"{words[0]} {words[-1]}",
)
def test_commands_say_that_the_disk_is_full_and_leave_the_old_file(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / words[-1]
    file.write_bytes(OLD)
    with full_disk(100):
        code = run([*words[:-1], str(file)])
    assert code == 1
    assert file.read_bytes() == OLD
    assert only(tmp_path) == [file.name]
    said = capsys.readouterr().err
    assert "not written" in said or "not saved" in said
    assert "Traceback" not in said


def test_training_goes_on_without_checkpoints_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with full_disk(300_000):  # room for the trial of the folder, not for all averages
        code = run(["train", "lenet5_modern", "--data", "mnist5k", "--epochs", "1", "-o", str(tmp_path)])
    said = capsys.readouterr()
    assert code == 0
    assert "done" in said.out
    assert "No checkpoint of step" in said.err
    assert "The run continues." in said.err
    assert only(tmp_path) == ["model.safetensors"]  # 250 kB


def test_a_folder_that_cannot_be_written_to_is_refused_before_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "taken"
    file.write_bytes(OLD)
    words = ["train", "lenet5_modern", "--data", "mnist5k", "--epochs", "1", "-o"]
    assert run([*words, str(file)]) == 1
    with full_disk(100):
        assert run([*words, str(tmp_path / "runs")]) == 1
    said = capsys.readouterr()
    assert said.err.count("Nothing was trained.") == 2
    assert said.out == ""
    assert only(tmp_path / "runs") == []


def test_a_download_session_and_preferences_on_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_CONFIG_DIR", str(tmp_path))
    preferences.write(preferences.Preferences(scale=1.25))
    folder = SessionFolder()
    folder.write(SMALL, "", Origin())
    before = (folder.path / "design").read_bytes()
    with full_disk(10):
        preferences.write(preferences.Preferences(scale=2.0))
        with pytest.raises(files.FileProblem, match="not saved"):
            folder.write(SMALL, "", Origin())
    assert preferences.read().scale == 1.25
    assert (folder.path / "design").read_bytes() == before
    assert only(tmp_path) == ["sessions", "settings.json"]
    folder.close()


def test_an_exception_inside_leaves_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "x"
    replace_file(file, OLD)

    class Killed(BaseException):
        pass

    def torn() -> None:
        with replacing(file) as temporary:
            temporary.write_bytes(b"half")
            raise Killed

    with pytest.raises(Killed):
        torn()
    assert file.read_bytes() == OLD
    assert only(tmp_path) == ["x"]


def test_links_stay_and_permissions_too(tmp_path: Path) -> None:
    file, link = tmp_path / "x", tmp_path / "link"
    replace_file(file, OLD)
    file.chmod(0o640)
    link.symlink_to(file)
    replace_file(link, b"new")
    assert link.is_symlink()
    assert file.read_bytes() == b"new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


@pytest.mark.parametrize("name", ["", ".", "folder"])
def test_what_is_no_file_is_not_replaced(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="not a file"):
        replace_file(tmp_path / name, b"x")


def test_a_scanner_that_holds_a_new_file_for_a_moment_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, real = [1, 1], os.replace

    def replace(source: str, target: str) -> None:
        if held:
            held.pop()
            raise PermissionError(13, "in use")
        real(source, target)

    monkeypatch.setattr(atomic.os, "replace", replace)
    with pytest.raises(PermissionError):
        replace_file(tmp_path / "x", b"x")
    held[:] = [1, 1]
    monkeypatch.setattr(atomic.sys, "platform", "win32")
    monkeypatch.setattr(atomic, "PAUSE", 0.001)
    replace_file(tmp_path / "x", b"x")
    assert (tmp_path / "x").read_bytes() == b"x"


def test_the_trial_of_a_folder_leaves_nothing(tmp_path: Path) -> None:
    refuse_unwritable(tmp_path / "a" / "b")
    assert only(tmp_path / "a" / "b") == []
    with full_disk(), pytest.raises(OSError, match="large"):
        refuse_unwritable(tmp_path / "c")
    assert only(tmp_path / "c") == []
