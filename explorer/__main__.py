"""`explorer [DESIGN]` opens the app; `explorer COMMAND …` runs a command without a window."""

from __future__ import annotations

import io
import sys


def main(arguments: list[str] | None = None) -> int:
    """Entry point of the `explorer` script; returns the exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    _speak_utf8()
    from explorer.cli.parser import COMMANDS, run

    if words and (words[0] in COMMANDS or words[0] in ("-h", "--help", "--version")):
        return run(words)
    return _open_window(words)


def _speak_utf8() -> None:
    """Say × and → into pipes and files too, where the system would use a code page of old that lacks them."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _open_window(words: list[str]) -> int:
    if len(words) > 1 and not words[0].startswith("-"):
        print(f"explorer: there is no command “{words[0]}”; see explorer --help.", file=sys.stderr)  # noqa: T201
        return 2
    from explorer.cli.display import WITHOUT, why_no_window

    if not {"-h", "--help"} & set(words) and (reason := why_no_window()):
        print(f"explorer: {reason}\n{WITHOUT}", file=sys.stderr)  # noqa: T201
        return 1
    from explorer.ui.start import main as open_app

    return open_app(words)


if __name__ == "__main__":
    raise SystemExit(main())
