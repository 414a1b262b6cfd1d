"""Films of a handwritten digit that flies in a straight line and bounces off the border."""

from __future__ import annotations

import numpy as np

from explorer.engine.data import mnist
from explorer.engine.data.dataset import Array, Dataset
from explorer.engine.data.options import HELD_OUT_ONE_IN, random_of, require_within

SIDE, DIGIT = 28, 14
STEPS = 8
FASTEST = 2
MOST = 5_000
"""5,000 films are 142 MB."""


def digits_moving(examples: int = 1250, seed: int = 0) -> Dataset:
    """Return films and the frame that comes next.

    The digits are those of MNIST at half their size; the held-out films show held-out digits.

    Args:
        examples: Films in all; the last fifth is held out.
        seed: Of places, directions and speeds.

    Returns:
        Inputs (examples, 8, 1, 28, 28) and targets (examples, 1, 28, 28), 0 = paper to 1 = ink.

    Raises:
        DatasetProblem: If `examples` lies out of range.

    """
    require_within("examples", examples, HELD_OUT_ONE_IN, MOST)
    held_out = examples // HELD_OUT_ONE_IN
    random = random_of(seed)
    images, _ = mnist.arrays()
    small = images.reshape(len(images), DIGIT, 2, DIGIT, 2).mean((2, 4))
    films = np.concatenate(
        [
            _films(small[: -mnist.HELD_OUT], examples - held_out, random),
            _films(small[-mnist.HELD_OUT :], held_out, random),
        ]
    )
    return Dataset(
        id="digits_moving",
        title="Moving digits, next frame",
        inputs=films[:, :STEPS],
        targets=films[:, STEPS],
        classes=(),
        axes=("T", "C", "H", "W"),
        held_out=held_out,
        licence=mnist.LICENCE,
        source=mnist.SOURCE,
    )


def _films(digits: Array, count: int, random: np.random.Generator) -> Array:
    """Let digits (N, 14, 14) fly: (count, 9, 1, 28, 28)."""
    chosen = digits[random.integers(0, len(digits), count)]
    speeds = np.array([(a, b) for a in range(-FASTEST, FASTEST + 1) for b in range(-FASTEST, FASTEST + 1)])
    speed = speeds[abs(speeds).max(1) > 0][random.integers(0, len(speeds) - 1, count)]
    place = random.integers(0, SIDE - DIGIT + 1, (count, 2))
    films = np.zeros((count, STEPS + 1, 1, SIDE, SIDE), np.float32)
    for number, (digit, start, velocity) in enumerate(zip(chosen, place, speed, strict=True)):
        for step in range(STEPS + 1):
            top, left = (_bounced(s + step * v, SIDE - DIGIT) for s, v in zip(start, velocity, strict=True))
            films[number, step, 0, top : top + DIGIT, left : left + DIGIT] = digit
    return films


def _bounced(place: int, most: int) -> int:
    """Where something is that would be at `place` on a line without ends, between walls at 0 and `most`."""
    around = place % (2 * most)
    return int(min(around, 2 * most - around))
