"""Train ssd_shapes on drawn scenes: `python resources/weights/make_detector.py [EPOCHS]`.

The loss is that of SSD: cross-entropy of the default boxes, the hardest three of the background for each
that holds something, and the smooth distance of the offsets of those. Trained on the scenes that are not
held out in the data set and on others; the held-out ones are only looked at for `metrics.json`.
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
from explorer.engine.data.scenes import Scene, drawn
from explorer.engine.modules.boxes import overlap
from explorer.graph.resolve import Resolver
from explorer.training.average_precision import Found, mean_average_precision

NAME = "ssd_shapes"
SCENES, HELD_OUT, MORE = 1000, 200, 1600
"""As in the data set; and how many others are trained on."""
EPOCHS, BATCH, RATE, DECAY = 6, 16, 3e-3, 0.01
MATCH, NEGATIVE = 0.5, 3
CENTRE, SIZE = 10.0, 5.0
"""What `ssd_head` divides the offsets by."""


def targets(scene: Scene, anchors: Tensor) -> tuple[Tensor, Tensor]:
    """Class of each default box (K,), 0 where it holds nothing, and the offsets (K, 4) to its true box."""
    boxes, labels = torch.as_tensor(scene.boxes), torch.as_tensor(scene.labels)
    shared = overlap(boxes[:, None], anchors[None])  # (k, K)
    best, which = shared.max(0)
    for number, own in enumerate(shared.argmax(1)):  # each true box gets the one nearest to it
        best[own], which[own] = 1.0, number
    low, high = boxes[which].chunk(2, -1)
    start, end = anchors.chunk(2, -1)
    sides = end - start
    centre = ((low + high) / 2 - (start + end) / 2) / sides * CENTRE
    size = ((high - low) / sides).log() * SIZE
    return labels[which] * (best >= MATCH), torch.cat([centre, size], -1)


def loss_of(scores: Tensor, offsets: Tensor, kinds: Tensor, wanted: Tensor) -> Tensor:
    """Scores (N, K, classes), offsets (N, K, 4), true classes (N, K), true offsets (N, K, 4)."""
    holds = kinds > 0
    each = F.cross_entropy(scores.flatten(0, 1), kinds.flatten(), reduction="none").view_as(kinds)
    empty = each.masked_fill(holds, 0.0)
    rank = empty.argsort(1, descending=True).argsort(1)
    hard = rank < NEGATIVE * holds.sum(1, keepdim=True)
    moved = F.smooth_l1_loss(offsets[holds], wanted[holds], reduction="sum")
    return ((each * (holds | (hard & ~holds))).sum() + moved) / holds.sum()


@torch.inference_mode()
def precision(model: nn.Module, scenes: list[Scene]) -> float:
    """Mean average precision at an overlap of one half."""
    truth = [Found(one.boxes, one.labels, one.labels * 0.0 + 1) for one in scenes]
    boxes, scores, labels = model(torch.stack([torch.as_tensor(one.picture) for one in scenes]))
    answers = []
    for box, score, label in zip(boxes.numpy(), scores.numpy(), labels.numpy(), strict=True):
        there = label >= 0
        answers.append(Found(box[there], label[there], score[there]))
    return mean_average_precision(truth, answers)


def main(epochs: int) -> None:
    document = find(NAME).build()
    flow = Resolver(registry()).resolve(document)
    model = compile_flow(flow, document.name, torch.device("cpu"), seed=SEED).module
    seen: dict[str, Tensor] = {}
    for part in ("scores", "offsets", "anchors"):
        model.get_submodule(f"head.all_{part}").register_forward_hook(
            lambda _module, _inputs, made, part=part: seen.__setitem__(part, made)
        )
    own = drawn(SCENES, SEED)
    scenes = own[:-HELD_OUT] + drawn(MORE, SEED + 1)
    pictures = torch.stack([torch.as_tensor(one.picture) for one in scenes])
    model.eval()(pictures[:1])
    wanted = [targets(one, seen["anchors"][0]) for one in scenes]
    kinds, offsets = (torch.stack([each[part] for each in wanted]) for part in (0, 1))
    optimiser = torch.optim.AdamW(model.parameters(), RATE, weight_decay=DECAY)
    steps = epochs * -(-len(scenes) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, steps, pct_start=0.1)
    draw, started = torch.Generator().manual_seed(SEED), time.monotonic()
    for epoch in range(epochs):
        model.train()
        total = 0.0
        for index in torch.randperm(len(scenes), generator=draw).split(BATCH):
            model(pictures[index])
            loss = loss_of(seen["scores"], seen["offsets"], kinds[index], offsets[index])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item() * len(index)
        found = precision(model.eval(), own[-HELD_OUT:])
        print(
            epoch,
            round(total / len(scenes), 3),
            round(found, 4),
            round(time.monotonic() - started),
            "s",
            flush=True,
        )
    written(model.eval(), HERE / f"{NAME}.safetensors")
    figures = {
        "dataset": "scenes",
        "held_out": HELD_OUT,
        "mean_average_precision": round(precision(model, own[-HELD_OUT:]), 4),
        "parameters": flow.parameters,
    }
    keep(NAME, figures)
    print(figures)


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    main(int(sys.argv[1]) if len(sys.argv) > 1 else EPOCHS)
