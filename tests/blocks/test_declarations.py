"""Every block says what it does, draws its formula, has an icon and names a module that exists."""

import importlib
import re
import warnings

import pytest

from explorer import resources
from explorer.blocks import card
from explorer.blocks.block import Block
from explorer.blocks.registry import Registry, chapters, registry
from explorer.graph.catalogue import BadField, UnknownBlock
from explorer.graph.names import why_not

with warnings.catch_warnings():  # ziamath loads its font in a way that is going away
    warnings.simplefilter("ignore", DeprecationWarning)
    import ziamath

BLOCKS = registry().blocks
FAMILIES = {"io", "linear", "conv", "pool", "norm", "act", "recurrent", "attention", "shape", "composite"}
PLAIN = {
    "input",
    "output",
    "reshape",
    "permute",
    "split",
    "slice",
    "pad",
    "resize",
    "fold_time",
    "unfold_time",
}
"""Blocks that move values about; they need no formula."""

each_block = pytest.mark.parametrize("cls", BLOCKS, ids=lambda cls: cls.id)


@each_block
def test_docstring_has_its_sections(cls: type[Block]) -> None:
    found = card.read(cls.__doc__, cls.formula)
    assert found.what, "says nothing about what it does"
    names = [name for name, _ in found.sections]
    assert names == [name for name in card.SECTIONS if name in names], "sections are out of order"
    assert set(card.SECTIONS) - card.OPTIONAL <= set(names)
    assert all(text for _, text in found.sections)


@each_block
def test_two_sentences_say_what_it_does(cls: type[Block]) -> None:
    found = card.read(cls.__doc__)
    first = card.Card(found.what[:1])
    assert card.opening(first, 99) == card.opening(first, 2), "more than two sentences"
    assert len(card.opening(first)) < 330
    assert card.opening(first, 1) != card.opening(first, 2), "only one sentence"


@each_block
def test_words_on_the_card(cls: type[Block]) -> None:
    assert cls.category in {chapter.number for chapter in chapters()}
    assert cls.family in FAMILIES
    assert re.fullmatch(r"[a-z][a-z0-9_]*", cls.id)
    assert why_not(cls.stem + "1") is None
    assert cls.title[0].isupper() or cls.title[0].isdigit()
    for field in cls.fields.values():
        assert field.doc, field.name
        assert field.label, field.name
    assert isinstance(cls().summary(), str)


@each_block
def test_icon_is_drawn(cls: type[Block]) -> None:
    assert resources.path("icons", f"{cls.icon}.svg").is_file(), cls.icon


@each_block
def test_formula_renders(cls: type[Block], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ziamath.config, "svg2", False)
    assert cls.formula or cls.id in PLAIN
    if cls.formula:
        drawn = ziamath.Latex(cls.formula, size=20)
        width, height = drawn.getsize()
        assert "<svg" in drawn.svg()
        assert not re.search(r"quad[a-z]", cls.formula), "a command runs into a name"
        assert 10 < height < 90, "its brackets grow out of hand"
        assert 20 < width < 900


@each_block
def test_target_exists(cls: type[Block]) -> None:
    assert (cls.target is None) == (cls.is_composite or cls.id in ("input", "output"))
    if cls.target:
        module, _, name = cls.target.partition(":")
        assert isinstance(getattr(importlib.import_module(module), name), type)


@each_block
def test_defaults_are_legal_and_odd_values_are_refused_in_words(cls: type[Block]) -> None:
    for name, field in cls.fields.items():
        assert field.check(field.default) == field.default
        for odd in (object(), "?" * 5_000, -(10**9), float("nan"), (), [0.5]):
            if name == "axes" and odd == ():
                continue
            with pytest.raises(BadField) as caught:
                cls(**{name: odd})
            assert str(caught.value).endswith(".")
            assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("block", "fields", "said"),
    [
        ("linear", {"features": -1}, "outputs must be a whole number from 1 to 65,536, not −1."),
        ("slice", {"start": 10**6}, "start must be a whole number from −65,536 to 65,536, not 1,000,000."),
        ("conv1d", {"padding": (1, 2)}, "padding must be “same”, or a whole number from 0 to 512, not 1×2."),
        ("constant", {"start": None}, "value must be a number from −1,000,000 to 1,000,000, not empty."),
        ("gelu", {"approximation": "?"}, "approximation must be one of none, tanh, not “?”."),
        ("scaled_dot_product", {"scale": 0}, "scale must be empty or a number from 1e-6 to 10,000, not 0."),
        ("layer_norm", {"affine": 2.5}, "affine must be on or off (true or false), not 2.5."),
        ("input", {"shape": (2,) * 5}, "axes must name a letter of C H W T D for each of the 5 sizes, which"),
    ],
)
def test_refusals_are_written_for_people(block: str, fields: dict[str, object], said: str) -> None:
    with pytest.raises(BadField) as caught:
        registry().configure(block, fields)
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("t² times as many", "t² times as many"),
        ("t = 1 is a maximum", "t = 1 is a maximum"),
        ("v1 has one", "v1 has one"),
        ("low-level features", "Low-level features"),
        ("a map", "A map"),
    ],
)
def test_sections_begin_with_a_capital_unless_with_a_name(written: str, shown: str) -> None:
    assert card.read(f"Does it.\n\nGaps: {written}.").section("Gaps") == f"{shown}."


def test_unknown_names_are_refused() -> None:
    with pytest.raises(UnknownBlock, match="conv2d"):
        registry()["conv2"]
    with pytest.raises(BadField, match="has no field"):
        registry().configure("relu", {"slope": 1.0})
    with pytest.raises(ValueError, match="twice"):
        Registry([BLOCKS[0], BLOCKS[0]])
