"""Renew the summaries that tests compare with: `make golden`; `python tools/golden.py ID …` keeps others too.

Look at what changed (`git diff tests/golden`) before it is committed: every line is read by somebody.
"""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stdout
from pathlib import Path

from explorer.cli.parser import run

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "golden" / "summaries"


def summary(name: str) -> str:
    """Return what `explorer summary NAME` prints."""
    printed = io.StringIO()
    with redirect_stdout(printed):
        if run(["summary", name]):
            raise SystemExit(f"{name} has problems:\n{printed.getvalue()}")
    return printed.getvalue()


def main() -> None:
    """Write the summaries that are kept already, and those of further ids."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in sorted({path.stem for path in FOLDER.glob("*.txt")} | set(sys.argv[1:])):
        (FOLDER / f"{name}.txt").write_text(summary(name))


if __name__ == "__main__":
    main()
