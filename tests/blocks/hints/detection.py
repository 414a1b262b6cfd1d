"""Boxes, maps and scores that belong together."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from explorer.graph.tensor import Tensor, image, sequence


def _map(rng: random.Random, channels: int = 0) -> Tensor:
    return image(channels or rng.randint(1, 5), rng.randint(1, 6), rng.randint(1, 6))


def _maps(rng: random.Random) -> tuple[Tensor | None, ...]:
    count = rng.choice((1, 2, 3, 6, 7))
    return (*(_map(rng) for _ in range(count)), *[None] * (7 - count))


def _boxes(rng: random.Random) -> tuple[Tensor, Tensor]:
    count = rng.randint(1, 9)
    return sequence(count, 4), sequence(count, 4 * rng.choice((1, 1, 3)))


def _labels(count: int) -> Tensor:
    return Tensor((count,), ("T",), "int")


def _scored(rng: random.Random) -> tuple[Tensor | None, ...]:
    count, classes = rng.randint(1, 12), rng.randint(1, 4)
    boxes = sequence(count * rng.choice((1, classes)), 4)
    return boxes, sequence(count, classes), _labels(count) if classes == 1 and rng.random() < 0.5 else None


def _pyramid(rng: random.Random) -> tuple[Tensor, ...]:
    channels = rng.randint(1, 4)
    return *(_map(rng, channels) for _ in range(4)), sequence(rng.randint(1, 5), 4)


def _masks(rng: random.Random, channels: int = 0) -> Tensor:
    sides = rng.randint(1, 4), channels or rng.randint(1, 4), rng.randint(1, 5), rng.randint(1, 5)
    return Tensor(sides, ("T", "C", "H", "W"))


def _masks_and_labels(rng: random.Random) -> tuple[Tensor, Tensor]:
    masks = _masks(rng)
    return masks, _labels(masks.shape[0])


def _picture(rng: random.Random) -> Tensor | None:
    """A picture whose size is read, or none."""
    return rng.choice((None, Tensor((3, 128, 160), ("C", "H", "W"))))


def _masks_and_boxes(rng: random.Random) -> tuple[Tensor, Tensor]:
    masks = _masks(rng, 1)
    return masks, sequence(masks.shape[0], 4)


def _region(rng: random.Random) -> tuple[Tensor, Tensor]:
    return _map(rng), sequence(rng.randint(1, 5), 4)


def _anchors(rng: random.Random, x: Tensor) -> dict[str, Any]:
    return {
        "sizes": tuple(rng.randint(1, 40) for _ in range(rng.randint(1, 3))),
        "ratios": rng.choice(("1", "0.5, 1, 2", "0.25 4")),
        "stride": (rng.randint(1, 16), rng.randint(1, 16)),
    }


ANCHORS = ("10x13", "1.5x2, 3x4", "10×13 16×30 33×23")


def _yolo(rng: random.Random, x: Tensor) -> dict[str, Any]:
    form = rng.choice(("v1", "v2", "v3"))
    anchors = rng.choice(ANCHORS)
    each = len(anchors.replace(",", " ").split())
    classes = x.shape[0] - 5 * each if form == "v1" else x.shape[0] // each - 5
    return {"form": form, "anchors": anchors, "classes": max(1, classes)}


def _suppressed(rng: random.Random, *x: Tensor) -> dict[str, Any]:
    return {"keep": rng.randint(1, 6), "candidates": rng.choice((1, 3, 1_000))}


INPUTS: dict[str, Callable[[random.Random], tuple[Any, ...]]] = {
    "anchor_generator": lambda rng: (_map(rng), _picture(rng)),
    "default_boxes": lambda rng: (_map(rng),),
    "rpn_head": lambda rng: (_map(rng),),
    "region_proposals": lambda rng: (_map(rng),),
    "yolo_head": lambda rng: (_map(rng),),
    "yolo_decode": lambda rng: (_map(rng, 6 * rng.randint(3, 8)),),
    "ssd_head": _maps,
    "box_decode": lambda rng: (*_boxes(rng), _picture(rng)),
    "nms": _scored,
    "roi_pool": _region,
    "roi_align": _region,
    "pyramid_roi_align": _pyramid,
    "mask_of_class": _masks_and_labels,
    "paste_masks": lambda rng: (*_masks_and_boxes(rng), _picture(rng)),
    "standardize": lambda rng: (_map(rng, 3),),
}
FIELDS: dict[str, Callable[..., dict[str, Any]]] = {
    "anchor_generator": lambda rng, x, picture: _anchors(rng, x),
    "region_proposals": lambda rng, x: _anchors(rng, x) | {"keep": rng.randint(1, 5), "stride": 16},
    "default_boxes": lambda rng, x: {"ratios": rng.choice(("2", "2, 3")), "image": rng.randint(30, 300)},
    "anchor_rows": lambda rng, x: {"numbers": rng.randint(1, 4)},
    "rpn_head": lambda rng, x: {"anchors": rng.randint(1, 5)},
    "yolo_decode": _yolo,
    "yolo_head": lambda rng, x: {
        "form": rng.choice(("v1", "v2", "v3")),
        "anchors": rng.choice(ANCHORS),
        "classes": rng.randint(1, 5),
        "project": True,
    },
    "ssd_head": lambda rng, *xs: {
        "ratios": rng.choice(("2", "2; 2 3", "2; 2 3; 2 3; 2 3; 2; 2")),
        "classes": rng.randint(2, 5),
        "picture": rng.randint(50, 300),
    },
    "nms": _suppressed,
    "roi_pool": lambda rng, *x: {"scale": rng.choice((0.1, 0.5, 1.0, 3.0))},
    "roi_align": lambda rng, *x: {"scale": rng.choice((0.1, 0.5, 1.0, 3.0)), "samples": rng.randint(1, 3)},
    "pyramid_roi_align": lambda rng, *x: {
        "usual": rng.choice((1.0, 4.0, 224.0)),
        "samples": rng.randint(1, 3),
    },
    "standardize": lambda rng, x: {
        "mean": rng.choice(("0, 0.5, -2", "0.485 0.456 0.406")),
        "std": "1 2 0.25",
    },
    "dino_head": lambda rng, x: {"batch_norm": x.axes == ("D",) and rng.random() < 0.3},
    "ema_teacher": lambda rng, x: {"layers": tuple(rng.randint(1, 6) for _ in range(rng.randint(1, 3)))},
}
