"""Train the networks of a course: `python resources/weights/make_course.py ID …`.

Each on a data set of the program, by the program's own training loop, with the settings below; one thread,
seeded. The held-out end of the data set is only looked at to write `metrics.json`. Written in half
precision, and measured as written.
"""

from __future__ import annotations

import dataclasses
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.engine.compile import compile_flow
from explorer.engine.data import turned_digits
from explorer.engine.data.catalogue import load
from explorer.engine.data.dataset import Dataset
from explorer.engine.data.delay import STEPS, steps_since
from explorer.engine.training.loop import TrainingRun
from explorer.graph.resolve import Resolver
from explorer.protocol.records import TrainSettings

HERE = Path(__file__).parent
SEED = 0
Figures = dict[str, Any]


def no_more(module: nn.Module, data: Dataset) -> Figures:
    """Nothing is measured beside what the run measures."""
    return {}


@dataclass(frozen=True)
class Plan:
    """How one network is trained.

    Attributes:
        data: makes the data set; its held-out end is that of the one in the catalogue.
        settings: of the run.
        more: what else is measured on the held-out end.

    """

    data: Callable[[], Dataset]
    settings: dict[str, Any]
    more: Callable[[nn.Module, Dataset], Figures] = no_more


def held_out(data: Dataset) -> tuple[torch.Tensor, torch.Tensor]:
    """Inputs and targets of the held-out end."""
    _, index = data.split()
    return torch.as_tensor(data.inputs[index]), torch.as_tensor(data.targets[index])


