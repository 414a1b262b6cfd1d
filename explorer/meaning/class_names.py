"""What classes are called: by the data set, else by ImageNet where there are a thousand of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from explorer import resources

IMAGENET = 1_000


@cache
def imagenet() -> tuple[str, ...]:
    """Return the names of ImageNet's classes, in the order of every published network."""
    return tuple(resources.path("data", "imagenet_classes.txt").read_text(encoding="utf-8").splitlines())


def fitting(names: Sequence[str], count: int, *, are_classes: bool = True) -> tuple[str, ...]:
    """Return names for so many numbers: those of the data set, if they are as many, or of ImageNet.

    Without either there are none: a class is never called by a guess. A thousand numbers that are no classes
    have none either.
    """
    if len(names) == count:
        return tuple(names)
    return imagenet() if count == IMAGENET and are_classes else ()
