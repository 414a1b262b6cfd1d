"""The inspector: what it shows of a node, and what typing there does to the design."""

from __future__ import annotations

import numpy as np
import pytest
from look_desk import make_desk, run
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from explorer.blocks import card
from explorer.blocks.registry import registry
from explorer.graph.edits import SetBlock
from explorer.graph.operations import dissolve
from explorer.protocol import events, requests
from explorer.protocol.pictures import Panel, Panels
from explorer.style.theme import theme
from explorer.ui.forms.editors import AxesField, FieldView, OptionalNumber
from explorer.ui.inspector import formula, source_lines
from explorer.ui.inspector.panel import InspectorPanel
from explorer.ui.inspector.presenter import InspectorPresenter

SOURCE = """
class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 6, 5)

    def forward(self, x):
        conv = self.conv(x)  # 6×24×24
        return self.conv2(conv)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.stage = Block()
        self.fc = nn.Linear(10, 2)

    def forward(self, input):
        stage = self.stage(input)
        return self.fc(stage)
"""


@pytest.fixture
def shown(qtbot):
    theme().change(mode="light", scale=1.0)
    desk, bridge = make_desk("lenet5_modern", input=(1, 28, 28))
    run(desk, bridge)
    panel = InspectorPanel()
    presenter = InspectorPresenter(panel, desk)
    qtbot.addWidget(panel)
    panel.resize(288, 800)
    panel.show()
    qtbot.waitExposed(panel)
    return panel, presenter, desk, bridge


def field(panel, name):
    return panel.node_page.form.rows[name]


def type_into(editor, text):
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, text)
    QTest.keyClick(editor, Qt.Key.Key_Return)


def facts(panel):
    return {name: (value, remark) for name, value, remark in panel.node_page.facts.texts()}


# what is shown


def test_nothing_selected_shows_the_design(shown):
    panel, *_ = shown
    assert panel.design_name.text() == "LeNet-5"
    assert ("Parameters", "61,706", "") in panel.design_facts.texts()


def test_a_convolution_with_how_its_figures_come_about(shown):
    panel, _, desk, _ = shown
    desk.select("conv1")
    found = facts(panel)
    assert found["Input"] == ("1×28×28", "C H W")
    assert found["Output"] == ("6×28×28", "C H W")
    assert found["Parameters"] == ("156", "6·(1·5·5) + 6")
    assert found["MACs"] == ("117,600", "28\u00a0% of net")
    assert found["Receptive field"] == ("5 × 5", "stride 1")
    assert [row.view.label for row in panel.node_page.form.rows.values()] == [
        "Filters",
        "Kernel",
        "Stride",
        "Padding",
        "Dilation",
        "Groups",
        "Bias",
    ]
    assert field(panel, "kernel").editor.text() == "5 × 5"
    assert field(panel, "stride").editor.text() == "1"
    assert field(panel, "padding").view.effect == "same"


@pytest.mark.parametrize("address", ["input", "conv1", "pool1", "relu1", "flatten", "fc1", "output"])
def test_every_node_can_be_shown(shown, address):
    panel, _, desk, _ = shown
    desk.select(address)
    assert panel.details is not None
    assert panel.name.text() == address
    panel.grab()


def test_filters_appear_when_the_weights_are_known(shown):
    panel, _, desk, bridge = shown
    desk.select("conv2")
    values = np.linspace(-0.3, 0.3, 16 * 6 * 25, dtype=np.float32).reshape(16, 6, 5, 5)
    bridge.answer(
        requests.Weights,
        events.WeightSet(
            address="conv2", names=("weight", "bias"), values=(values, np.zeros(16, np.float32)), total=16
        ),
    )
    strip = panel.node_page.filters
    assert strip.isVisibleTo(panel)
    assert strip.title.text() == "Filters 5 × 5, 6 of 16"
    desk.select("relu2")
    assert not strip.isVisibleTo(panel)
    assert panel.tabs._buttons["weights"].toolTip() == "This layer has no weights."


def test_code_tab_shows_the_lines_of_the_node_and_copies_them(shown, qtbot):
    panel, _, desk, bridge = shown
    desk.select("conv1")
    qtbot.mouseClick(panel.tabs._buttons["code"], Qt.MouseButton.LeftButton)
    text = SOURCE.replace("self.fc", "self.conv1").replace("return", "conv1 =")
    bridge.answer(requests.Source, events.SourceText(text=text, revision=desk.workspace.revision))
    assert "conv1 = self.conv1(stage)" in panel.code_page.text.toPlainText()
    qtbot.mouseClick(panel.code_page.copy_button, Qt.MouseButton.LeftButton)
    assert "self.conv1(stage)" in QGuiApplication.clipboard().text()


# edits


