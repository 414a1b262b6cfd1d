"""The set-up script among stand-ins for the system's programs: what it asks for, when, what it downloads."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "tools" / "setup.sh"
PYTHON = """\
#!/bin/sh
case "$1 $2" in
  "-m venv") mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
  "-m pip") shift 2; echo "pip $*" >> "$LOG" ;;
  "-c "*metadata*) exit 1 ;;
esac
"""

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a shell and Debian's tools")


def setup(
    tmp_path: Path, kind: str, *, lost: str, device: str = "", password: bool = True
) -> tuple[int, str, str]:
    """Run the script where the packages `lost` are missing; returns exit code, words, and what it called."""
    programs, log = tmp_path / "bin", tmp_path / "log"
    programs.mkdir()
    found = {
        "dpkg-query": f'for word; do case " {lost} " in *" $word "*) exit 1 ;; esac; done; echo "install ok"',
        "apt-get": 'echo "apt-get $*" >> "$LOG"',
        "id": "echo 1000",
        "sudo": ("exit 1" if password else '[ "$1" = -n ] && exit 0; "$@"'),
        "uname": "echo Linux",
    }
    for name, text in found.items():
        (programs / name).write_text(f"#!/bin/sh\n{text}\n")
    (programs / "python3").write_text(PYTHON)
    for name in ("sh", "cp", "mkdir", "grep", "cat"):
        os.symlink(shutil.which(name) or name, programs / name)
    for path in programs.iterdir():
        if not path.is_symlink():
            path.chmod(0o755)
    done = subprocess.run(
        [str(programs / "sh"), str(SCRIPT), str(tmp_path / "venv"), kind],
        env={"PATH": str(programs), "LOG": str(log), "DEVICE": device},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert "not found" not in done.stderr
    return done.returncode, done.stdout, log.read_text() if log.exists() else ""


def test_what_is_missing_is_asked_for_once_before_anything_is_downloaded(tmp_path: Path) -> None:
    code, said, called = setup(tmp_path, "test", lost="libegl1 libxcb-cursor0 xvfb")
    assert code == 1
    assert "Type: sudo apt-get install libegl1 libxcb-cursor0 xvfb" in said
    assert called == ""
    assert not (tmp_path / "venv").exists()


def test_it_installs_all_at_once_where_it_may_and_says_the_size(tmp_path: Path) -> None:
    code, said, called = setup(tmp_path, "run", lost="libegl1 libgl1", password=False)
    assert code == 0
    lines = called.splitlines()
    assert [line.split()[0] for line in lines] == ["apt-get", "apt-get", "pip"]
    assert lines[1].endswith("libegl1 libgl1")
    assert lines[2].endswith("-e .")
    assert "2.7 GB" in said
    assert "DEVICE=cpu" in said


def test_without_a_gpu_the_small_build_is_taken(tmp_path: Path) -> None:
    code, said, called = setup(tmp_path, "run", lost="xvfb", device="cpu")
    assert code == 0
    first, second = called.splitlines()
    assert first.endswith("https://download.pytorch.org/whl/cpu")
    assert '"' not in first
    assert second.endswith("-e .")
    assert "about 0.4 GB" in said


def test_tests_have_a_set_up_of_their_own(tmp_path: Path) -> None:
    _, _, called = setup(tmp_path, "test", lost="")
    assert called.splitlines()[-1].endswith("-e .[test,dev]")
