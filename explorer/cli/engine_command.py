"""`explorer engine`: serve one program on stdin and stdout."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments: everything comes over the wire."""


def run(arguments: argparse.Namespace) -> int:
    """Serve until the other side ends."""
    from explorer.engine.server import main

    return main()
