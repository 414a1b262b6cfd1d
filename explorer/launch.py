"""Starting this program once more in a process of its own: the same package, wherever it was found.

Python puts the current folder in front of its search path for `-m` and `-c`; a `random.py` that lies there by
chance would be executed. Children therefore start with a safe path, and are told where the package is.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import explorer

_LOAD = """\
import importlib.machinery, importlib.util, sys
spec = importlib.machinery.PathFinder.find_spec("explorer", [sys.argv.pop(1)])
package = importlib.util.module_from_spec(spec)
sys.modules["explorer"] = package
spec.loader.exec_module(package)
"""
_MAIN = "from explorer.__main__ import main\nraise SystemExit(main())"


def command(*words: str) -> list[str]:
    """Words that run `explorer WORDS…` with this Python; start them with `environment()`."""
    return code(_MAIN, *words)


def code(text: str, *words: str) -> list[str]:
    """Words that run a piece of Python that may import this package; it finds `words` in `sys.argv[1:]`."""
    home = str(
        Path(explorer.__file__).absolute().parent.parent
    )  # a folder, or the archive that holds the package
    return [sys.executable, "-P", "-c", _LOAD + text, home, *words]


def environment() -> dict[str, str]:
    """Environment of children: safe path for their children too, UTF-8 on their pipes, nothing held back."""
    own = {
        **os.environ,
        "PYTHONSAFEPATH": "1",
        "PYTHONIOENCODING": "utf-8",
        "PYTHONUNBUFFERED": "1",
    }
    if paths := own.get("PYTHONPATH"):  # an empty part of it means the current folder
        own["PYTHONPATH"] = os.pathsep.join(part for part in paths.split(os.pathsep) if part)
    return own


def creation_flags() -> int:
    """`creationflags` for children: on Windows they open no console window; elsewhere there are none."""
    if sys.platform == "win32":
        return subprocess.CREATE_NO_WINDOW
    return 0
