"""`explorer export DESIGN --to python|safetensors|pt2|onnx|torchscript|png|svg|pdf -o FILE`."""

from __future__ import annotations

import argparse
import sys

from explorer.cli import values
from explorer.cli.designs import add_design, open_design, options_of, resolver, runnable
from explorer.cli.trouble import Trouble
from explorer.graph.document import Document
from explorer.graph.files import FileProblem, write_atomically
from explorer.graph.flow import Flow

FORMATS = ("python", "safetensors", "pt2", "onnx", "torchscript", "png", "svg", "pdf")


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
    parser.add_argument("--weights", metavar="FILE", help="safetensors of the design, instead of new weights")
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
    if arguments.to == "python":
        return _python(arguments, document, flow)
    return _with_weights(arguments, document, flow)


def _python(arguments: argparse.Namespace, document: Document, flow: Flow) -> int:
    from explorer.engine.export.design import study

    text = study(document, flow, resolver(), options_of(arguments)).source
    if arguments.output == "-":
        sys.stdout.write(text)
        return 0
    try:
        write_atomically(arguments.output, text.encode())
    except FileProblem as problem:
        raise Trouble(str(problem)) from None
    return 0


def _with_weights(arguments: argparse.Namespace, document: Document, flow: Flow) -> int:
    from explorer.engine import weights
    from explorer.engine.compile import BuildProblem, compile_flow
    from explorer.engine.devices import choose
    from explorer.engine.export.design import study
    from explorer.engine.export.formats import ExportProblem

    try:
        compiled = compile_flow(flow, document.name, choose("cpu"), seed=arguments.seed)
        if arguments.weights:
            _, rest = weights.load(compiled.module, arguments.weights)
            if rest:
                raise Trouble(f"{arguments.weights} does not fit {document.name}: {'; '.join(rest[:5])}")
        if arguments.to == "safetensors":
            weights.save(compiled.module, arguments.output)
            return 0
        written = study(document, flow, resolver(), options_of(arguments)).written(compiled, arguments.to)
        write_atomically(arguments.output, written.content)
    except (BuildProblem, weights.WeightProblem, ExportProblem, FileProblem) as problem:
        raise Trouble(str(problem)) from None
    print(f"{arguments.output}: {written.note}.", file=sys.stderr)
    return 0
