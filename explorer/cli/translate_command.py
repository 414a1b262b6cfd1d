"""`explorer translate DESIGN TEXT`: what a network answers in its other language."""

from __future__ import annotations

import argparse
import json

from explorer.cli import texts
from explorer.cli.designs import add_design, open_design, runnable
from explorer.cli.trouble import Trouble
from explorer.meaning.texts import writer_of
from explorer.protocol import events, requests
from explorer.protocol.records import Drawing, Sample

MOST = 10_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The design and the text."""
    add_design(parser)
    parser.add_argument("text", metavar="TEXT", help="a sentence of the language it reads")
    parser.add_argument(
        "--weights", default="", metavar="FILE", help="safetensors; default: the shipped ones"
    )
    parser.add_argument("--json", action="store_true", help="one JSON value, with how likely each token was")


def run(arguments: argparse.Namespace) -> int:
    """Print the translation, made of the likeliest tokens."""
    document = open_design(arguments)
    writer = writer_of(runnable(document))
    if writer is None or not writer.source:
        raise Trouble(
            f"{document.name} does not translate: it has no input of one text and output of another. "
            "dates_bahdanau and french_bahdanau do."
        )
    from explorer.engine.local import LocalEngine  # now that torch is needed
    from explorer.engine.state import RequestProblem

    try:
        engine = LocalEngine(document, weights=arguments.weights)
        texts.warn(engine.weight_problems, has_weights=engine.has_weights)
        sample = Sample(text=arguments.text)
        written = engine.ask(requests.Write(sample=sample, count=MOST, drawing=Drawing(temperature=0)))
    except RequestProblem as problem:
        raise Trouble(str(problem)) from None
    assert isinstance(written, events.Written)
    if arguments.json:
        tokens = [{"text": piece.text, "probability": piece.probability} for piece in written.pieces]
        found = {"source": arguments.text, "text": written.text, "ended": written.why, "tokens": tokens}
        print(json.dumps(found, ensure_ascii=False))
    else:
        print(written.text)
    return 0
