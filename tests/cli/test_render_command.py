"""`explorer render`: the canvas as before, figures on request, options that do not fit refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from nets import SMALL
from PySide6.QtGui import QImage

from explorer.__main__ import main
from explorer.graph import edits as e
from explorer.graph import files


def run(capsys, *words: object) -> tuple[int, str]:
    code = main([str(word) for word in words])
    done = capsys.readouterr()
    assert not done.out
    return code, done.err


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--style", "canvas"],
        ["--style", "boxes"],
        ["--style", "boxes", "--direction", "down", "--depth", "1", "--theme", "dark"],
        ["--style", "volumes", "--direction", "down"],
    ],
    ids=" ".join,
)
def test_every_style_writes_a_picture(capsys, tmp_path: Path, words: list[str]) -> None:
    file = tmp_path / "a.png"
    assert run(capsys, "render", "lenet5_modern", *words, "--width", "300", "-o", file) == (0, "")
    assert QImage(str(file)).width() == 300


def test_without_a_style_it_is_the_canvas(capsys, tmp_path: Path) -> None:
    for name, words in (("plain", []), ("canvas", ["--style", "canvas"]), ("boxes", ["--style", "boxes"])):
        assert run(capsys, "render", "lenet5_modern", *words, "-o", tmp_path / f"{name}.png")[0] == 0
    plain, canvas, boxes = (QImage(str(tmp_path / f"{name}.png")) for name in ("plain", "canvas", "boxes"))
    assert plain == canvas != boxes


def test_export_takes_a_style_too(capsys, tmp_path: Path) -> None:
    exported = ["export", "lenet5_modern", "--to", "svg"]
    assert run(capsys, *exported, "--style", "volumes", "-o", tmp_path / "a.svg") == (0, "")
    assert "square root" in (tmp_path / "a.svg").read_text()
    assert run(capsys, *exported, "-o", tmp_path / "b.svg") == (0, "")
    assert "square root" not in (tmp_path / "b.svg").read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--style", "cubes"], "cubes"),
        (["--style", "boxes", "--direction", "up"], "up"),
        (["--direction", "down"], "--style boxes|boxes and volumes"),
        (["--depth", "2"], "--style boxes"),
        (["--style", "volumes", "--depth", "2"], "--style boxes"),
        (["--style", "boxes", "--depth", "0"], "at least 1 level"),
        (["--style", "boxes", "--depth", "few"], "few"),
        (["--style", "boxes", "--width", "0"], "at least 1 pixel"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_options_that_do_not_fit_are_wrong_usage(capsys, tmp_path: Path, words: list[str], said: str) -> None:
    code, err = run(capsys, "render", "lenet5_modern", *words, "-o", tmp_path / "a.png")
    assert code == 2
    assert any(part in err for part in said.split("|"))
    assert "Traceback" not in err
    assert not (tmp_path / "a.png").exists()


def test_pictures_that_cannot_be_made_are_explained(capsys, tmp_path: Path) -> None:
    broken = SMALL.copy()
    broken.apply(e.SetField("conv1", "kernel", 99))
    files.save(broken, tmp_path / "broken.arch.json")
    code, err = run(
        capsys, "render", tmp_path / "broken.arch.json", "--style", "volumes", "-o", tmp_path / "a.svg"
    )
    assert code == 1
    assert "99×99" in err
    code, err = run(capsys, "render", "lenet5_modern", "--style", "boxes", "-o", tmp_path / "a.gif")
    assert code == 1
    assert "a.gif" in err
