"""`explorer inspect DESIGN --view …`: what the app's panels show, as a picture or as arrays."""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import psutil

from explorer.atomic import replace_file
from explorer.cli import pictures, values
from explorer.cli.designs import add_design, open_design, runnable
from explorer.cli.texts import with_texts
from explorer.cli.trouble import USAGE, Trouble
from explorer.graph.flow import Flow
from explorer.meaning import heavy, targets
from explorer.meaning.exposing import NO_ATTENTION, exposing
from explorer.protocol.records import Sample

if TYPE_CHECKING:
    from explorer.cli.inspect_views import Look
    from explorer.engine.local import LocalEngine

OF_ONE_LAYER = ("arithmetic", "features", "filters")
VIEWS = ("arithmetic", "attention", "attribution", "features", "filters", "statistics", "time")
MOST_PROBLEMS = 12
MOST_STEPS = 10_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The design, the view, the sample and the file."""
    add_design(parser)
    parser.add_argument(
        "--at", default="", metavar="ADDRESS", help="the layer, e.g. conv1 or stage2.block1.conv1"
    )
    parser.add_argument("--view", choices=VIEWS, required=True)
    parser.add_argument("--image", metavar="FILE", help="a picture to look at")
    parser.add_argument(
        "--text",
        action="append",
        default=[],
        metavar="TEXT",
        help="a text to look at; NAME=TEXT for the input of that name, once each",
    )
    parser.add_argument("--data", metavar="ID", help="data set the sample is from; default: the design's own")
    parser.add_argument(
        "--sample", type=values.whole(0, 10**9), default=0, metavar="N", help="number of the sample"
    )
    parser.add_argument(
        "--weights", default="", metavar="FILE", help="safetensors; default: the shipped ones, if any"
    )
    parser.add_argument(
        "--place",
        type=values.place,
        default=(),
        metavar="C,H,W",
        help="for arithmetic: which value of the layer, counted from 0; default: the largest",
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
    parser.add_argument("--anyway", action="store_true", help="compute what takes very long, too")
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help=".png, .svg or .npz")


def run(arguments: argparse.Namespace) -> int:
    """Write the file, and say what is known beside it."""
    suffix = Path(arguments.output).suffix.lower()
    if suffix not in (".png", ".svg", ".npz"):
        raise Trouble(f"Write to a .png, .svg or .npz file, not “{arguments.output}”.", USAGE)
    document = open_design(arguments)
    flow = runnable(document)
    dataset = arguments.data or str(document.settings.get("dataset", ""))
    sample = (
        Sample(path=arguments.image) if arguments.image else Sample(dataset=dataset, index=arguments.sample)
    )
    sample = with_texts(sample, arguments.text, flow)
    try:
        arguments.target = targets.parse(arguments.target) if arguments.target else None
        if arguments.at:
            arguments.at = full_address(flow, arguments.at)
        refuse(flow, arguments)
    except targets.TargetProblem as problem:
        raise Trouble(str(problem), USAGE) from None
    from explorer.cli.inspect_views import VIEWS as ASKED
    from explorer.engine.local import LocalEngine  # now that torch is needed
    from explorer.engine.state import RequestProblem

    try:
        engine = LocalEngine(document, weights=arguments.weights)
        _warn(engine)
        look = ASKED[arguments.view](engine, arguments, sample)
    except RequestProblem as problem:
        raise Trouble(str(problem)) from None
    try:
        write(look, arguments.output, suffix)
    except OSError as problem:
        raise Trouble(f"{arguments.output} was not written: {problem.strerror}.") from None
    for line in look.facts:
        print(line)
    return 0


def refuse(flow: Flow, arguments: argparse.Namespace) -> None:
    """Raise `Trouble` before torch is loaded: nothing to look at, more than there is, or a very long wait."""
    if arguments.view in OF_ONE_LAYER and not arguments.at:
        raise Trouble(f"Say which layer: --at ADDRESS, {_such_as(flow, arguments.view)}.", USAGE)
    if arguments.view == "filters":  # weights are only read
        if not flow.at(arguments.at).parameters:
            raise Trouble(f"{arguments.at} has no weights.")
        return
    free = int(psutil.virtual_memory().available)
    passes = 1
    attention = exposing(flow, "attention") if arguments.view == "attention" else []
    if arguments.view == "attention" and not attention:
        raise Trouble(NO_ATTENTION)
    try:
        heavy.refuse_large_inputs(flow, free)
        heavy.refuse_large_attention(attention)
        if arguments.view == "attribution":
            heavy.refuse_large_gradients(flow, free)
            passes = heavy.passes_of(arguments.method, arguments.steps)
    except heavy.TooHeavy as problem:
        raise Trouble(str(problem)) from None
    try:
        if not arguments.anyway:
            heavy.refuse_long_wait(flow, passes)
    except heavy.TooHeavy as problem:
        raise Trouble(f"{problem}, or add --anyway and wait.") from None


def _such_as(flow: Flow, view: str) -> str:
    """Some layers that the view can show, for an error message."""
    layers = [address for address, node in flow.walk() if node.parameters or view != "filters"]
    return f"such as {' or '.join(layers[:2])}" if layers else "but no layer here has weights"


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


def full_address(flow: Flow, wanted: str) -> str:
    """The address itself, or the one that ends with it when only one does."""
    known = [address for address, _ in flow.walk(depth=64)]
    if wanted in known:
        return wanted
    found = [address for address in known if address.endswith(f".{wanted}")]
    if len(found) == 1:
        return found[0]
    if found:
        raise Trouble(f"“{wanted}” could be {', '.join(found[:5])}.", USAGE)
    raise Trouble(f"There is no layer “{wanted[:80]}”; there is {', '.join(known[:12])} …", USAGE)
