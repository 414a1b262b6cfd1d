"""Summaries read as they did when somebody last read them."""

from __future__ import annotations

import json
import subprocess
import sys
from difflib import unified_diff
from pathlib import Path

import pytest

from explorer.architectures.gallery import gallery
from explorer.cli.parser import run

KEPT = sorted(Path(__file__).with_name("summaries").glob("*.txt"))
RENEW = "If this is meant: `make golden`, read `git diff tests/golden`, and commit it with the change."
LONG = 100
"""Lines that somebody still reads."""


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_the_summary_is_the_one_that_was_read(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["summary", path.stem]) == 0
    kept, now = path.read_text().splitlines(), capsys.readouterr().out.splitlines()
    changed = "\n".join(unified_diff(kept, now, "kept", "now", n=2, lineterm=""))
    assert not changed, f"explorer summary {path.stem}\n{changed}\n\n{RENEW}"
    assert len(now) <= LONG


def test_summaries_of_all_kinds_are_kept() -> None:
    kept = [gallery()[path.stem] for path in KEPT]
    assert len(kept) >= 40
    seen = {kind for entry in kept for kind in (entry.category, entry.task)}
    for entry in gallery().values():
        missing = {entry.category, entry.task} - seen
        assert not missing, f"no network of {missing} is kept: `python tools/golden.py {entry.id}`"


ALL = """
import contextlib, io, json, sys
from explorer.architectures.gallery import gallery
from explorer.cli.parser import run
found = {}
for name in gallery():
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        code = run(["summary", name, "--json"])
    found[name] = [code, json.loads(printed.getvalue())["problems"]]
print(json.dumps([found, [name for name in ("torch", "PySide6") if name in sys.modules]]))
"""


def test_every_network_is_summed_up_without_problems_torch_or_window() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ALL], capture_output=True, text=True, timeout=120, check=True
    )
    found, loaded = json.loads(done.stdout)
    assert list(found) == list(gallery())
    assert {name: answer for name, answer in found.items() if answer != [0, []]} == {}
    assert loaded == []
