"""What the card of the first steps shows, as values."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.architectures.figures import Bar


@dataclass(frozen=True)
class Starter:
    """A network that ships trained, which a step is done with.

    Attributes:
        file: of `resources/designs`. title: as it is called. look: address of the layer to look into.

    """

    file: str
    title: str
    look: str


PHOTOGRAPHS = Starter("03-photographs.arch.json", "EfficientNet-Lite0", "stage2")
"""Opened first, with the photograph of a cat; its maps are those that are looked at."""
DIGITS = Starter("02-digits.arch.json", "LeNet-5", "conv2")
"""Opened by the first stroke, beside it."""
STARTERS = (PHOTOGRAPHS, DIGITS)
OFFERED = ("02-digits.arch.json", "05-segmentation.arch.json", "10-writing.arch.json")
"""What is offered while no file has been opened yet."""


@dataclass(frozen=True)
class Step:
    """One step of three: what it is called, what it is about, and the word on its button."""

    title: str
    about: str
    button: str
    time: str = ""


STEPS = (
    Step(
        "A trained network",
        "{title} is open above, with {parameters} learned weights. It is looking at a cat.",
        "Own picture…",
    ),
    Step(
        "Draw a digit",
        "Draw in the square: {digits} opens and answers. Can you make it wrong?",
        "Empty the square",
        "about 1 minute",
    ),
    Step(
        "Look inside",
        "Every map of {look}: what this part of {title} has found in the picture.",
        "Show {look}",
        "about 1 minute",
    ),
)


@dataclass(frozen=True)
class Recent:
    """A file that was open, or a starter.

    Attributes:
        path: where it is. name: as it is shown. about: day and state. bars: picture to scale.
        is_there: false where it was moved or deleted.

    """

    path: str
    name: str
    about: str
    bars: tuple[Bar, ...] = ()
    is_there: bool = True
