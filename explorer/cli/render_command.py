"""`explorer render DESIGN -o FILE`: the canvas as a picture, without a display."""

from __future__ import annotations

import argparse

from explorer.cli.designs import add_design, open_design
from explorer.cli.trouble import Trouble


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The design, the look and the file."""
    add_design(parser)
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument(
        "--width", type=int, metavar="PIXELS", help="of a png; default: two pixels a canvas unit"
    )
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help=".png, .svg or .pdf")


def run(arguments: argparse.Namespace) -> int:
    """Write the picture."""
    document = open_design(arguments)
    from explorer.ui.picture import PictureProblem, render_file

    try:
        render_file(document, arguments.output, mode=arguments.theme, width=arguments.width)
    except PictureProblem as problem:
        raise Trouble(str(problem)) from None
    return 0
