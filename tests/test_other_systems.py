"""What other systems lack is taken away: designs build, train, keep checkpoints and are drawn without it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from explorer import launch

GONE = """\
import os, signal, sys
# these know their systems; what is taken away is taken from us
import torch, PySide6.QtCore, platformdirs, psutil
for name in {names!r}:
    holder, _, word = name.rpartition(".")
    if hasattr(sys.modules[holder], word):
        delattr(sys.modules[holder], word)
for name in {modules!r}:
    sys.modules[name] = None
from explorer.__main__ import main
raise SystemExit(main(sys.argv[1:]))
"""
OF_UNIX = "sysconf fork getuid geteuid uname memfd_create O_NONBLOCK setsid killpg"
WINDOWS = (
    [*(f"os.{word}" for word in OF_UNIX.split()), "signal.SIGKILL", "signal.SIGHUP", "signal.SIGALRM"],
    ["fcntl", "resource", "pwd", "grp", "termios"],
)
MACOS = (["os.memfd_create", "os.posix_fallocate", "os.sched_setaffinity"], list[str]())
SYSTEMS = {"windows": WINDOWS, "macos": MACOS}


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize(
    "words",
    [
        ("train", "mlp_spirals", "--data", "spirals", "--epochs", "1", "-o", "{folder}"),
        ("inspect", "lenet5_modern", "--view", "filters", "--at", "conv1", "-o", "{folder}/x.png"),
        ("render", "lenet5_modern", "-o", "{folder}/x.svg"),
    ],
    ids=lambda words: words[0],
)
def test_nothing_that_only_linux_has_is_needed(system: str, words: tuple[str, ...], tmp_path: Path) -> None:
    names, modules = SYSTEMS[system]
    code = GONE.format(names=names, modules=modules)
    done = subprocess.run(
        launch.code(code, *(word.format(folder=tmp_path) for word in words)),
        env={**launch.environment(), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert list(tmp_path.iterdir())
