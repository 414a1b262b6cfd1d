"""`explorer cards -o FILE`: the pictures of all blocks' cards on one sheet."""

from __future__ import annotations

import argparse
import sys

from explorer.blocks.block import Block
from explorer.blocks.registry import chapters, registry
from explorer.cli.trouble import Trouble
from explorer.graph.flow import Flow
from explorer.graph.resolve import Resolver


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which blocks, the look and the file."""
    parser.add_argument("block", nargs="*", help="ids of blocks; default: all")
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="a .png file")


def run(arguments: argparse.Namespace) -> int:
    """Write the sheet; blocks that cannot be shown are named, and make the command fail."""
    from explorer.engine.local import demonstrate
    from explorer.engine.state import RequestProblem
    from explorer.figures.card_sheet import Entry, draw_sheet
    from explorer.graph.catalogue import UnknownBlock

    try:
        blocks = [registry()[name] for name in arguments.block] or list(registry().blocks)
    except UnknownBlock as problem:
        raise Trouble(str(problem), 2) from None
    titles = {chapter.number: f"{chapter.number} {chapter.title}" for chapter in chapters()}
    entries, failed = [], 0
    for block in blocks:
        if block.id in ("input", "output"):
            continue
        picture, trouble = None, ""
        try:
            picture = demonstrate(block.id).picture
        except RequestProblem as problem:
            trouble, failed = str(problem), failed + 1
            print(f"{block.id}: {problem}", file=sys.stderr)
        chapter = titles.get(block.category, block.category)
        inner = _inside(block) if block.is_composite else None
        entries.append(Entry(block.title, block.icon, block.family, chapter, picture, trouble, inner))
    try:
        draw_sheet(entries, arguments.output, mode=arguments.theme)
    except OSError as problem:
        raise Trouble(f"{arguments.output} was not written: {problem.strerror or problem}.") from None
    return 1 if failed else 0


def _inside(kind: type[Block]) -> Flow | None:
    """What the composite holds on inputs that suit it."""
    from explorer.engine.demonstrations.examples import NoExample, suiting

    try:
        return Resolver(registry()).block(kind(), suiting(kind())).inner
    except NoExample:
        return None
