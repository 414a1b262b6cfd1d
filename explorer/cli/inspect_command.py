"""`explorer inspect DESIGN --view …`: what the app's panels show, as a picture or as arrays."""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path

import numpy as np

from explorer.atomic import replace_file
from explorer.cli import pictures, values
from explorer.cli.designs import add_design, open_design, runnable
from explorer.cli.inspect_views import VIEWS, Look
from explorer.cli.trouble import USAGE, Trouble
from explorer.engine.local import LocalEngine
from explorer.engine.state import RequestProblem
from explorer.meaning import targets
from explorer.protocol.records import Sample

MOST_PROBLEMS = 12
MOST_STEPS = 10_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The design, the view, the sample and the file."""
    add_design(parser)
    parser.add_argument(
        "--at", default="", metavar="ADDRESS", help="the layer, e.g. conv1 or stage2.block1.conv1"
    )
    parser.add_argument("--view", choices=sorted(VIEWS), required=True)
    parser.add_argument("--image", metavar="FILE", help="a picture to look at")
    parser.add_argument("--data", metavar="ID", help="data set the sample is from; default: the design's own")
    parser.add_argument(
        "--sample", type=values.whole(0, 10**9), default=0, metavar="N", help="number of the sample"
    )
    parser.add_argument(
        "--weights", default="", metavar="FILE", help="safetensors; default: the shipped ones, if any"
    )
    parser.add_argument("--method", default="integrated_gradients", help="for attribution")
    parser.add_argument(
        "--target",
        metavar="WHAT",
        help="what attribution explains: a class or unit (7), at a place (7@3,4), in a region (7@0:8,4:12), "
        "a step (@3), sum, or one of an output or layer (conv3/7); default: the strongest class, or the sum",
    )
    parser.add_argument(
        "--steps",
        type=values.whole(1, MOST_STEPS),
        default=50,
        metavar="N",
        help="of integrated gradients; more miss less",
    )
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help=".png, .svg or .npz")


def run(arguments: argparse.Namespace) -> int:
    """Write the file, and say what is known beside it."""
    suffix = Path(arguments.output).suffix.lower()
    if suffix not in (".png", ".svg", ".npz"):
        raise Trouble(f"Write to a .png, .svg or .npz file, not “{arguments.output}”.", USAGE)
    document = open_design(arguments)
    runnable(document)
    dataset = arguments.data or str(document.settings.get("dataset", ""))
    sample = (
        Sample(path=arguments.image) if arguments.image else Sample(dataset=dataset, index=arguments.sample)
    )
    try:
        arguments.target = targets.parse(arguments.target) if arguments.target else None
        engine = LocalEngine(document, weights=arguments.weights)
        _warn(engine)
        if arguments.at:
            arguments.at = full_address(engine, arguments.at)
        look = VIEWS[arguments.view](engine, arguments, sample)
    except targets.TargetProblem as problem:
        raise Trouble(str(problem), USAGE) from None
    except RequestProblem as problem:
        raise Trouble(str(problem)) from None
    try:
        write(look, arguments.output, suffix)
    except OSError as problem:
        raise Trouble(f"{arguments.output} was not written: {problem.strerror}.") from None
    for line in look.facts:
        print(line)
    return 0


def write(look: Look, file: str, suffix: str) -> None:
    """Write the arrays or the picture of a view; raises `OSError`."""
    if suffix == ".npz":
        data = io.BytesIO()
        np.savez_compressed(data, allow_pickle=False, **look.arrays)
        replace_file(file, data.getvalue())
    else:
        pictures.save(look.picture, file)


def _warn(engine: LocalEngine) -> None:
    """Say on stderr which weights did not fit, and that there are none."""
    problems = engine.weight_problems
    for line in problems[:MOST_PROBLEMS]:
        print(f"explorer: weights: {line}", file=sys.stderr)
    if len(problems) > MOST_PROBLEMS:
        print(f"explorer: weights: and {len(problems) - MOST_PROBLEMS:,} more tensors.", file=sys.stderr)


def full_address(engine: LocalEngine, wanted: str) -> str:
    """The address itself, or the one that ends with it when only one does."""
    known = [address for address, _ in engine.flow.walk(depth=64)]
    if wanted in known:
        return wanted
    found = [address for address in known if address.endswith(f".{wanted}")]
    if len(found) == 1:
        return found[0]
    if found:
        raise Trouble(f"“{wanted}” could be {', '.join(found[:5])}.", USAGE)
    raise Trouble(f"There is no layer “{wanted[:80]}”; there is {', '.join(known[:12])} …", USAGE)
