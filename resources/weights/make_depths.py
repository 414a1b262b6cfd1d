"""Train networks of 20 and 56 layers with and without shortcuts: `python resources/weights/make_depths.py`.

On photographs of textures, to see what depth does: the figures stand in `metrics.json` beside those of
resnet20_textures. Nothing else is kept; `make_course.py resnet20_textures` trains the weights that ship.
"""

from __future__ import annotations

import torch
from make_course import SEED, SGD, figures_of, keep

from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.engine.compile import compile_flow
from explorer.engine.data.catalogue import load
from explorer.engine.training.loop import TrainingRun
from explorer.graph.resolve import Resolver
from explorer.protocol.records import TrainSettings

BESIDE, DATA = "resnet20_textures", "textures"
NETWORKS = ("plain20_cifar", "resnet20_cifar", "plain56_cifar", "resnet56_cifar")
SETTINGS = TrainSettings(dataset=DATA, epochs=6, batch=64, rate=0.05, seed=SEED, **SGD)


def figures(name: str) -> dict[str, float]:
    """Train one of them from the seed, and measure it on what was held out."""
    document = find(name).build((1, 32, 32), 3)
    flow = Resolver(registry()).resolve(document)
    device = torch.device("cpu")
    module = compile_flow(flow, document.name, device, seed=SEED).module
    run = TrainingRun(name, module, load(DATA), SETTINGS, device)
    for after in run.steps():
        if after is not None:
            run.progress.take()
            print(name, after, flush=True)
    return figures_of(run)


def main() -> None:
    found = {name: figures(name) for name in NETWORKS}
    keep(BESIDE, {"depths": {"dataset": DATA, "epochs": SETTINGS.epochs, **found}})
    print(found)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
