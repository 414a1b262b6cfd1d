"""`explorer generate DESIGN --prompt TEXT`: what a network writes behind a text, token by token."""

from __future__ import annotations

import argparse
import json
import sys

from explorer.cli import texts, values
from explorer.cli.designs import add_design, open_design, runnable
from explorer.cli.trouble import Trouble
from explorer.meaning.texts import NO_TEXT, writer_of
from explorer.protocol import events, requests
from explorer.protocol.records import Sample

MOST = 10_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The design, the beginning and how it is drawn."""
    add_design(parser)
    parser.add_argument("--prompt", default=None, metavar="TEXT", help="default: the example of the network")
    parser.add_argument("--tokens", type=values.whole(1, MOST), default=200, metavar="N", help="at most")
    texts.add_drawing(parser)
    parser.add_argument(
        "--weights", default="", metavar="FILE", help="safetensors; default: the shipped ones"
    )
    parser.add_argument("--json", action="store_true", help="one JSON value, with how likely each token was")


def run(arguments: argparse.Namespace) -> int:
    """Write the text to stdout while it comes."""
    document = open_design(arguments)
    writer = writer_of(runnable(document))
    if writer is None:
        raise Trouble(NO_TEXT)
    if writer.source:
        raise Trouble(f"{document.name} translates: explorer translate {arguments.design} “TEXT”.")
    drawing = texts.drawing_of(arguments)
    from explorer.engine.local import LocalEngine  # now that torch is needed
    from explorer.engine.state import RequestProblem

    prompt = writer.vocabulary.example if arguments.prompt is None else arguments.prompt

    def show(event: events.Event) -> None:
        if isinstance(event, events.Wrote) and not arguments.json:
            sys.stdout.write("".join(piece.text for piece in event.pieces))
            sys.stdout.flush()

    try:
        engine = LocalEngine(document, weights=arguments.weights)
        texts.warn(engine.weight_problems, has_weights=engine.has_weights)
        if not arguments.json:
            sys.stdout.write(prompt)
        request = requests.Write(sample=Sample(text=prompt), count=arguments.tokens, drawing=drawing)
        written = engine.ask(request, show)
    except RequestProblem as problem:
        raise Trouble(str(problem)) from None
    assert isinstance(written, events.Written)
    if arguments.json:
        tokens = [{"text": piece.text, "probability": piece.probability} for piece in written.pieces]
        print(json.dumps({"prompt": prompt, "text": written.text, "ended": written.why, "tokens": tokens}))
    else:
        sys.stdout.write("\n")
    return 0
