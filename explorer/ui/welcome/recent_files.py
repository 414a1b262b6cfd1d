"""The last files as lines of the card: read late, and never trusted."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from explorer import resources, words
from explorer.architectures.figures import bars_of
from explorer.blocks.registry import registry
from explorer.graph import files
from explorer.graph.workspace import Workspace
from explorer.ui.designs import saving
from explorer.ui.welcome.record import OFFERED, Recent

SHOWN = 3
LARGEST = 400_000
"""Bytes of a file that is still looked into; of larger ones name and day are shown."""
DAY = 86_400


def recent(paths: Sequence[str], now: float) -> list[Recent]:
    """The last files, or starters where there are none."""
    if paths:
        return [_recent(path, now) for path in paths[:SHOWN]]
    return [_starter(str(resources.path("designs", file))) for file in OFFERED]


def day(then: float, now: float) -> str:
    """`today`, `yesterday`, the day of the week, or the date."""
    here, there = time.localtime(now), time.localtime(then)
    days = int((_midnight(here) - _midnight(there)) / DAY + 0.5)
    if days <= 0:
        return "today"
    if days == 1:
        return "yesterday"
    if days < 7:
        return time.strftime("%A", there)
    return time.strftime("%d %b" if there.tm_year == here.tm_year else "%d %b %Y", there).lstrip("0")


def _midnight(moment: time.struct_time) -> float:
    return time.mktime((moment.tm_year, moment.tm_mon, moment.tm_mday, 0, 0, 0, 0, 0, -1))


def _recent(path: str, now: float) -> Recent:
    name = words.file_name(path)
    try:
        facts = Path(path).stat()
    except OSError:
        return Recent(path, name, "moved or deleted · Find it", is_there=False)
    when = day(facts.st_mtime, now)
    if facts.st_size > LARGEST:
        return Recent(path, name, when)
    try:
        document = files.load(path)
    except files.FileProblem:
        return Recent(path, name, f"{when} · cannot be read")
    flow = Workspace(registry(), document).flow
    parts = [when]
    if flow.faults:
        parts.append(words.plural(len(flow.faults), "problem") + " left")
    weights, _ = saving.beside(document, path)
    if weights:
        parts.append("with weights" if Path(weights).is_file() else "its weights are missing")
    return Recent(path, name, " · ".join(parts), bars_of(flow))


def _starter(path: str) -> Recent:
    document = files.load(path)
    flow = Workspace(registry(), document).flow
    state = "trained" if document.settings.get("weights") else "to be trained"
    about = f"{words.count(flow.parameters)} parameters, {state}"
    return Recent(path, document.name, about, bars_of(flow))
