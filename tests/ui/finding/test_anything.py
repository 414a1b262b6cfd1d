"""The search for everything, the palette and the gallery find the same by what people type."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from explorer.ui.app import App
from explorer.ui.gallery.entry import entries, found
from explorer.ui.palette.presenter import families
from explorer.ui.palette.rows import alike
from explorer.ui.shell import ask
from explorer.ui.shell.actions.synonyms import SYNONYMS
from explorer.ui.widgets.lookup import look_up

BLOCKS = [
    ("average", "Avg pool"),
    ("token", "Input"),
    ("conv", "Conv 2d"),
    ("upsample", "Resize"),
    ("bilinear", "Resize"),
    ("fully connected", "Linear"),
    ("dense", "Linear"),
    ("skip", "Add"),
    ("shortcut", "Add"),
    ("concatenate", "Concat"),
    ("lienar", "Linear"),
    ("sofmax", "Softmax"),
    ("bacth norm", "Batch norm"),
    ("batchnorm", "Batch norm"),
    ("bn", "Batch norm"),
    ("c2d", "Conv 2d"),
    ("norm", "Batch norm"),
    ("pool", "Max pool"),
    ("deconvolution", "Transposed conv 1d"),
    ("self-attention", "Self attention"),
    ("multi head", "Multi-head attention"),
    ("sequence", "Simple RNN"),
    ("mlp", "FC block"),
    ("1x1 conv", "1×1 conv"),
    ("transpose", "Permute"),
    ("crop", "Slice"),
    ("word vectors", "Embedding"),
]
NETWORKS = [
    ("seq2seq", "Translator with dot attention"),
    ("sequence to sequence", "Translator with dot attention"),
    ("gogglenet", "GoogLeNet"),
    ("moblenet", "MobileNet"),
    ("he 2015", "ResNet, small"),
    ("lecun 1998", "LeNet-5"),
    ("vaswani", "Transformer, base"),
    ("resnet50", "ResNet-50"),
    ("res net", "ResNet, small"),
    ("unet", "U-Net"),
    ("segmentation", "U-Net"),
]
COMMANDS = [
    ("dark mode", "view.theme"),
    ("shortcuts", "help.keys"),
    ("lecture", "view.present"),
    ("grad-cam", "view.attribution"),
    ("compare", "beside.split"),
    ("freeze", "edit.freeze"),
]
NOWHERE = ["xyzzy", "zzzz", "qwertyuiop"]


OFFERED: list = []
"""What a window offers; it is asked once."""


@pytest.fixture
def known(qtbot):
    if not OFFERED:
        app = App()
        qtbot.addWidget(app.window)
        OFFERED.extend(app.anything.known())
        app.window.close()
    return OFFERED


@pytest.mark.parametrize(("typed", "first"), BLOCKS)
def test_blocks_by_what_people_type(known, typed, first):
    assert alike(families(), typed)[0].block.title == first
    assert look_up(typed, known)[0][0].title == first


@pytest.mark.parametrize(("typed", "first"), NETWORKS)
def test_networks_by_what_people_type(known, typed, first):
    hits = found(entries(), typed)
    assert first in [entry.title for entry in hits[:2]]
    offered = [entry.title for entry, _ in look_up(typed, known)[:12]]
    assert any(title.startswith(first) for title in offered), offered


@pytest.mark.parametrize(("typed", "first"), COMMANDS)
def test_commands_by_what_people_type(known, typed, first):
    assert look_up(typed, known)[0][0].id == first


@pytest.mark.parametrize("typed", NOWHERE)
def test_nothing_is_guessed_where_nothing_is_meant(known, typed):
    assert look_up(typed, known) == []
    assert alike(families(), typed) == []


def test_other_words_are_for_commands_that_exist(known):
    ids = {entry.id for entry in known}
    assert set(SYNONYMS) <= ids


def test_a_block_is_added_from_the_same_line(qtbot, monkeypatch):
    monkeypatch.setattr(ask, "save_changes", lambda *_: "discard")
    app = App()
    qtbot.addWidget(app.window)
    app.window.show()
    app.files.new()
    app.actions.run("app.search")
    qtbot.keyClicks(app.anything.list.field, "rectifier")
    qtbot.keyClick(app.anything.list.field, Qt.Key.Key_Return)
    assert [node.block.id for _, node in app.desk.workspace.flow.walk()] == ["relu"]
    app.window.close()
