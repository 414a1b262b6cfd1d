"""What is typed to find layers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.graph.workspace import Workspace
from explorer.ui.finding.query import Comparison, parse, rank


@pytest.fixture(scope="module")
def layers():
    return list(Workspace(registry(), find("resnet_small").build()).flow.walk(depth=8))


def found(layers, text):
    query = parse(text)
    return {address for address, node in layers if rank(query, address, node) is not None}


def test_a_text_is_taken_apart():
    query = parse("conv params > 1e5  ?x14x14 macs<=2,000k")
    assert query.words == "conv"
    assert query.shapes == ((None, 14, 14),)
    assert query.comparisons == (Comparison("params", ">", 1e5), Comparison("macs", "<=", 2e6))


@pytest.mark.parametrize("text", ["3x", "x3", "params>", "params>one", "speed>3", "1e5"])
def test_what_is_neither_is_a_word(text):
    assert parse(text).words == text
    assert not parse(text).comparisons


def test_figures_agree_with_the_flow(layers):
    flow = dict(layers)
    for sign, holds in ((">", lambda a: a > 1000), ("<=", lambda a: a <= 1000)):
        assert found(layers, f"params{sign}1k") == {a for a, n in flow.items() if holds(n.parameters)}
        assert found(layers, f"params{sign}1k")


def test_shapes_arrive_or_leave(layers):
    hits = found(layers, "16x28x28")
    assert hits
    for address, node in layers:
        shapes = [t.shape for t in (*node.inputs.values(), *node.outputs.values()) if t is not None]
        assert (address in hits) is ((16, 28, 28) in shapes)


def test_all_terms_have_to_hold(layers):
    assert found(layers, "conv 16x28x28") == {
        a for a in found(layers, "conv") if a in found(layers, "16x28x28")
    }


def test_by_the_title_of_the_block(layers):
    assert "stage1_block1.conv1" in found(layers, "convolution") | found(layers, "conv 2d")


@given(st.text(max_size=40))
def test_any_text_is_understood_or_a_word(text):
    query = parse(text)
    assert isinstance(query.words, str)
