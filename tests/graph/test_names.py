"""Names that may become Python identifiers and torch attributes."""

import keyword
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from explorer.graph.names import MODULE_ATTRIBUTES, Names, fresh, unique, why_not


def test_every_attribute_of_a_torch_module_is_reserved() -> None:
    public = {name for name in dir(nn.Module()) if not name.startswith("_")}
    assert public <= MODULE_ATTRIBUTES, public - MODULE_ATTRIBUTES


@pytest.mark.parametrize(
    "name", [*keyword.kwlist, *keyword.softkwlist, "type", "train", "half", "self", "torch", "F"]
)
def test_words_that_mean_something_are_refused(name: str) -> None:
    assert why_not(name)


@pytest.mark.parametrize(
    "name", ["", "1a", "_a", "a b", "a.b", "a-b", "é", "a" * 65, "a\n", "x;import os", "x\x00"]
)
def test_what_is_no_identifier_is_refused(name: str) -> None:
    assert why_not(name)


@pytest.mark.parametrize("name", ["a", "conv1", "Conv_2", "a" * 64])
def test_plain_names_are_taken(name: str) -> None:
    assert why_not(name) is None


@given(st.text(max_size=80), st.sets(st.text(string.ascii_lowercase + "123", max_size=3)))
def test_fresh_and_unique_give_legal_free_names_for_any_text(stem: str, taken: set[str]) -> None:
    for name in (fresh(stem, taken), unique(stem, taken)):
        assert why_not(name) is None
        assert name not in taken


def test_fresh_counts_on() -> None:
    assert fresh("conv", {"conv1", "conv2"}) == "conv3"
    assert fresh("conv9", set()) == "conv1"
    assert unique("conv", {"conv"}) == "conv1"
    assert unique("class", set()) == "class1"


@given(
    st.lists(st.text(string.ascii_lowercase + "12_ ", max_size=4), max_size=12),
    st.sets(st.text("ab12", max_size=3)),
)
def test_handing_out_many_names_gives_what_asking_one_by_one_gives(
    wanted: list[str], taken: set[str]
) -> None:
    names, so_far = Names(taken), set(taken)
    for name in wanted:
        expected = unique(name, so_far)
        so_far.add(expected)
        assert names.unique(name) == expected
