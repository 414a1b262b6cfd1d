"""`explorer engine`: serve one program on stdin and stdout."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything else comes over the wire."""
    parser.add_argument("--program", type=int, metavar="PID", help="process with which the engine ends")


def run(arguments: argparse.Namespace) -> int:
    """Serve until the other side ends."""
    from explorer.engine.lifeline import Lifeline
    from explorer.engine.streams import own_streams

    source, sink = own_streams()
    lifeline = Lifeline(source.fileno(), arguments.program)
    lifeline.start()  # torch takes its time to load; the program may be gone before it is there

    from explorer.engine.server import main

    return main(source, sink, lifeline)
