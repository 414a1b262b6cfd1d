"""Why a picture cannot be made."""

from __future__ import annotations


class PictureProblem(ValueError):
    """A picture that cannot be made; the text is a sentence."""


MOST_BODIES = 300


def refuse_too_many(count: int) -> None:
    """Raise `PictureProblem` when a figure would hold more than anybody can read."""
    if count > MOST_BODIES:
        raise PictureProblem(
            f"The figure would have {count:,} boxes. Take a smaller depth, or put blocks into groups first."
        )
