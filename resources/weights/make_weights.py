"""Train the weights that ship with the program: `python resources/weights/make_weights.py [ID …]`.

Seeded, on the 4,000 training digits of mnist5k, turned, shifted and scaled a little at random; the
1,000 held-out digits are only looked at to write `metrics.json`. Same versions, same weights.
"""

from __future__ import annotations

import dataclasses
import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.engine import weights
from explorer.engine.compile import compile_flow
from explorer.engine.data.catalogue import load
from explorer.engine.data.dataset import Dataset
from explorer.engine.training.loop import TrainingRun
from explorer.graph.resolve import Resolver
from explorer.protocol.records import TrainSettings

HERE = Path(__file__).parent
SEED = 0
PLANS = {
    # copies of the training digits, then (epochs, batch, learning rate) of each phase
    "lenet5_modern": (10, [(4, 64, 2e-3), (2, 64, 2e-4)]),
    "vit_mnist": (10, [(12, 64, 1e-3), (4, 64, 1e-4)]),
}


def varied(data: Dataset, copies: int) -> Dataset:
    """The training part `copies` times, each digit moved a little; the held-out part as it is."""
    generator = torch.Generator().manual_seed(SEED)
    train, held_out = data.split()
    inputs = torch.as_tensor(data.inputs[train]).repeat(copies, 1, 1, 1)
    count = len(inputs)
    angle = (torch.rand(count, generator=generator) - 0.5) * 0.5
    scale = 1 + (torch.rand(count, generator=generator) - 0.5) * 0.3
    shift = (torch.rand(count, 2, generator=generator) - 0.5) * 0.3
    theta = torch.stack(
        [
            torch.stack([scale * angle.cos(), -scale * angle.sin(), shift[:, 0]], 1),
            torch.stack([scale * angle.sin(), scale * angle.cos(), shift[:, 1]], 1),
        ],
        1,
    )
    moved = torch.cat(
        [
            F.grid_sample(part, F.affine_grid(t, list(part.shape), align_corners=False), align_corners=False)
            for part, t in zip(inputs.split(4000), theta.split(4000), strict=True)
        ]
    )
    return dataclasses.replace(
        data,
        inputs=np.concatenate([moved.numpy(), data.inputs[held_out]]),
        targets=np.concatenate([np.tile(data.targets[train], copies), data.targets[held_out]]),
        held_out=len(held_out),
    )


def make(name: str) -> dict[str, float]:
    """Train one network and write its weights."""
    copies, phases = PLANS[name]
    started = time.monotonic()
    document = find(name).build((1, 28, 28))
    flow = Resolver(registry()).resolve(document)
    compiled = compile_flow(flow, document.name, torch.device("cpu"), seed=SEED)
    data = varied(load("mnist5k"), copies)
    accuracy = loss = 0.0
    for number, (epochs, batch, rate) in enumerate(phases):
        settings = TrainSettings(
            epochs=epochs, batch=batch, rate=rate, optimiser="adamw", decay=0.01, seed=SEED + number
        )
        run = TrainingRun(name, compiled.module, data, settings, torch.device("cpu"))
        for figures in run.steps():
            if figures is not None:
                run.progress.take()
                print(name, figures, round(time.monotonic() - started), "s", flush=True)
                loss, accuracy = figures.loss, figures.accuracy or 0.0
    weights.save(compiled.module, HERE / f"{name}.safetensors")
    return {"accuracy": round(accuracy, 4), "loss": round(loss, 4), "parameters": flow.parameters}


def main(names: list[str]) -> None:
    path = HERE / "metrics.json"
    metrics = json.loads(path.read_text()) if path.exists() else {}
    for name in names or list(PLANS):
        metrics[name] = {"dataset": "mnist5k", "held_out": 1000, **make(name)}
        path.write_text(json.dumps(metrics, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(sys.argv[1:])
