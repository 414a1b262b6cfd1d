"""`explorer render DESIGN -o FILE`: the canvas or a figure for a slide as a picture, without a display."""

from __future__ import annotations

import argparse

from explorer.cli.designs import add_design, open_design
from explorer.cli.trouble import USAGE, Trouble

STYLES = ("canvas", "boxes", "volumes")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The design, the look and the file."""
    add_design(parser)
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument(
        "--style",
        choices=STYLES,
        default="canvas",
        help="the canvas as it is; a figure of labelled boxes; or feature maps as volumes to scale",
    )
    parser.add_argument(
        "--direction", choices=("right", "down"), help="in which way a figure runs (default: right)"
    )
    parser.add_argument(
        "--depth", type=int, metavar="N", help="levels of groups that boxes show; default: what a slide holds"
    )
    parser.add_argument("--width", type=int, metavar="PIXELS", help="of a png; default: two pixels a unit")
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help=".png, .svg or .pdf")


def run(arguments: argparse.Namespace) -> int:
    """Write the picture."""
    _refuse_what_does_not_fit(arguments)
    document = open_design(arguments)
    from explorer.figures.picture import PictureProblem, render_file

    try:
        render_file(
            document,
            arguments.output,
            mode=arguments.theme,
            width=arguments.width,
            style=arguments.style,
            direction=arguments.direction or "right",
            depth=arguments.depth,
        )
    except PictureProblem as problem:
        raise Trouble(str(problem)) from None
    return 0


def _refuse_what_does_not_fit(arguments: argparse.Namespace) -> None:
    """An option that would change nothing is a misunderstanding."""
    if arguments.width is not None and arguments.width < 1:
        raise Trouble(f"A picture is at least 1 pixel wide, not {arguments.width}.", USAGE)
    if arguments.depth is not None and arguments.depth < 1:
        raise Trouble(f"A figure shows at least 1 level, not {arguments.depth}.", USAGE)
    if arguments.direction and arguments.style == "canvas":
        raise Trouble("The canvas lies as it was drawn; --direction goes with boxes and volumes.", USAGE)
    if arguments.depth is not None and arguments.style != "boxes":
        raise Trouble("--depth says how far boxes open groups; it goes with --style boxes.", USAGE)
