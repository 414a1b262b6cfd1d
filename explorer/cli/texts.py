"""Words of a command as samples of a design's inputs, and how a text is drawn."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Sequence

from explorer.cli import values
from explorer.cli.trouble import USAGE, Trouble
from explorer.graph.flow import Flow
from explorer.meaning.texts import first_text, text_inputs
from explorer.protocol.records import Drawing, Sample
from explorer.text.drawing import HOTTEST

MOST_PROBLEMS = 6


def add_drawing(parser: argparse.ArgumentParser) -> None:
    """Temperature, top-k, top-p and seed."""
    parser.add_argument(
        "--temperature", type=_number(0, HOTTEST), default=0.8, help="0 takes the likeliest each time"
    )
    parser.add_argument(
        "--top-k", type=values.whole(0, 10**6), default=0, metavar="K", help="only the K likeliest; 0 for all"
    )
    parser.add_argument(
        "--top-p",
        type=_number(0, 1),
        default=1.0,
        metavar="P",
        help="only the likeliest that reach P together",
    )
    parser.add_argument("--seed", type=values.seed, default=0, help="the same seed writes the same")


def drawing_of(arguments: argparse.Namespace) -> Drawing:
    """The settings of the draw."""
    if arguments.top_p == 0:
        raise Trouble("--top-p is a share above 0; 1 keeps all tokens.", USAGE)
    return Drawing(arguments.temperature, arguments.top_k, arguments.top_p, arguments.seed)


def with_texts(sample: Sample, texts: Sequence[str], flow: Flow) -> Sample:
    """A sample with `TEXT` for the first text input and `NAME=TEXT` for the one of that name.

    Raises:
        Trouble: the design reads no texts, or a text is given twice.

    """
    known = text_inputs(flow)
    if texts and not known:
        names = ", ".join(flow.inputs) or "none"
        raise Trouble(
            f"This design reads no text: no input ({names}) has a vocabulary. Set one at the input: bytes "
            "takes any text.",
            USAGE,
        )
    more: dict[str, Sample] = {}
    for given in texts:
        name, equals, text = given.partition("=")
        if not (equals and name in known):
            name, text = first_text(flow), given
        if name in more:
            raise Trouble(f"{name} got two texts; write the other as NAME=TEXT ({', '.join(known)}).", USAGE)
        more[name] = Sample(text=text)
    return Sample(sample.dataset, sample.index, sample.path, sample.values, sample.text, more)


def warn(problems: Sequence[str], *, has_weights: bool) -> None:
    """Say on stderr that what is written comes from weights that were never trained, or do not fit whole."""
    for line in problems[:MOST_PROBLEMS]:
        print(f"explorer: weights: {line}", file=sys.stderr)
    if not has_weights:
        print(
            "explorer: This design has no trained weights; what it writes means nothing yet.", file=sys.stderr
        )


def _number(low: float, high: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"a number is wanted, not “{text[:40]}”") from None
        if not (math.isfinite(value) and low <= value <= high):
            raise argparse.ArgumentTypeError(f"a number from {low:g} to {high:g}, not {text[:40]}")
        return value

    return read
