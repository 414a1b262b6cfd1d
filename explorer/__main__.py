"""`explorer [DESIGN]` opens the app; `explorer COMMAND …` runs a command without a window."""

from __future__ import annotations

import io
import os
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
    if words and not words[0].startswith("-") and (len(words) > 1 or not _is_design(words[0])):
        print(f"explorer: {_unknown(words[0], alone=len(words) == 1)}", file=sys.stderr)  # noqa: T201
        return 2
    from explorer.cli.display import WITHOUT, why_no_window

    if not {"-h", "--help"} & set(words) and (reason := why_no_window()):
        print(f"explorer: {reason}\n{WITHOUT}", file=sys.stderr)  # noqa: T201
        return 1
    from explorer.ui.start import main as open_app

    return open_app(words)


def _is_design(word: str) -> bool:
    """Whether a word may be meant as a design: a file, a name of one, or an id of the gallery."""
    if os.path.exists(word) or word.endswith(".json") or os.sep in word:
        return True
    from explorer.architectures.gallery import gallery

    return word in gallery()


def _unknown(word: str, *, alone: bool) -> str:
    """Say that there is no such command (or design), with the one that was probably meant."""
    import difflib

    from explorer.cli.parser import COMMANDS

    word = word[:60]
    known = list(COMMANDS)
    if alone:
        from explorer.architectures.gallery import gallery

        known += gallery()
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    hint = f"Did you mean {close[0]}?" if close else "See explorer --help."
    designs = ", no design and no file" if alone else ""
    return f"there is no command{designs} “{word}”. {hint}"


if __name__ == "__main__":
    raise SystemExit(main())
