"""One rule for colours: red–blue round zero as soon as a value is negative, else from zero up."""

from __future__ import annotations

import math

import numpy as np
import pytest

from explorer.cli import pictures
from explorer.meaning import scales
from explorer.style import colours
from explorer.ui.features.maps import map_of, read


@pytest.mark.parametrize(
    ("low", "high", "use", "ends"),
    [
        (0.0, 3.0, "activation", (0.0, 3.0)),
        (1.0, 3.0, "activation", (0.0, 3.0)),
        (-1.0, 3.0, "signed", (-3.0, 3.0)),
        (-4.0, -1.0, "signed", (-4.0, 4.0)),
        (0.0, 0.0, "activation", (0.0, 1.0)),
        (math.nan, math.nan, "activation", (0.0, 1.0)),
    ],
)
def test_ends(low: float, high: float, use: str, ends: tuple[float, float]) -> None:
    assert scales.use_of(low, high) == use
    assert scales.ends(low, high) == ends


def test_window_and_files_take_the_same_colours() -> None:
    signed = np.array([[-1.0, 0.0], [0.5, 0.25]], dtype=np.float32)
    for values, use in ((signed, "signed"), (np.abs(signed), "activation")):
        low, high = float(values.min()), float(values.max())
        name = colours.map_for(use)
        assert map_of(read("a", values[None], 1, ("C", "H", "W"))) == name
        on_canvas = colours.rgb(values, colours.map_of(low, high), *scales.ends(low, high)).astype(int)
        assert np.abs(pictures.drawn(values).astype(int) - on_canvas).max() <= 8
