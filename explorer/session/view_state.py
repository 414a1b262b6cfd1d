"""Everything about how a design is looked at, as one record: saved, set by lessons, compared in tests."""

from __future__ import annotations

import msgspec


class Camera(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the canvas shows: pixels per canvas unit and the point in the middle; zoom 0: as when opened."""

    zoom: float = 0.0
    x: float = 0.0
    y: float = 0.0


class ViewState(msgspec.Struct, frozen=True, omit_defaults=True):
    """A whole view of one design.

    Attributes:
        camera: where the canvas looks. level: path of the level shown. selected: address, empty for none.
        tab: id of the dock's panel in front. panels: by panel, its own choices (method, head, channel,
            sorting, page) by name.
        dataset, sample: which input is looked at, when it is one of a data set.

    """

    camera: Camera = Camera()
    level: tuple[str, ...] = ()
    selected: str = ""
    tab: str = "training"
    panels: dict[str, dict[str, str | int | float | bool]] = {}
    dataset: str = ""
    sample: int = 0
