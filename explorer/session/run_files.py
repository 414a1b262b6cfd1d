"""The run list of a design as a file: curves and settings come back when the design is opened again."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from explorer.atomic import replace_file
from explorer.folders import state_folder
from explorer.protocol.records import TrainSettings
from explorer.session.run_log import Epoch, Flag, RunLog, Series
from explorer.session.runs import KEPT, Runs

MOST_FILES = 60
"""Designs whose run lists are kept; the ones longest unused go first."""
MOST_BYTES = 32 << 20
"""A larger file is neither read nor written: about a million steps of loss and one metric for four runs."""

Array = np.ndarray[Any, np.dtype[Any]]


class _Epoch(msgspec.Struct, array_like=True):
    step: int
    loss: float
    metrics: dict[str, float]


class _Run(msgspec.Struct, omit_defaults=True):
    """One `RunLog`; a series is float32, little end first."""

    run: str
    number: int
    settings: TrainSettings
    series: dict[str, bytes]
    validation: list[_Epoch]
    flags: list[tuple[int, str]]
    epochs: int
    steps_per_epoch: int
    first: int
    design: str = ""
    digest: str = ""
    title: str = ""
    is_hidden: bool = False


class RunList(msgspec.Struct):
    """What is kept of the runs of one design.

    Attributes:
        runs: the last ones. chosen: number of the marked one. settings: those of the next run.

    """

    runs: list[_Run]
    chosen: int
    settings: TrainSettings

    def logs(self) -> list[RunLog]:
        """The runs as they are drawn; none of them goes on any more."""
        return [_log_of(run) for run in self.runs[-KEPT:]]


def run_lists() -> Path:
    """Where the run lists of named designs lie."""
    return state_folder() / "run_lists"


def path_of(word: str) -> Path:
    """The file for a design that is opened by `word`: a path, or an id of the gallery."""
    return run_lists() / (hashlib.sha256(word.encode()).hexdigest()[:24] + ".msgpack")


def write(path: Path, runs: Runs, settings: TrainSettings) -> None:
    """Write a run list, or remove the file when there are no runs; raises `OSError`."""
    if not runs.logs:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = RunList([_run_of(log) for log in runs.logs], runs.chosen, settings)
    while len(data := msgspec.msgpack.encode(kept)) > MOST_BYTES and len(kept.runs) > 1:
        kept.runs.pop(0)
    replace_file(path, data)
    if path.parent == run_lists():
        _forget_the_oldest(path.parent)


def read(path: Path) -> RunList | None:
    """Read a run list; None where there is none, or none that can be understood."""
    try:
        if path.stat().st_size > MOST_BYTES:
            return None
        return msgspec.msgpack.decode(path.read_bytes(), type=RunList)
    except (OSError, ValueError, RecursionError):  # bytes that are no text, or no end of brackets
        return None


def _forget_the_oldest(folder: Path) -> None:
    files = sorted(folder.glob("*.msgpack"), key=lambda file: -file.stat().st_mtime)
    for file in files[MOST_FILES:]:
        file.unlink(missing_ok=True)


def _run_of(log: RunLog) -> _Run:
    return _Run(
        run=log.run,
        number=log.number,
        settings=log.settings,
        series={name: series.raw.view().astype("<f4").tobytes() for name, series in log.series.items()},
        validation=[_Epoch(*epoch) for epoch in log.validation],
        flags=[(flag.step, flag.words) for flag in log.flags],
        epochs=log.epochs,
        steps_per_epoch=log.steps_per_epoch,
        first=log.first,
        design=log.design,
        digest=log.digest,
        title=log.title,
        is_hidden=log.is_hidden,
    )


def _log_of(run: _Run) -> RunLog:
    log = RunLog(run.run, run.number, run.settings, run.design, run.digest, run.title, run.is_hidden)
    log.epochs, log.steps_per_epoch = max(run.epochs, 1), max(run.steps_per_epoch, 1)
    log.first, log.is_live = max(run.first, 0), False
    for name, values in run.series.items():
        log.series[name] = series = Series()
        series.add(np.frombuffer(values[: len(values) // 4 * 4], "<f4"), log.window)
    log.validation = [Epoch(epoch.step, epoch.loss, epoch.metrics) for epoch in run.validation]
    log.flags = [Flag(step, words) for step, words in run.flags]
    return log
