"""Lint and types hold on the whole tree, so that a green run means a clean one."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*words], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("words", [("check", "."), ("format", "--check", ".")], ids=" ".join)
def test_ruff(words):
    ruff = Path(sys.executable).with_name("ruff")
    result = run(str(ruff) if ruff.exists() else str(shutil.which("ruff")), *words)
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-1000:]


def test_types():
    result = run(sys.executable, "-m", "mypy")
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-1000:]
