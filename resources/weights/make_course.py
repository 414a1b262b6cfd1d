"""Train the networks of a course: `python resources/weights/make_course.py ID …`.

Each on a data set of the program, by the program's own training loop, with the settings below; one thread,
seeded. The held-out end of the data set is only looked at to write `metrics.json`. Written in half
precision, and measured as written.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import nn

from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.engine.compile import compile_flow
from explorer.engine.data.catalogue import load
from explorer.engine.data.dataset import Dataset
from explorer.engine.training.loop import TrainingRun
from explorer.graph.resolve import Resolver
from explorer.protocol.records import TrainSettings

HERE = Path(__file__).parent
SEED = 0


@dataclass(frozen=True)
class Plan:
    """How one network is trained.

    Attributes:
        data: makes the data set; its held-out end is that of the one in the catalogue.
        settings: of the runs, one after the other.
        beside: other networks, trained alike, whose figures stand beside its own.

    """

    data: Callable[[], Dataset]
    settings: tuple[dict[str, Any], ...]
    beside: tuple[str, ...] = ()


SGD = {"optimiser": "sgd", "momentum": 0.9, "decay": 1e-4, "schedule": "warm_cosine"}
ADAM = {"optimiser": "adamw", "decay": 0.01, "schedule": "warm_cosine"}
DELAY = Plan(partial(load, "delay"), ({**ADAM, "epochs": 40, "batch": 50, "rate": 1e-2},))
PLANS = {
    "lstm_delay": DELAY,
    "rnn_delay": DELAY,
    "unet_shapes": Plan(partial(load, "scenes"), ({**ADAM, "epochs": 20, "batch": 16, "rate": 3e-3},)),
    "resnet20_cifar": Plan(
        partial(load, "shapes32"),
        ({**SGD, "epochs": 15, "batch": 64, "rate": 0.1},),
        beside=("plain20_cifar", "resnet56_cifar", "plain56_cifar"),
    ),
}


def trained(name: str, plan: Plan) -> tuple[nn.Module, TrainingRun, int]:
    """Train one network as planned; returns the model, its last run and its number of parameters."""
    started = time.monotonic()
    document = find(name).build()
    flow = Resolver(registry()).resolve(document)
    compiled = compile_flow(flow, document.name, torch.device("cpu"), seed=SEED)
    data = plan.data()
    for number, settings in enumerate(plan.settings):
        run = TrainingRun(
            name, compiled.module, data, TrainSettings(seed=SEED + number, **settings), torch.device("cpu")
        )
        for figures in run.steps():
            if figures is not None:
                run.progress.take()
                seconds = round(time.monotonic() - started)
                print(name, figures.epoch, figures.train_loss, figures.loss, figures.metrics, seconds, "s", flush=True)
    return compiled.module, run, flow.parameters


def written(module: nn.Module, file: Path) -> None:
    """Write the weights in half precision, and leave in the model what was written."""
    state = {name: value.detach() for name, value in module.state_dict().items()}
    halves = {n: (v.half() if v.is_floating_point() else v).contiguous() for n, v in state.items()}
    module.load_state_dict({n: v.float() if v.dtype == torch.half else v for n, v in halves.items()})
    save_file(halves, file)


def figures_of(run: TrainingRun) -> dict[str, float]:
    loss, metrics = run.validate()
    return {name: round(value, 4) for name, value in {**metrics, "loss": loss}.items()}


def make(name: str) -> dict[str, Any]:
    """Train one network, write its weights, and return its figures on what was held out."""
    plan = PLANS[name]
    module, run, parameters = trained(name, plan)
    written(module, HERE / f"{name}.safetensors")
    found: dict[str, Any] = {"dataset": run.data.id, "held_out": run.data.held_out, "parameters": parameters, **figures_of(run)}
    print(name, found, flush=True)
    if plan.beside:
        found["train_loss"] = round(run.figures.train_loss, 4)
        found["beside"] = {}
        for other in plan.beside:
            _, again, _ = trained(other, plan)
            found["beside"][other] = {**figures_of(again), "train_loss": round(again.figures.train_loss, 4)}
            print(other, found["beside"][other], flush=True)
    return found


def main(names: list[str]) -> None:
    path = HERE / "metrics.json"
    for name in names or list(PLANS):
        made = make(name)
        metrics = json.loads(path.read_text())
        metrics[name] = made
        path.write_text(json.dumps(metrics, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(sys.argv[1:])
