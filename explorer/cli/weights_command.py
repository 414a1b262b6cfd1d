"""`explorer weights [ID] [--list] [--from ADDRESS|FILE] [-o FILE]`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from explorer.architectures.gallery import UnknownArchitecture, find
from explorer.cli.trouble import USAGE, Trouble
from explorer.client.weights.cache import is_here, obtain
from explorer.client.weights.download import DownloadProblem, GivenUp
from explorer.client.weights.publishers import Published, elsewhere, published, table


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The network, where its weights come from and where they go."""
    parser.add_argument("id", metavar="ID", nargs="?", default="", help="an architecture of the gallery")
    parser.add_argument("--list", action="store_true", help="what is published, without fetching anything")
    parser.add_argument("--json", action="store_true", help="with --list: one JSON value")
    parser.add_argument(
        "--from",
        dest="source",
        metavar="SOURCE",
        default="",
        help="an address (https), a file on disk, or a file name of --list; default: the last one listed",
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        default="",
        help="write the weights under the names of the design, as safetensors; default: only fetch",
    )


def run(arguments: argparse.Namespace) -> int:
    """List, or fetch and print where the file is, or write it for the design."""
    if arguments.list:
        _list(arguments)
        return 0
    if not arguments.id:
        raise Trouble("Whose weights? Name an architecture, or ask for --list.", USAGE)
    _known(arguments.id)
    file = _fetch(arguments.id, arguments.source)
    if arguments.output:
        _convert(arguments.id, file, arguments.output)
    else:
        print(file)
    return 0


def _known(id: str) -> None:
    try:
        find(id)
    except UnknownArchitecture as problem:
        raise Trouble(str(problem), USAGE) from None


def _list(arguments: argparse.Namespace) -> None:
    if arguments.id:
        _known(arguments.id)
    found = published(arguments.id) if arguments.id else [w for entries in table().values() for w in entries]
    if arguments.json:
        print(json.dumps([_row(weights) for weights in found], ensure_ascii=False))
        return
    for weights in found:
        here = "  fetched" if is_here(weights) else ""
        print(
            f"{weights.id:<26}  {weights.file:<44}  {weights.mebibytes:>6.0f} MiB  "
            f"{weights.dataset}, {weights.figure}{here}"
        )


def _row(weights: Published) -> dict[str, str | float | bool]:
    return {
        "id": weights.id,
        "title": weights.file,
        "category": weights.dataset,
        "figure": weights.figure,
        "input": weights.input,
        "licence": weights.licence,
        "mebibytes": weights.mebibytes,
        "address": weights.address,
        "sha256": weights.sha256,
        "fetched": is_here(weights),
    }


def _fetch(id: str, source: str) -> Path:
    """Path of the file that is meant, fetched where it is not here."""
    known = {weights.file: weights for weights in published(id)}
    if source and "://" not in source and source not in known:
        return Path(source)
    weights = known[source] if source in known else elsewhere(id, source) if source else None
    weights = weights or next(reversed(known.values()), None)
    if weights is None:
        raise Trouble(
            f"No published weights are known for {id}. Name some with --from, an address or a file; "
            "`explorer weights --list` shows what is known."
        )
    if weights.input:
        print(f"{weights.dataset}, {weights.figure}. Inputs: {weights.input}.", file=sys.stderr)
    try:
        return obtain(weights, _Meter(weights.file))
    except DownloadProblem as problem:
        hint = " Take a file that you have with --from FILE." if problem.unreachable else ""
        raise Trouble(f"{problem}{hint}") from None
    except GivenUp:
        raise KeyboardInterrupt from None


class _Meter:
    """Says on stderr how far a download is, at every tenth."""

    def __init__(self, file: str) -> None:
        self._file, self._said = file, -1

    def __call__(self, done: int, total: int | None) -> bool:
        tenth = done * 10 // total if total else done >> 24
        if tenth > self._said:
            self._said = tenth
            of = f" of {total / 2**20:.1f}" if total else ""
            print(f"{self._file}: {done / 2**20:.1f}{of} MiB", file=sys.stderr)
        return True


def _convert(id: str, file: Path, output: str) -> None:
    """Load a file into the network and write what it then holds."""
    from explorer.cli.designs import runnable
    from explorer.engine import published as files
    from explorer.engine import weights
    from explorer.engine.compile import BuildProblem, compile_flow
    from explorer.engine.devices import choose

    if not output.endswith(".safetensors"):
        raise Trouble(f"Weights are written as .safetensors, not as {Path(output).name}.", USAGE)
    flow = runnable(find(id).build())
    try:
        compiled = compile_flow(flow, id, choose("cpu"))
        report = files.load(compiled.module, compiled.flow, file)
        weights.save(compiled.module, output)
    except files.Misfit as problem:
        raise Trouble("\n  ".join((str(problem), *problem.report.told))) from None
    except (BuildProblem, weights.WeightProblem) as problem:
        raise Trouble(str(problem)) from None
    print(f"{len(report.matched):,} tensors by {report.how}.", file=sys.stderr)
    for sentence in report.told:
        print(sentence, file=sys.stderr)
