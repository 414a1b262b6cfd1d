"""What the gallery knows of a network: pure, without torch and without Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.architectures.architecture import Architecture
from explorer.architectures.figures import Bar, figures
from explorer.architectures.gallery import gallery
from explorer.client.weights.publishers import published
from explorer.ui.widgets.lookup import look_up


@dataclass(frozen=True)
class Entry:
    """One network.

    Attributes:
        id, title, year, source, category, task: as declared. about: two sentences.
        trained: `here` where weights come with the program, `fetch` where a publisher has some, else empty.
        input: shape as text. parameters, macs, weighted: computed; 0 where they never were.
        outputs: shapes as text. convolutional: share of the parameters in convolutions.
        largest: the layer with most parameters and its share of all.
        texts: what the source texts print, and what is right. form: how close it is to the paper.
        contribution, strengths, gaps: sentences, may be empty. bars: the drawing to scale.

    """

    id: str
    title: str
    year: int
    source: str
    category: str
    about: str
    input: str
    outputs: tuple[str, ...]
    parameters: int
    macs: int
    weighted: int
    convolutional: float
    largest: tuple[str, float]
    texts: str
    form: str
    contribution: str
    strengths: str
    gaps: str
    bars: tuple[Bar, ...]
    task: str = "classification"
    trained: str = ""

    @property
    def usual(self) -> bool:
        """No network is wanted more than another."""
        return False

    @property
    def more(self) -> tuple[str, ...]:
        """What it is found by besides its title."""
        return gallery()[self.id].words


def entries() -> tuple[Entry, ...]:
    """All networks, in the order of the gallery."""
    return tuple(_entry(declared) for declared in gallery().values())


def _entry(declared: Architecture) -> Entry:
    found = figures().get(declared.id)
    total = max(1, found.parameters) if found else 1
    return Entry(
        declared.id,
        declared.title,
        declared.year,
        declared.source,
        declared.category,
        declared.about.split("\n\n")[0].replace("\n", " "),
        declared.input.text,
        found.outputs if found else (),
        found.parameters if found else 0,
        found.macs if found else 0,
        found.weighted if found else 0,
        found.convolutional / total if found else 0.0,
        (found.largest[0], found.largest[1] / total) if found else ("", 0.0),
        declared.section("Figures"),
        declared.section("Form"),
        declared.section("Contribution"),
        declared.section("Strengths"),
        declared.section("Gaps"),
        found.bars if found else (),
        declared.task,
        "here" if declared.weights else "fetch" if published(declared.id) else "",
    )


def categories(shown: Sequence[Entry]) -> dict[str, int]:
    """Categories in the order of the lecture with the number of networks in each."""
    names = sorted({entry.category for entry in shown})
    return {name: sum(entry.category == name for entry in shown) for name in names}


def found(shown: Sequence[Entry], query: str) -> list[Entry]:
    """The networks that a text may mean, the best first."""
    return [entry for entry, _ in look_up(query, list(shown))]
