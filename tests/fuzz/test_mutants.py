"""A few mutants of every kind in each run of the suite; `hunt.py` beside this runs as many as wanted."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from mutants import KINDS, mutant
from readers import read

SAMPLE = 40


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", KINDS)
def test_no_mutant_is_answered_with_a_traceback(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_CONFIG_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    slowest = 0.0
    for seed in range(SAMPLE):
        folder = tmp_path / "a" / "b" / str(seed)
        folder.mkdir(parents=True)
        started = time.process_time()
        read(kind, mutant(kind, seed), folder)
        slowest = max(slowest, time.process_time() - started)
    assert slowest < 5
    assert not list(tmp_path.rglob("executed"))


def test_a_mutant_is_the_same_every_time() -> None:
    assert all(mutant(kind, 7) == mutant(kind, 7) != mutant(kind, 8) for kind in KINDS)


# found by the hunt, and repaired


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("preferences", b'{"mode": "\x8f"}'),
        ("preferences", b"[" * 100_000),
        ("sidecar", b'{"path": "\x8f", "name": "", "saved": 1}'),
        ("sidecar", b'{"path": ' + b"[" * 100_000),
    ],
)
def test_bytes_that_are_no_text(
    kind: str, data: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_CONFIG_DIR", str(tmp_path))
    assert read(kind, data, tmp_path) in ("read", "swept away")


def test_a_design_without_an_input_is_run_in_words(tmp_path: Path) -> None:
    import hostile

    rows = hostile.chain(hostile.row("a", "constant", shape=[3]), hostile.row("output", "output"))
    said = read("design", hostile.design(*rows), tmp_path)
    assert said == "This design has no input: nothing can be sent through it."


@pytest.mark.parametrize("name", ["\0", "a\0b.safetensors", "\ud800", "x" * 5_000])
def test_names_that_no_file_can_have(name: str, tmp_path: Path) -> None:
    import torch

    from explorer.engine.published.reading import read as read_published
    from explorer.engine.weights import WeightProblem, files

    for ask in (files.names_in, read_published, lambda path: files.write({"a": torch.zeros(1)}, path, "")):
        with pytest.raises(WeightProblem) as problem:
            ask(str(tmp_path / "there") + name if name != "\0" else name)
        assert len(str(problem.value)) < 6_000
