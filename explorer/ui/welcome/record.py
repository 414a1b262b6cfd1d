"""What the card of the first steps shows, as values."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.architectures.figures import Bar


@dataclass(frozen=True)
class Starter:
    """A network that ships trained and takes drawn digits: what the first steps are done with.

    Attributes:
        file: of `resources/designs`. title: as it is called. look: address of the layer to look into.

    """

    file: str
    title: str
    look: str


STARTERS = (Starter("2-lenet-5.arch.json", "LeNet-5", "conv2"),)
"""The first is opened by the first steps; a larger trained network takes its place here."""
OFFERED = ("2-lenet-5.arch.json", "4-small-vit.arch.json", "1-mlp-on-spirals.arch.json")
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
        "{title} is open above, with {parameters} learned weights.",
        "Own picture…",
    ),
    Step(
        "Draw a digit",
        "Draw in the square. The answer at the output follows. Can you make it wrong?",
        "Empty the square",
        "about 1 minute",
    ),
    Step(
        "Look inside",
        "Every map of {look}: what this layer has found in the picture.",
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
