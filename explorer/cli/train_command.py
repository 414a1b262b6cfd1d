"""`explorer train DESIGN --data ID`: train headless, with checkpoints."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer import words
from explorer.atomic import refuse_unwritable
from explorer.cli.designs import add_design, open_design, runnable
from explorer.cli.trouble import USAGE, Trouble
from explorer.protocol.records import TrainSettings
from explorer.remarks.finding import aim_of, remarks
from explorer.training.datasets import DATASETS
from explorer.training.losses import LOSSES
from explorer.training.metrics import METRICS
from explorer.training.optimisers import OPTIMISERS
from explorer.training.schedules import SCHEDULES
from explorer.training.table import UnknownName
from explorer.training.tasks import TASKS

if TYPE_CHECKING:
    from explorer.engine.training.loop import TrainingRun


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The design, the data and the settings."""
    add_design(parser)
    usual = TrainSettings()
    parser.add_argument(
        "--data", required=True, metavar="ID", help="id of a data set (explorer list datasets)"
    )
    parser.add_argument("--epochs", type=int, default=usual.epochs)
    parser.add_argument("--batch", type=int, default=usual.batch)
    parser.add_argument("--lr", type=float, default=usual.rate, help="learning rate")
    parser.add_argument("--optimiser", choices=tuple(OPTIMISERS), default=usual.optimiser)
    parser.add_argument("--decay", type=float, default=usual.decay, help="weight decay")
    parser.add_argument("--loss", choices=tuple(LOSSES), help="default: the usual one of the data's task")
    parser.add_argument("--schedule", choices=tuple(SCHEDULES), default=usual.schedule)
    parser.add_argument("--validation", type=float, help="share held out; default: the data's own part")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--amp", action="store_true", help="mixed precision")
    parser.add_argument("--resume", action="store_true", help="go on from the newest checkpoint in DIR")
    parser.add_argument("-o", "--output", metavar="DIR", help="folder for checkpoints and the final weights")
    parser.add_argument("--json", action="store_true", help="one JSON line for each event")


def run(arguments: argparse.Namespace) -> int:
    """Train to the end; exit code 1 when the design or the data have problems."""
    try:
        DATASETS.find(arguments.data)
    except UnknownName as problem:
        raise Trouble(str(problem), USAGE) from None
    document = open_design(arguments, arguments.data)
    flow = runnable(document)  # torch is loaded for designs that run

    import numpy as np

    from explorer.engine import weights
    from explorer.engine.compile import BuildProblem, compile_flow, frozen_addresses, refuse_too_large
    from explorer.engine.data.catalogue import load
    from explorer.engine.devices import DeviceProblem, choose, set_threads
    from explorer.engine.training.checkpoint import CheckpointProblem
    from explorer.engine.training.layer_failures import LayerFailed
    from explorer.engine.training.loop import Diverged, TrainingRun, refuse_misfit
    from explorer.engine.training.losses import SettingProblem
    from explorer.engine.training.settings import check_settings

    settings = settings_of(arguments)
    aim = aim_of(document, dataset=arguments.data, loss=settings.loss, batch=settings.batch)
    if found := remarks(document, flow, aim):
        more = f" {words.plural(len(found) - 1, 'more remark')}: explorer check." if len(found) > 1 else ""
        print(f"Remark: {found[0].message}{more}", file=sys.stderr)
    set_threads()
    started = time.monotonic()
    try:
        data = load(arguments.data)
        device = choose(arguments.device)
        refuse_misfit(flow, data)
        check_settings(settings, data)
        _try_folder(arguments.output)
        refuse_too_large(flow, device, settings.batch, training=True)
        compiled = compile_flow(flow, document.name, device, seed=settings.seed)
        frozen = frozen_addresses(flow)
        training = TrainingRun(document.name, compiled.module, data, settings, device, frozen)
        if frozen:
            print(f"Frozen, statistics of norms included: {', '.join(frozen)}", file=sys.stderr)
        if training.joined:
            print(training.joined, file=sys.stderr)
        for figures in training.steps():
            if figures is None:
                if training.progress.step % 20 == 0:
                    training.check()
                    first, losses, metrics = training.progress.take()
                    sizes = training.samples_in(first, len(losses))
                    means = {
                        name: float(np.average(values, weights=sizes))
                        for name, values in {"loss": losses, **metrics}.items()
                    }
                    _tell(arguments, "step", step=training.progress.step, **means)
                if training.is_due():
                    _keep(training)
                continue
            training.progress.take()
            _tell(
                arguments,
                "epoch",
                epoch=figures.epoch,
                step=figures.step,
                loss=figures.loss,
                **figures.metrics,
                train_loss=figures.train_loss,
                **{f"train_{name}": value for name, value in figures.train_metrics.items()},
            )
            _keep(training)
        loss, metrics_at_end = training.validate()
        if settings.directory:
            weights.save(compiled.module, Path(settings.directory) / "model.safetensors")
    except (
        BuildProblem,
        DeviceProblem,
        SettingProblem,
        CheckpointProblem,
        Diverged,
        LayerFailed,
        weights.WeightProblem,
    ) as problem:
        raise Trouble(str(problem)) from None
    _tell(
        arguments,
        "done",
        **metrics_at_end,
        loss=loss,
        seconds=round(time.monotonic() - started, 2),
        steps=training.progress.step,
        parameters=flow.parameters,
        device=str(device),
    )
    return 0


def _try_folder(output: str | None) -> None:
    """Refuse a folder that nothing can be written to before hours are spent."""
    if not output:
        return
    try:
        refuse_unwritable(output)
    except OSError as problem:
        words = problem.strerror or problem
        raise Trouble(f"{output} cannot hold checkpoints: {words}. Nothing was trained.") from None


def _keep(training: TrainingRun) -> None:
    """Write a checkpoint; where that cannot be, say so and train on."""
    training.keep()
    if training.trouble:
        print(f"explorer: {training.trouble} The run continues.", file=sys.stderr, flush=True)


def settings_of(arguments: argparse.Namespace) -> TrainSettings:
    """The settings that the arguments stand for."""
    if arguments.resume and not arguments.output:
        raise Trouble("--resume needs the folder of the checkpoints: -o DIR.", USAGE)
    return TrainSettings(
        dataset=arguments.data,
        epochs=arguments.epochs,
        batch=arguments.batch,
        rate=arguments.lr,
        optimiser=arguments.optimiser,
        decay=arguments.decay,
        loss=arguments.loss or TASKS[DATASETS.find(arguments.data).task].losses[0],
        schedule=arguments.schedule,
        seed=arguments.seed,
        validation=arguments.validation,
        device=arguments.device,
        amp=arguments.amp,
        directory=arguments.output or "",
        resume=arguments.resume,
    )


def _tell(arguments: argparse.Namespace, event: str, **figures: Any) -> None:
    if arguments.json:
        print(json.dumps({"event": event, **figures}), flush=True)
    else:
        words = "  ".join(f"{name} {_written(name, value)}" for name, value in figures.items())
        print(f"{event:<6} {words}", file=sys.stderr if event == "step" else sys.stdout, flush=True)


def _written(name: str, value: Any) -> str:
    """A figure for people: shares as per cent."""
    metric = name.removeprefix("train_")
    if metric in METRICS and METRICS[metric].unit == "share":
        return f"{value:.1%}"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
