"""Train digits_vae: `python resources/weights/make_vae.py [EPOCHS]`.

On the training digits of MNIST as they are; minimised is the bound of the paper, the cross-entropy of the
pixels and the divergence of the codes from the normal distribution, both in nats a digit.
"""

from __future__ import annotations

import sys
import time

import torch
from make_course import HERE, SEED, keep, written
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.engine.compile import compile_flow
from explorer.engine.data.catalogue import load
from explorer.graph.resolve import Resolver

NAME, DATA = "digits_vae", "digits_rebuilt"
EPOCHS, BATCH, RATE = 60, 50, 2e-3


class Bound:
    """The two halves of the bound, of the last batch that went through a model."""

    def __init__(self, model: nn.Module) -> None:
        self._seen: dict[str, Tensor] = {}
        for name in ("mean", "log_variance"):
            model.get_submodule(f"encoder.{name}").register_forward_hook(
                lambda _module, _inputs, made, name=name: self._seen.__setitem__(name, made)
            )

    def divergence(self) -> Tensor:
        """From the normal distribution, in nats a digit."""
        mean, spread = self._seen["mean"], self._seen["log_variance"]
        return 0.5 * (mean.square() + spread.exp() - 1 - spread).sum(1).mean()

    @staticmethod
    def picture(made: Tensor, wanted: Tensor) -> Tensor:
        """Cross-entropy of the pixels, in nats a digit."""
        return F.binary_cross_entropy(made, wanted, reduction="sum") / len(made)


def main(epochs: int) -> None:
    document = find(NAME).build()
    flow = Resolver(registry()).resolve(document)
    model = compile_flow(flow, document.name, torch.device("cpu"), seed=SEED).module
    data = load(DATA)
    train, rest = (torch.as_tensor(data.inputs[part]) for part in data.split())
    bound = Bound(model)
    optimiser = torch.optim.AdamW(model.parameters(), RATE)
    steps = epochs * -(-len(train) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, steps, pct_start=0.1)
    draw, started = torch.Generator().manual_seed(SEED), time.monotonic()
    model.train()
    for epoch in range(epochs):
        for index in torch.randperm(len(train), generator=draw).split(BATCH):
            loss = bound.picture(model(train[index]), train[index]) + bound.divergence()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
        print(epoch, round(loss.item(), 2), round(time.monotonic() - started), "s", flush=True)
    written(model.eval(), HERE / f"{NAME}.safetensors")
    with torch.inference_mode():
        made = model(rest)
        figures = {
            "dataset": DATA,
            "held_out": len(rest),
            "divergence": round(float(bound.divergence()), 4),
            "loss": round(float(F.mse_loss(made, rest)), 4),
            "nats_of_picture": round(float(bound.picture(made, rest)), 4),
            "parameters": flow.parameters,
        }
    keep(NAME, figures)
    print(figures)


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    main(int(sys.argv[1]) if len(sys.argv) > 1 else EPOCHS)
