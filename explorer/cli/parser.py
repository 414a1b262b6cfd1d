"""The table of commands and the parser made from it."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from explorer import __version__
from explorer.cli.trouble import PROBLEMS, Trouble

MOST_WORDS = 300

COMMANDS = {
    "list": "blocks, architectures or data sets that there are",
    "check": "problems of a design",
    "summary": "shapes, parameters and cost of every layer",
    "diff": "what differs between two designs",
    "export": "write a design as Python source, weights or a picture",
    "train": "train a design on a data set",
    "inspect": "feature maps, filters, attention, attribution or statistics as a picture",
    "generate": "what a network writes behind a text",
    "translate": "what a network answers in its other language",
    "vectors": "words that lie near each other, in a file of word vectors",
    "render": "the canvas, or a figure for a slide, as a picture",
    "weights": "published weights of a network: list, fetch, write for the design",
    "block": "your own blocks: list, add, remove, trust a Python file",
    "cards": "what every block does, as pictures on one sheet",
    "engine": "the engine on stdin and stdout (the app starts it)",
    "doctor": "versions, devices and what is missing",
}
"""Each is a module of this package called `NAME_command` with `add_arguments` and `run`."""


def run(words: Sequence[str]) -> int:
    """Run one command; returns 0 done, 1 the design or data have problems, 2 wrong usage."""
    return guarded(lambda: _run(words))


def _run(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="explorer", description="Architecture Explorer")
    parser.add_argument("--version", action="version", version=f"explorer {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    chosen = words[0] if words and words[0] in COMMANDS else None
    for name, about in COMMANDS.items():
        sub = commands.add_parser(name, help=about, description=about[0].upper() + about[1:] + ".")
        if name == chosen:
            importlib.import_module(f"explorer.cli.{name}_command").add_arguments(sub)
    try:
        arguments = parser.parse_args(words)
    except SystemExit as end:
        return int(end.code or 0)
    code: int = importlib.import_module(f"explorer.cli.{arguments.command}_command").run(arguments)
    return code


def guarded(command: Callable[[], int]) -> int:
    """Run a command; whatever goes wrong is said in words, never as a traceback.

    Returns:
        The command's own exit code; 1 with words when design, data or machine have problems; 130 when the
        user broke off. A fault of the program itself is said as one, with the place in the source; with
        EXPLORER_TRACEBACK set the traceback follows.

    """
    try:
        return command()
    except Trouble as trouble:
        return _said(str(trouble), trouble.code)
    except BrokenPipeError:
        _leave_the_pipe()
        return 0
    except KeyboardInterrupt:
        return 130
    except MemoryError as problem:
        return _said(f"There is not enough memory for this. {problem}".strip())
    except OSError as problem:
        where = f"{problem.filename}: " if problem.filename else ""
        return _said(f"{where}{problem.strerror or problem}.")
    except RecursionError as problem:
        return _said(f"The design is nested too deeply. {_place_of(problem)}")
    except Exception as problem:
        if "allocate memory" in str(problem) or type(problem).__name__ == "OutOfMemoryError":
            return _said("There is not enough memory for this. Make the input or the batch smaller.")
        if os.environ.get("EXPLORER_TRACEBACK"):
            traceback.print_exc()
        words = " ".join(str(problem).split())[:MOST_WORDS] or "no words"
        return _said(f"This should not have happened: {type(problem).__name__}, {words} {_place_of(problem)}")


def _said(words: str, code: int = PROBLEMS) -> int:
    print(f"explorer: {words}", file=sys.stderr)
    return code


def _place_of(problem: BaseException) -> str:
    """Where in this program an exception arose, with what to do about it."""
    frames = [frame for frame in traceback.extract_tb(problem.__traceback__) if "explorer" in frame.filename]
    at = f"({Path(frames[-1].filename).name}, line {frames[-1].lineno}) " if frames else ""
    return f"{at}Please report it; EXPLORER_TRACEBACK=1 shows more."


def _leave_the_pipe() -> None:
    """Nobody reads any more: let the interpreter flush into nothing when it ends."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        return
