"""A wire let go on the ground offers first what can take it, with the shape that would come out."""

from __future__ import annotations

import time

import pytest

from explorer.blocks.registry import registry
from explorer.graph.tensor import image, tokens, vector
from explorer.ui.palette.fitting import MOST_MISFITS, Fitting
from explorer.ui.palette.presenter import entries
from explorer.ui.widgets.search_list import SHOWN, alike


@pytest.mark.parametrize(
    ("carried", "block", "fits", "words"),
    [
        (image(16, 10, 10), "max_pool", True, "→ 16×5×5"),
        (image(16, 10, 10), "flatten", True, "→ 1600"),
        (image(16, 10, 10), "linear", False, "needs D, gets 16×10×10"),
        (image(16, 10, 10), "lstm", False, "needs T × D, gets 16×10×10"),
        (image(16, 10, 10), "input", False, "takes no input"),
        (image(16, 10, 10), "concat", True, "→ 32×10×10"),
        (image(16, 10, 10), "residual_block", True, None),
        (vector(84), "linear", True, None),
        (vector(84), "conv2d", False, None),
    ],
)
def test_a_block_is_tried_on_what_the_wire_carries(carried, block, fits, words):
    if block not in {b.id for b in registry().blocks}:
        block = next(b.id for b in registry().blocks if block.split("_")[0] in b.id)
    found = Fitting(registry(), "conv2", carried).of(block)
    assert found.fits is fits
    assert words is None or found.words == words


def test_what_fits_comes_first_and_a_few_others_say_why_not():
    fitting = Fitting(registry(), "conv2", image(16, 10, 10))
    lines = fitting.order(alike(entries(), "conv"))
    answers = [fitting.of(entry.id).fits for entry, _ in lines]
    assert answers == sorted(answers, reverse=True)
    assert len(lines) == SHOWN
    assert answers.count(False) == MOST_MISFITS
    assert all(entry.remark for entry, _ in lines)
    assert all(entry.reason is None for entry, _ in lines)  # one may still be added: that is a lesson


@pytest.mark.parametrize("carried", [image(16, 10, 10), vector(10), tokens(12)])
def test_every_block_can_be_tried_and_the_list_opens_at_once(carried):
    fitting = Fitting(registry(), "x", carried)
    start = time.perf_counter()
    fitting.order(alike(entries(), ""))
    assert time.perf_counter() - start < 0.5
    for block in registry().blocks:
        assert isinstance(fitting.of(block.id).words, str)
