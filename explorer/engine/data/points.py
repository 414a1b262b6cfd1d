"""Points in the plane: sets whose decision boundary can be drawn. Without noise all lie in [−1, 1]²."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from explorer.engine.data.dataset import Array, Dataset, balanced_order
from explorer.engine.data.options import held_out_per_class, random_of, require_within

#: Draws the points of one class without noise: (class number, how many, random) -> (n, 2)
Curve = Callable[[int, int, np.random.Generator], Array]


def spirals(
    per_class: int = 300, arms: int = 2, turns: float = 1.5, noise: float = 0.02, seed: int = 0
) -> Dataset:
    """Return spiral arms that wind around each other.

    Args:
        per_class: Points on each arm.
        arms: Number of arms, each a class.
        turns: How often an arm goes around.
        noise: Standard deviation added to both coordinates.
        seed: Of the points.

    Returns:
        Inputs (arms · per_class, 2).

    Raises:
        DatasetProblem: If an option lies out of range.

    """
    require_within("arms", arms, 2, 8)
    require_within("turns", turns, 0.1, 5)

    def arm(number: int, count: int, random: np.random.Generator) -> Array:
        # the root spreads the points evenly along the arm, not crowded in the middle
        radius = np.sqrt(random.uniform(0.01, 1.0, count))
        return _polar(radius, 2 * math.pi * (turns * radius + number / arms))

    names = tuple(f"arm {number + 1}" for number in range(arms))
    return _dataset("spirals", "Spirals", names, arm, per_class, noise, seed)


def circles(per_class: int = 300, inner: float = 0.45, noise: float = 0.05, seed: int = 0) -> Dataset:
    """Return a ring inside a ring.

    Args:
        per_class: Points on each ring.
        inner: Radius of the inner ring; the outer one has 0.95.
        noise: Standard deviation added to both coordinates.
        seed: Of the points.

    Returns:
        Inputs (2 · per_class, 2).

    Raises:
        DatasetProblem: If an option lies out of range.

    """
    require_within("inner", inner, 0.05, 0.9)

    def ring(number: int, count: int, random: np.random.Generator) -> Array:
        radius = np.full(count, (inner, 0.95)[number])
        return _polar(radius, random.uniform(0, 2 * math.pi, count))

    return _dataset("circles", "Ring in a ring", ("inner", "outer"), ring, per_class, noise, seed)


def moons(per_class: int = 300, noise: float = 0.06, seed: int = 0) -> Dataset:
    """Return two half moons that reach into each other.

    Args:
        per_class: Points on each moon.
        noise: Standard deviation added to both coordinates.
        seed: Of the points.

    Returns:
        Inputs (2 · per_class, 2).

    Raises:
        DatasetProblem: If an option lies out of range.

    """

    def moon(number: int, count: int, random: np.random.Generator) -> Array:
        upper = _polar(np.ones(count), random.uniform(0, math.pi, count)) - [0.5, 0.25]
        return (upper if number == 0 else -upper) / 1.5

    return _dataset("moons", "Two moons", ("upper", "lower"), moon, per_class, noise, seed)


def blobs(per_class: int = 300, groups: int = 3, noise: float = 0.12, seed: int = 0) -> Dataset:
    """Return groups of points around centres on a circle.

    Args:
        per_class: Points in each group.
        groups: Number of groups, each a class.
        noise: Standard deviation of a group in both coordinates.
        seed: Of the points.

    Returns:
        Inputs (groups · per_class, 2).

    Raises:
        DatasetProblem: If an option lies out of range.

    """
    require_within("groups", groups, 2, 8)

    def centre(number: int, count: int, random: np.random.Generator) -> Array:
        angle = math.pi / 2 + 2 * math.pi * number / groups
        return _polar(np.full(count, 0.6), np.full(count, angle))

    names = tuple(f"group {number + 1}" for number in range(groups))
    return _dataset("blobs", "Groups of points", names, centre, per_class, noise, seed)


def _polar(radius: Array, angle: Array) -> Array:
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def _dataset(
    id_: str, title: str, classes: tuple[str, ...], curve: Curve, per_class: int, noise: float, seed: int
) -> Dataset:
    """Draw every class, add noise, and put a balanced fifth last."""
    held_out = held_out_per_class(per_class)
    require_within("noise", noise, 0, 1)
    random = random_of(seed)
    clean = np.concatenate([curve(number, per_class, random) for number in range(len(classes))])
    points = clean + noise * random.standard_normal(clean.shape)
    labels = np.repeat(np.arange(len(classes), dtype=np.int64), per_class)
    order = balanced_order(labels, held_out, random)
    return Dataset(
        id=id_,
        title=title,
        inputs=points[order].astype(np.float32),
        targets=labels[order],
        classes=classes,
        axes=("D",),
        held_out=held_out * len(classes),
        licence="none needed",
        source="generated by this program",
    )