def test_typing_sets_the_field_and_default_removes_it(shown):
    panel, _, desk, _ = shown
    desk.select("conv1")
    type_into(field(panel, "filters").editor, "8")
    assert desk.workspace.document.root["conv1"].fields["filters"] == 8
    type_into(field(panel, "kernel").editor, "3")
    assert "kernel" not in desk.workspace.document.root["conv1"].fields
    assert field(panel, "kernel").editor.text() == "3 × 3"
    type_into(field(panel, "padding").editor, "same")
    assert desk.workspace.document.root["conv1"].fields["padding"] == "same"
    desk.workspace.history.undo()
    assert desk.workspace.document.root["conv1"].fields["padding"] == 2


def test_typing_twice_into_one_field_is_one_step(shown):
    panel, _, desk, _ = shown
    desk.select("conv1")
    for text in ("8", "16"):
        type_into(field(panel, "filters").editor, text)
    desk.workspace.history.undo()
    assert desk.workspace.document.root["conv1"].fields["filters"] == 6


def test_switch_and_refusals(shown, qtbot):
    panel, _, desk, _ = shown
    desk.select("conv1")
    qtbot.mouseClick(field(panel, "bias").editor, Qt.MouseButton.LeftButton)
    assert desk.workspace.document.root["conv1"].fields["bias"] is False
    row = field(panel, "kernel")
    type_into(row.editor, "900")
    assert row.words.isVisibleTo(panel)
    assert "512" in row.words.text()
    assert row.editor.text() == "900 × 900"
    assert desk.workspace.document.root["conv1"].fields["kernel"] == 5
    QTest.keyClick(row.editor, Qt.Key.Key_Escape)
    assert row.editor.text() == "5 × 5"


def test_contradicting_fields_are_refused_with_words(shown):
    panel, presenter, desk, _ = shown
    desk.select("conv1")
    presenter.set_field("padding", "same")
    presenter.set_field("stride", (2, 2))
    assert "stride 1" in field(panel, "stride").words.text()
    assert "stride" not in desk.workspace.document.root["conv1"].fields


def test_nonsense_is_explained_while_typing(shown):
    panel, _, desk, _ = shown
    desk.select("conv1")
    row = field(panel, "filters")
    row.editor.setFocus()
    QTest.keyClicks(row.editor, "x")
    assert row.words.text() == "A whole number goes here"
    QTest.keyClick(row.editor, Qt.Key.Key_Return)
    assert row.editor.text() == "6"


def test_renaming(shown):
    panel, _, desk, _ = shown
    desk.select("conv1")
    type_into(panel.name, "first")
    assert "first" in desk.workspace.document.root
    assert desk.address == "first"
    type_into(panel.name, "for")
    assert "Python" in panel.head.refusal.text()
    assert panel.name.text() == "first"


# problems and levels


def test_problem_box_offers_the_best_repair(shown, qtbot):
    panel, _, desk, _ = shown
    desk.select("fc1")
    desk.workspace.apply(dissolve(desk.workspace.document, ["flatten"]))
    qtbot.waitUntil(lambda: panel.node_page.problem.button.text() == "Insert Flatten")
    assert panel.node_page.problem.note.title == "The input does not fit"
    assert facts(panel)["Parameters"] == ("unknown until it fits", "")
    assert not panel.tabs._buttons["weights"].isEnabled()
    qtbot.mouseClick(panel.node_page.problem.button, Qt.MouseButton.LeftButton)
    assert not desk.workspace.flow.problems
    qtbot.waitUntil(lambda: not panel.node_page.problem.isVisibleTo(panel))


def test_the_inside_of_a_block_cannot_be_edited(qtbot):
    desk, _ = make_desk("resnet_small")
    composite = next(name for name, node in desk.workspace.flow.nodes.items() if node.inner is not None)
    inside = next(a for a, n in desk.workspace.flow.walk() if a.startswith(f"{composite}.") and n.parameters)
    panel = InspectorPanel()
    qtbot.addWidget(panel)
    presenter = InspectorPresenter(panel, desk)
    desk.select(inside)
    assert "unpacks" in panel.node_page.reason.text()
    assert all(not row.editor.isEnabled() for row in panel.node_page.form.rows.values() if row.editor)
    revision = desk.workspace.revision
    presenter.set_field("filters", 3)
    presenter.rename("other")
    assert desk.workspace.revision == revision


def test_pin_keeps_the_node_and_undo_of_its_adding_shows_the_design(shown, qtbot):
    panel, _, desk, _ = shown
    desk.select("conv1")
    qtbot.mouseClick(panel.pin, Qt.MouseButton.LeftButton)
    desk.select("fc1")
    assert panel.name.text() == "conv1"
    qtbot.mouseClick(panel.pin, Qt.MouseButton.LeftButton)
    assert panel.name.text() == "fc1"


# pure parts


