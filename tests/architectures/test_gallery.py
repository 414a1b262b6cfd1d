"""The gallery: every entry builds, resolves, and refuses what it cannot be."""

from __future__ import annotations

from contextlib import suppress

import pytest
from nets import resolve

from explorer.architectures.architecture import DECLARED, Architecture, OptionProblem, architecture
from explorer.architectures.figures import compute, figures
from explorer.architectures.gallery import UnknownArchitecture, find, gallery
from explorer.graph import files
from explorer.graph.names import why_not
from explorer.graph.tensor import vector

ENTRIES = list(gallery().values())
each = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)


@each
def test_it_builds_without_problems_and_answers_with_its_classes(entry: Architecture) -> None:
    document = entry.build()
    flow = resolve(document)
    assert not flow.problems
    assert next(iter(flow.inputs.values())) == entry.input
    if entry.task == "classification":
        assert list(flow.outputs.values()) == [vector(entry.classes)]
    if entry.parameters is not None:
        assert flow.trainable == entry.parameters
    assert figures()[entry.id] == compute(entry, flow), "run `make figures`"
    assert document.name == entry.title
    assert document.revision == 0
    assert files.decode(files.encode(document)).same_as(document)


@each
def test_it_is_described(entry: Architecture) -> None:
    assert why_not(entry.id) is None
    assert entry.about.count(".") >= 2
    assert 1940 < entry.year < 2100
    assert entry.source
    assert entry.category.startswith("1.")


@each
def test_another_number_of_classes(entry: Architecture) -> None:
    if entry.task == "classification":
        assert list(resolve(entry.build(classes=7)).outputs.values()) == [vector(7)]
    for classes in (0, -1, 10**9):
        with pytest.raises(OptionProblem):
            entry.build(classes=classes)


@each
def test_inputs_that_do_not_fit_are_refused_in_words(entry: Architecture) -> None:
    for sizes in ((), (0,) * len(entry.input.shape), (3,) * 6):
        with pytest.raises(OptionProblem, match=entry.input.text.replace("×", ".")):
            entry.build(sizes)
    with suppress(OptionProblem):  # some can be built that small, none may break down
        entry.build((1,) * len(entry.input.shape))


@each
def test_options_of_the_wrong_kind_are_refused(entry: Architecture) -> None:
    with pytest.raises(OptionProblem, match="no option"):
        entry.build(odd=1)
    for name in entry.options:
        for value in (True, "odd", None, 1.5):
            if not isinstance(value, type(entry.options[name])):
                with pytest.raises(OptionProblem, match=name):
                    entry.build(**{name: value})  # type: ignore[arg-type]
        with suppress(OptionProblem):
            entry.build(**{name: -7})  # type: ignore[arg-type]


@each
def test_frames_hold_nodes_that_are_there(entry: Architecture) -> None:
    root = entry.build().root
    for frame in root.frames.values():
        assert set(frame.nodes) <= set(root)


def test_published_counts() -> None:
    assert resolve(find("lenet5_modern").build()).parameters == 61_706
    assert resolve(find("lenet5_modern").build((1, 28, 28))).parameters == 61_706
    deep = resolve(find("preact_resnet_deep").build(depth=1001)).parameters
    assert round(deep / 1e6, 1) == 10.3  # 10.2M in the paper, which counts no norms


def test_shipped_weights_are_named_only_for_what_they_fit() -> None:
    entry = find("lenet5_modern")
    assert entry.build().settings["weights"] == "lenet5_modern"
    assert "weights" not in entry.build(classes=3).settings


def test_unknown_names_and_double_ids() -> None:
    with pytest.raises(UnknownArchitecture, match="lenet5_modern"):
        find("lenet5_moderm")
    with pytest.raises(UnknownArchitecture):
        find("x" * 10_000)
    entry = ENTRIES[0]
    architecture(entry.id, title="t", category="c", year=2000, source="s", input=(1,))(
        lambda g, input, classes: None
    )
    try:
        gallery.cache_clear()
        with pytest.raises(ValueError, match="twice"):
            gallery()
    finally:
        DECLARED.pop()
        gallery.cache_clear()
        gallery()


@pytest.mark.parametrize(
    ("name", "place"),
    [("vgg16", "stage4.pool1"), ("densenet121", "transition2.pool")],
)
def test_the_layer_that_runs_out_of_pixels_is_named_with_its_stage(name: str, place: str) -> None:
    with pytest.raises(OptionProblem, match=rf"cannot be built for 3×8×8: {place} .*2×2"):
        find(name).build((3, 8, 8))
