"""`explorer vectors FILE WORD`: the words that lie nearest, in a file of word vectors."""

from __future__ import annotations

import argparse
import json

from explorer import words
from explorer.cli import values
from explorer.cli.trouble import USAGE, Trouble
from explorer.text.vectors import MOST_WORDS, VectorProblem, Vectors, read_vectors


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file and the words."""
    parser.add_argument("file", metavar="FILE", help="vectors of words as text, such as glove.6B.50d.txt")
    parser.add_argument(
        "words",
        nargs="+",
        metavar="WORD",
        help="one word, or a sum: king -man +woman (begin it with -- where a word begins with -)",
    )
    parser.add_argument("--count", type=values.whole(1, 1_000), default=10, metavar="N", help="words listed")
    parser.add_argument(
        "--most",
        type=values.whole(1, MOST_WORDS),
        default=MOST_WORDS,
        metavar="N",
        help="words read of the file",
    )
    parser.add_argument("--json", action="store_true", help="one JSON value")


def run(arguments: argparse.Namespace) -> int:
    """Print a line for each word: the cosine of the angle, and the word."""
    try:
        vectors = read_vectors(arguments.file, arguments.most)
        found = nearest(vectors, arguments.words, arguments.count)
    except VectorProblem as problem:
        raise Trouble(str(problem)) from None
    if arguments.json:
        near = [{"word": word, "cosine": cosine} for word, cosine in found]
        print(json.dumps({"words": len(vectors.words), "width": vectors.values.shape[1], "near": near}))
        return 0
    print(f"{words.plural(len(vectors.words), 'word')} of {vectors.values.shape[1]} numbers")
    for word, cosine in found:
        print(f"{cosine:6.3f}  {word}")
    return 0


def nearest(vectors: Vectors, terms: list[str], count: int) -> list[tuple[str, float]]:
    """Words near a sum of words, each with + or − before it; the words of the sum are left out."""
    signed = [
        (-1.0, term[1:]) if term[0] in "-−" else (1.0, term.removeprefix("+")) for term in terms if term
    ]
    if not signed or not all(term for _, term in signed):
        raise Trouble("Name a word, or a sum such as king -man +woman.", USAGE)
    total = sum(sign * vectors.of(term) for sign, term in signed)
    return vectors.near(total, count, tuple(term for _, term in signed))  # type: ignore[arg-type]