def test_every_docstring_becomes_a_card():
    for block in registry().blocks:
        found = card.read(block.__doc__, block.formula)
        assert found.what, block.id
        assert found.section("Source"), block.id
        assert "Source:" not in " ".join(found.what)
        assert len(card.opening(found)) < 420


def test_every_formula_can_be_set(qtbot):
    for block in registry().blocks:
        if block.formula:
            assert formula.typeset(block.formula, theme().colours.text, 15) is not None, block.id


def test_source_lines_follow_the_address():
    found = source_lines.lines_of(SOURCE, "stage.conv")
    assert "self.conv = nn.Conv2d(1, 6, 5)" in found
    assert "class Block" in found
    assert "nn.Conv2d(6" not in found
    assert "self.fc(stage)" in source_lines.lines_of(SOURCE, "fc")
    assert source_lines.lines_of(SOURCE, "nowhere.at.all") == ""


@pytest.mark.parametrize(
    ("text", "value"), [("3", (3, 3)), ("5x3", (5, 3)), ("SAME", "same"), ("−1 × 2", (-1, 2))]
)
def test_sizes_are_read_as_people_write_them(qtbot, text, value):
    editor = AxesField("Kernel", (1, 1), words=("same",))
    qtbot.addWidget(editor)
    assert editor.read(text) == value


def test_nothing_is_a_value_only_where_it_may_be(qtbot):
    loose = AxesField("Stride", None, axes=3, loose=True, optional=True)
    number = OptionalNumber("Width", None)
    for editor in (loose, number):
        qtbot.addWidget(editor)
        assert editor.read("  ") is None
    assert loose.read("2") == (2,)
    with pytest.raises(ValueError, match="At most 3"):
        loose.read("1 2 3 4")
    assert FieldView("a", "A", "int", 1) == FieldView("a", "A", "int", 1)


def test_the_fields_of_a_wrapped_block_are_edited_in_place(shown, qtbot):
    panel, _, desk, _ = shown
    desk.workspace.apply(
        SetBlock("conv1", "weight_norm", {"inner": "conv2d(filters=6, kernel=5, padding=2)"})
    )
    desk.select("conv1")
    qtbot.waitUntil(lambda: "inner.filters" in panel.node_page.form.rows)
    row = field(panel, "inner.filters")
    row.editor.setFocus()
    row.editor.selectAll()
    QTest.keyClicks(row.editor, "9")
    QTest.keyClick(row.editor, Qt.Key.Key_Return)
    assert desk.workspace.document.root["conv1"].fields["inner"] == "conv2d(filters=9, kernel=5, padding=2)"
    row = field(panel, "inner.filters")
    row.editor.selectAll()
    QTest.keyClicks(row.editor, "0")
    QTest.keyClick(row.editor, Qt.Key.Key_Return)
    assert "whole number from 1" in row.words.text()


def test_the_card_shows_a_live_picture_and_present_numbers(shown, qtbot):
    panel, _, desk, bridge = shown
    desk.select("conv1")
    panel.tabs.set_value("card")
    panel._show_tab("card")
    qtbot.waitUntil(lambda: any(isinstance(r, requests.Demonstrate) for r in bridge.sent))
    asked = next(r for r in bridge.sent if isinstance(r, requests.Demonstrate))
    assert (asked.block, asked.address) == ("conv2d", "conv1")
    picture = Panels(panels=(Panel(title="input", values=np.eye(8, dtype=np.float32)),), note="a window")
    weights = (("weight", (6, 1, 5, 5)), ("bias", (6,)))
    shown_now = events.Demonstrated(block="conv2d", address="conv1", picture=picture, weights=weights)
    bridge.answer(requests.Demonstrate, shown_now)
    page = panel.card_page
    assert page.picture.picture is picture
    assert page._sections["Parameters"][2].text() == "weight 6·1·5·5 + bias 6 = 156"
    assert page._sections["MACs"][2].text() == "4,704 values out · 25 = 117,600"
    assert not page.grab().isNull()


def test_the_card_of_a_composite_shows_what_it_is_made_of(qtbot):
    theme().change(mode="light", scale=1.0)
    desk, bridge = make_desk("resnet18")
    run(desk, bridge)
    panel = InspectorPanel()
    InspectorPresenter(panel, desk)
    qtbot.addWidget(panel)
    panel.resize(288, 800)
    panel.show()
    stage = desk.workspace.flow.at("stage1").inner
    block = next(name for name, node in stage.nodes.items() if node.inner is not None)
    desk.select(f"stage1.{block}")
    panel.tabs.set_value("card")
    panel._show_tab("card")
    structure = panel.card_page.structure
    qtbot.waitUntil(lambda: not structure.isHidden())
    assert structure.heightForWidth(280) > 60
    assert not panel.card_page.grab().isNull()
    desk.select("stem.conv1")
    qtbot.waitUntil(structure.isHidden)
