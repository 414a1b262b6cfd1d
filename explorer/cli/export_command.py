"""`explorer export DESIGN --to python|safetensors|png|svg -o FILE`."""

from __future__ import annotations

import argparse
import sys

from explorer.cli import values
from explorer.cli.designs import add_design, open_design, runnable
from explorer.cli.trouble import Trouble
from explorer.graph.files import FileProblem, write_atomically

FORMATS = ("python", "safetensors", "png", "svg", "pdf")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The design, the format and the file."""
    add_design(parser)
    parser.add_argument("--to", choices=FORMATS, required=True)
    parser.add_argument("--theme", choices=("light", "dark"), default="light", help="for pictures")
    parser.add_argument(
        "--style",
        choices=("canvas", "boxes", "volumes"),
        default="canvas",
        help="of pictures: the canvas, or a figure as `explorer render` draws it",
    )
    parser.add_argument("--seed", type=values.seed, default=0, help="of the weights")
    parser.add_argument(
        "-o", "--output", metavar="FILE", required=True, help="the file; - is stdout (python only)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the file."""
    document = open_design(arguments)
    if arguments.to in ("png", "svg", "pdf"):
        from explorer.figures.picture import PictureProblem, render_file

        try:
            render_file(document, arguments.output, mode=arguments.theme, style=arguments.style)
        except PictureProblem as problem:
            raise Trouble(str(problem)) from None
        return 0
    flow = runnable(document)
    if arguments.to == "safetensors":
        from explorer.engine import weights
        from explorer.engine.compile import BuildProblem, compile_flow
        from explorer.engine.devices import choose

        try:
            compiled = compile_flow(flow, document.name, choose("cpu"), seed=arguments.seed)
            weights.save(compiled.module, arguments.output)
        except (BuildProblem, weights.WeightProblem) as problem:
            raise Trouble(str(problem)) from None
        return 0
    from explorer.engine.export.python import write_python

    text = write_python(flow, document.name)
    if arguments.output == "-":
        sys.stdout.write(text)
        return 0
    try:
        write_atomically(arguments.output, text.encode())
    except FileProblem as problem:
        raise Trouble(str(problem)) from None
    return 0