def by_steps(module: nn.Module, data: Dataset) -> Figures:
    """Share of right answers by the number of steps behind the mark, in tens."""
    inputs, targets = held_out(data)
    with torch.inference_mode():
        right = (module(inputs).argmax(1) == targets).numpy()
    tens = steps_since(inputs.numpy()) // 10
    return {"by_steps": {str(10 * n): round(float(right[tens == n].mean()), 4) for n in range(STEPS // 10)}}


def bicubic(module: nn.Module, data: Dataset) -> Figures:
    """PSNR of the usual way to enlarge."""
    inputs, targets = held_out(data)
    enlarged = F.interpolate(inputs, scale_factor=2, mode="bicubic", align_corners=False).clamp(0, 1)
    each = (enlarged - targets).square().mean((1, 2, 3))
    return {"psnr_bicubic": round(float((-10 * (each + 1e-10).log10()).mean()), 4)}


def last_frame(module: nn.Module, data: Dataset) -> Figures:
    """Squared error of the last frame as it was."""
    inputs, targets = held_out(data)
    return {"loss_of_last_frame": round(float(F.mse_loss(inputs[:, -1], targets)), 4)}


def mean_digit(module: nn.Module, data: Dataset) -> Figures:
    """Squared error of the mean of all digits."""
    inputs, _ = held_out(data)
    mean = torch.as_tensor(data.inputs[data.split()[0]].mean(0, keepdims=True))
    return {"loss_of_mean": round(float(F.mse_loss(mean.expand_as(inputs), inputs)), 4)}


def turns(module: nn.Module, data: Dataset) -> Figures:
    """How the angle by which the network turns goes with that by which the digit was turned."""
    inputs, _ = held_out(data)
    found: list[torch.Tensor] = []
    handle = module.get_submodule("upright.theta").register_forward_hook(
        lambda _module, _inputs, theta: found.append(theta)
    )
    with torch.inference_mode():
        module(inputs)
    handle.remove()
    theta = found[0].reshape(-1, 2, 3)
    back = torch.atan2(theta[:, 1, 0] - theta[:, 0, 1], theta[:, 0, 0] + theta[:, 1, 1]).numpy()
    given = turned_digits.angles(turned_digits.DEGREES, 0)[-len(inputs) :]
    return {"correlation_of_turns": round(float(abs(np.corrcoef(back, given)[0, 1])), 4)}


def turned_copies(copies: int) -> Dataset:
    """The training digits several times, each copy turned by other angles; the held-out ones as they are."""
    data = load("digits_turned")
    train, rest = data.split()
    others = [load("digits_turned", seed=seed).inputs[train] for seed in range(1, copies)]
    return dataclasses.replace(
        data,
        inputs=np.concatenate([data.inputs[train], *others, data.inputs[rest]]),
        targets=np.concatenate([*[data.targets[train]] * copies, data.targets[rest]]),
    )


SGD = {"optimiser": "sgd", "momentum": 0.9, "decay": 1e-4, "schedule": "warm_cosine"}
ADAM = {"optimiser": "adamw", "decay": 0.01, "schedule": "warm_cosine"}
DELAY = Plan(
    partial(load, "delay"), {**ADAM, "epochs": 40, "batch": 32, "rate": 5e-3, "decay": 0.0}, by_steps
)
PLANS = {
    "unet_shapes": Plan(partial(load, "scenes"), {**ADAM, "epochs": 20, "batch": 16, "rate": 3e-3}),
    "lstm_delay": DELAY,
    "rnn_delay": DELAY,
    "stn_mnist": Plan(partial(turned_copies, 10), {**ADAM, "epochs": 12, "batch": 64, "rate": 2e-3}, turns),
    "digits_autoencoder": Plan(
        partial(load, "digits_rebuilt"),
        {**ADAM, "epochs": 60, "batch": 50, "rate": 2e-3, "loss": "mse"},
        mean_digit,
    ),
    "photos_x2": Plan(
        partial(load, "photo_crops"),
        {**ADAM, "epochs": 60, "batch": 16, "rate": 2e-3, "loss": "mse"},
        bicubic,
    ),
    "convlstm_digits": Plan(
        partial(load, "digits_moving"),
        {**ADAM, "epochs": 10, "batch": 10, "rate": 5e-3, "loss": "mse"},
        last_frame,
    ),
    "resnet20_textures": Plan(partial(load, "textures"), {**SGD, "epochs": 6, "batch": 64, "rate": 0.05}),
}


def trained(name: str, plan: Plan) -> tuple[nn.Module, TrainingRun, int]:
    """Train one network as planned; returns the model, its run and its number of parameters."""
    document = find(name).build()
    flow = Resolver(registry()).resolve(document)
    device = torch.device("cpu")
    compiled = compile_flow(flow, document.name, device, seed=SEED)
    run = TrainingRun(name, compiled.module, plan.data(), TrainSettings(seed=SEED, **plan.settings), device)
    started = time.monotonic()
    for figures in run.steps():
        if figures is not None:
            run.progress.take()
            print(name, figures, round(time.monotonic() - started), "s", flush=True)
    return compiled.module.eval(), run, flow.parameters


def written(module: nn.Module, file: Path) -> None:
    """Write the weights in half precision, and leave in the model what was written."""
    state = {name: value.detach().contiguous() for name, value in module.state_dict().items()}
    halves = {name: value.half() if value.is_floating_point() else value for name, value in state.items()}
    module.load_state_dict(halves)
    save_file(halves, file)


def figures_of(run: TrainingRun) -> Figures:
    """Loss and metrics on the held-out end, and the mean loss of the last epoch of training."""
    loss, metrics = run.validate()
    assert run.figures is not None
    found = {**metrics, "loss": loss, "train_loss": run.figures.train_loss}
    return {name: round(value, 4) for name, value in found.items()}


def make(name: str) -> Figures:
    """Train one network, write its weights, and return its figures on what was held out."""
    plan = PLANS[name]
    module, run, parameters = trained(name, plan)
    written(module, HERE / f"{name}.safetensors")
    found = {"dataset": run.data.id, "held_out": run.data.held_out, "parameters": parameters}
    found |= {**figures_of(run), **plan.more(module, run.data)}
    print(name, found, flush=True)
    return found


def keep(name: str, made: Figures) -> None:
    """Put the figures of a network into `metrics.json`."""
    path = HERE / "metrics.json"
    metrics = json.loads(path.read_text())
    metrics[name] = {**metrics.get(name, {}), **made}
    path.write_text(json.dumps(metrics, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    torch.set_num_threads(1)
    for name in sys.argv[1:] or list(PLANS):
        keep(name, make(name))
