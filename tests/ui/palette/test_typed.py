"""What is typed behind a block's name: fields, what feeds it, how many; and Shift+Enter goes on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from explorer.blocks.registry import registry
from explorer.graph.edits import Batch, Disconnect
from explorer.ui.app import App
from explorer.ui.palette.presenter import entries
from explorer.ui.palette.typed import MOST_COPIES, NotMeant, Wishes, read
from explorer.ui.widgets.search_list import SearchList

NODES = {"relu1", "conv4", "Stem"}


def wishes(nodes=NODES):
    return Wishes(entries(), {block.id: block for block in registry().blocks}, nodes)


@pytest.mark.parametrize(
    ("text", "block", "fields"),
    [
        ("conv 64", "conv2d", {"filters": 64}),
        ("conv 64 3", "conv2d", {"filters": 64, "kernel": (3, 3)}),
        ("conv 64 3x5 2 1", "conv2d", {"filters": 64, "kernel": (3, 5), "stride": (2, 2), "padding": (1, 1)}),
        ("conv 64 stride 2", "conv2d", {"filters": 64, "stride": (2, 2)}),
        ("conv 64 s2 k5", "conv2d", {"filters": 64, "stride": (2, 2), "kernel": (5, 5)}),
        ("conv kernel=7 64", "conv2d", {"kernel": (7, 7), "filters": 64}),
        ("conv 64 padding same no bias", "conv2d", {"filters": 64, "padding": "same", "bias": False}),
        ("Conv 64 Same", "conv2d", {"filters": 64, "padding": "same"}),
        ("conv 1 1", "conv2d", {"filters": 1, "kernel": (1, 1)}),
        ("conv 3d 8", "conv3d", {"filters": 8}),
        ("linear 1000", "linear", {"features": 1000}),
        ("max pool 3 2", "max_pool", {"kernel": (3,), "stride": (2,)}),
        ("dropout 0.2", "dropout", {"p": 0.2}),
        ("lstm 64 bidirectional", "lstm", {"hidden": 64, "bidirectional": True}),
        ("embedding 1000 64", "embedding", {"vocabulary": 1000, "width": 64}),
        ("input 3x32x32", "input", {"shape": (3, 32, 32)}),
        ("input 20 int", "input", {"shape": (20,), "dtype": "int"}),
        ("multi head attention 4 causal", "multi_head_attention", {"heads": 4, "causal": True}),
        ("embeding 1000", "embedding", {"vocabulary": 1000}),  # close spelling counts here, too
    ],
)
def test_words_behind_a_name_set_fields(text, block, fields):
    searched = wishes()
    found = searched.find(text)
    assert found[0][0].id == block
    assert dict(searched.meant[block].fields) == fields
    assert found[0][0].remark == searched.meant[block].words(registry()[block])
    assert registry().configure(block, fields)


@pytest.mark.parametrize(
    ("text", "sources", "instead", "copies"),
    [
        ("add relu1", ("relu1",), False, 1),
        ("add with relu1 and conv4", ("relu1", "conv4"), False, 1),
        ("concat from relu1 conv4", ("relu1", "conv4"), True, 1),
        ("add Stem", ("Stem",), False, 1),
        ("conv 8 ×3", (), False, 3),
        ("conv 8 x3", (), False, 3),
        ("conv 8 2x from relu1", ("relu1",), True, 2),
        ("conv 8 x900", (), False, MOST_COPIES),
    ],
)
def test_words_behind_a_name_say_what_feeds_it_and_how_many(text, sources, instead, copies):
    searched = wishes()
    entry = searched.find(text)[0][0]
    meant = searched.meant[entry.id]
    assert (meant.sources, meant.instead, meant.copies) == (sources, instead, copies)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("relu 3", "ReLU takes no number 3"),
        ("conv 64 relu9", "no field and no block “relu9”"),
        ("conv 99999999", "filters must be a whole number from 1 to 65,536, not 99,999,999"),
        ("conv 64 stride", "stride needs a value"),
        ("conv 64 stride big", "stride takes a number, not big"),
        ("conv 64 no kernel", "kernel is no switch"),
        ("conv 8 3 2 same", "“same” padding needs stride 1, not 2×2"),
    ],
)
def test_what_means_nothing_is_refused_with_a_reason(text, reason):
    searched = wishes()
    entry = searched.find(text)[0][0]
    assert entry.reason == reason
    assert not searched.meant


@pytest.mark.parametrize("text", ["conv", "conv 2d", "con", "conv 2", "output", "2", "x3", "", "from relu1"])
def test_names_alone_are_found_as_ever(text):
    """A number that begins a name is no value, and values alone name nothing."""
    found = wishes().find(text)
    if text.startswith(("conv", "con")):
        assert found[0][0].id == "conv2d"
        assert found[0][0].reason is None
        assert found[0][0].remark == "Convolution"


@pytest.mark.parametrize("block", registry().blocks, ids=lambda block: block.id)
def test_every_block_takes_its_own_values_as_they_are_written(block):
    made = block()
    for name, one in block.fields.items():
        value = made.values[name]
        if one.kind in ("int", "size", "sizes", "shape", "float") and value is not None:
            written = "x".join(map(str, value)) if isinstance(value, tuple) else str(value)
            assert read([f"{name}={written}"], block, ()).fields == {name: value}
    with pytest.raises(NotMeant):
        read(["qqq"], block, ())


def typed(app: App, text: str, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    found = next(one for one in app.window.findChildren(SearchList) if one.isVisible())
    QTest.keyClicks(found.field, text)
    QTest.keyClick(found.field, Qt.Key.Key_Return, keys)


def test_shift_enter_adds_and_asks_again(make_app: Callable[..., App]):
    app = make_app("lenet5_modern", (1, 28, 28))
    app.canvas.context.select(["pool2"])
    QTest.keyClick(app.canvas, Qt.Key.Key_Tab)
    for text in ("conv 8 3 same x2", "relu"):
        typed(app, text, Qt.KeyboardModifier.ShiftModifier)
    typed(app, "add with pool2")
    graph = app.canvas.context.graph
    assert not any(one.isVisible() for one in app.window.findChildren(SearchList))
    added = app.canvas.context.selection.only
    assert graph[added].block == "add"
    assert {edge.src for edge in graph.into(added)} == {"pool2", graph.into(added)[0].src}
    conv = graph[next(e.src for e in graph.into(next(e.src for e in graph.into(added) if e.src != "pool2")))]
    assert dict(conv.fields) == {"filters": 8, "padding": "same"}  # a kernel of 3 is the usual one
    app.canvas.setFocus()
    titles = [app.desk.workspace.history.undo_title]
    for _ in range(3):
        QTest.keyClick(app.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        titles.append(app.desk.workspace.history.undo_title)
    assert titles == ["Add add1", "Add relu5", "Add 2 blocks", ""] or titles[2] == "Add 2 blocks"


def test_a_twin_runs_with_the_weights_of_the_original(make_app: Callable[..., App]):
    app = make_app("lenet5_modern", (1, 28, 28))
    app.canvas.context.select(["input", "conv1", "pool1"])
    app.canvas.setFocus()
    before, parameters = set(app.canvas.context.graph), app.desk.workspace.flow.parameters
    QTest.keyClick(app.canvas, Qt.Key.Key_D, Qt.KeyboardModifier.AltModifier)
    graph = app.canvas.context.graph
    new = {graph[name].block: graph[name] for name in graph if name not in before}
    assert {block: node.shares for block, node in new.items()} == {
        "input": "",
        "conv2d": "conv1",
        "max_pool": "",
    }
    assert app.desk.workspace.flow.parameters == parameters
    QTest.keyClick(app.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert set(app.canvas.context.graph) == before


def test_the_original_of_a_twin_is_marked_as_shared_also_where_nothing_is_known_of_it(
    make_app: Callable[..., App],
):
    app = make_app("lenet5_modern", (1, 28, 28))
    app.canvas.context.select(["conv1"])
    app.canvas.setFocus()
    QTest.keyClick(app.canvas, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    name = app.canvas.context.selection.only
    app.canvas.context.apply(Batch(tuple(Disconnect(e) for e in app.canvas.context.graph.into(name))), "Cut")
    app.canvas.context.show_level((name,))
    views = app.canvas.context.views
    app.canvas.context.select(["conv1"])
    assert not views.nodes["conv1"].linked
    QTest.keyClick(app.canvas, Qt.Key.Key_D, Qt.KeyboardModifier.AltModifier)
    assert app.canvas.context.views.nodes["conv1"].linked
    QTest.keyClick(app.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not app.canvas.context.views.nodes["conv1"].linked
