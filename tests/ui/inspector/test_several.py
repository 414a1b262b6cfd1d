"""Several selected nodes in the inspector: common fields, changes of each, switches, one undo step."""

from __future__ import annotations

import pytest
from look_desk import make_desk, run
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.graph.edits import SetField
from explorer.style.theme import theme
from explorer.ui.canvas.canvas import CanvasView
from explorer.ui.canvas.presenter import CanvasPresenter
from explorer.ui.forms import change
from explorer.ui.inspector.panel import InspectorPanel
from explorer.ui.inspector.presenter import InspectorPresenter
from explorer.ui.inspector.several_presenter import SeveralPresenter


class Bench:
    """A canvas and an inspector of one design, as the window has them."""

    def __init__(self, qtbot, architecture: str = "lenet5_modern", **options):
        theme().change(mode="light", scale=1.0)
        self.desk, bridge = make_desk(architecture, **options)
        run(self.desk, bridge)
        self.canvas = CanvasView(self.desk.workspace)
        self.panel = InspectorPanel()
        CanvasPresenter(self.canvas, self.desk)
        self.one = InspectorPresenter(self.panel, self.desk)
        self.several = SeveralPresenter(self.panel, self.desk, self.canvas)
        for widget in (self.canvas, self.panel):
            qtbot.addWidget(widget)
        self.canvas.resize(900, 600)
        self.panel.resize(288, 800)
        self.panel.show()
        qtbot.waitExposed(self.panel)
        self.qtbot = qtbot

    @property
    def page(self):
        return self.panel.several

    @property
    def graph(self):
        return self.desk.workspace.document.root

    def select(self, *ids: str) -> None:
        self.canvas.context.select(ids)
        self.qtbot.waitUntil(
            lambda: self.panel._pages.currentIndex() == (2 if len(ids) > 1 else 1 if ids else 0)
        )
        QTest.qWait(40)

    def row(self, name: str):
        return self.page.form.rows[name]

    def type(self, name: str, text: str, *, enter: bool = True) -> None:
        editor = self.row(name).editor
        editor.setFocus()
        editor.selectAll()
        QTest.keyClicks(editor, text)
        if enter:
            QTest.keyClick(editor, Qt.Key.Key_Return)

    def values(self, field: str, *ids: str) -> list[object]:
        flow = self.desk.workspace.flow
        return [flow.nodes[node_id].block.values[field] for node_id in ids]


@pytest.fixture
def bench(qtbot):
    return Bench(qtbot, input=(1, 28, 28))


def test_two_convolutions_have_a_title_and_a_sum(bench):
    bench.select("conv2", "conv1")
    assert bench.page.title.text() == "2 × Conv 2d"
    assert bench.page.sums.text() == "2,572 parameters · 357.6\u00a0k MACs together"


def test_mixed_values_stand_in_the_order_of_the_flow_and_equal_ones_as_usual(bench):
    bench.select("conv2", "conv1")
    filters, kernel = bench.row("filters"), bench.row("kernel")
    assert filters.shared.values == (6, 16)
    assert filters.editor.text() == ""
    assert filters.editor.placeholderText() == "6, 16"
    assert kernel.editor.text() == "5 × 5"


@pytest.mark.parametrize(
    ("typed", "become"),
    [
        ("64", [64, 64]),
        ("×2", [12, 32]),
        ("*2", [12, 32]),
        ("/2", [3, 8]),
        ("+16", [22, 32]),
        ("-2", [4, 14]),
    ],
)
def test_typing_sets_all_or_changes_each_in_one_step(bench, typed, become):
    bench.select("conv1", "conv2")
    bench.type("filters", typed)
    assert bench.values("filters", "conv1", "conv2") == become
    assert bench.desk.workspace.history.undo() is not None
    assert bench.values("filters", "conv1", "conv2") == [6, 16]
    assert bench.desk.workspace.history.undo_title is None


def test_what_would_come_stands_beside_while_typing(bench):
    bench.select("conv1", "conv2")
    bench.type("filters", "×2", enter=False)
    assert bench.row("filters").editor.outcome == "12, 32"
    assert bench.values("filters", "conv1", "conv2") == [6, 16]


def test_a_value_that_breaks_one_says_which_and_changes_none(bench):
    bench.select("conv1", "conv2")
    bench.type("filters", "×5000")
    row = bench.row("filters")
    assert row.words.text() == "conv2: filters must be a whole number from 1 to 65,536, not 80,000."
    assert bench.values("filters", "conv1", "conv2") == [6, 16]
    bench.type("kernel", "/2", enter=False)
    assert bench.row("kernel").words.text() == "conv1: 5 / 2 is no whole number"


def test_what_would_not_fit_any_more_is_said_before_enter(bench, qtbot):
    bench.select("conv1", "conv2")
    bench.type("kernel", "+12", enter=False)
    qtbot.waitUntil(lambda: "17×17" in bench.row("kernel").words.text(), timeout=2000)
    assert "larger than its" in bench.row("kernel").words.text()


def test_of_different_blocks_only_what_means_the_same_is_shown(bench):
    bench.select("conv1", "pool1")
    assert bench.page.title.text() == "2 blocks"
    names = set(bench.page.form.rows)
    assert "kernel" in names
    assert "filters" not in names
    assert "more in conv1" in bench.page.others.text()


def test_nothing_in_common_is_said(bench):
    bench.select("flatten", "relu1")
    assert not bench.page.form.rows
    assert "no field in common" in bench.page.others.text()


def test_a_mixed_switch_stands_in_the_middle_and_the_first_click_sets_all_on(bench):
    bench.desk.workspace.apply(SetField("conv1", "bias", False))
    bench.select("conv1", "conv2")
    row = bench.row("bias")
    assert row.remark.text() == "on in 1 of 2"
    QTest.mouseClick(row.editor, Qt.MouseButton.LeftButton)
    assert bench.values("bias", "conv1", "conv2") == [True, True]
    QTest.qWait(40)
    assert bench.row("bias").remark.text() == ""
    QTest.mouseClick(bench.row("bias").editor, Qt.MouseButton.LeftButton)
    assert bench.values("bias", "conv1", "conv2") == [False, False]


def test_frozen_and_muted_are_switches_of_all(bench):
    bench.select("fc1", "fc2")
    switches = bench.page.switches.rows
    QTest.mouseClick(switches["@frozen"].editor, Qt.MouseButton.LeftButton)
    assert [bench.graph[n].frozen for n in ("fc1", "fc2")] == [True, True]
    bench.desk.workspace.history.undo()
    assert [bench.graph[n].frozen for n in ("fc1", "fc2")] == [False, False]
    bench.select("relu1", "relu2")
    assert not bench.page.switches.rows["@frozen"].editor.isEnabled()
    QTest.mouseClick(bench.page.switches.rows["@muted"].editor, Qt.MouseButton.LeftButton)
    assert bench.graph["relu1"].muted
    assert bench.graph["relu2"].muted


def test_sharing_is_a_switch_and_a_refusal_is_said(bench):
    bench.select("relu1", "relu2")
    assert not bench.page.switches.rows["@shared"].editor.isEnabled()
    bench.select("fc1", "fc2")
    QTest.mouseClick(bench.page.switches.rows["@shared"].editor, Qt.MouseButton.LeftButton)
    assert bench.graph["fc2"].shares == "fc1"
    QTest.qWait(40)
    QTest.mouseClick(bench.page.switches.rows["@shared"].editor, Qt.MouseButton.LeftButton)
    assert bench.graph["fc2"].shares == ""


def test_linked_layers_are_changed_once(bench):
    bench.desk.workspace.apply(SetField("fc2", "features", 120))
    from explorer.graph import operations

    bench.desk.workspace.apply(operations.share(bench.desk.workspace.document, ["fc1", "fc2"]))
    bench.select("fc1", "fc2")
    bench.type("features", "×2")
    assert {bench.graph[n].fields["features"] for n in ("fc1", "fc2")} == {240}


def test_selecting_none_goes_back_to_the_design_and_one_to_its_page(bench):
    bench.select("conv1", "conv2")
    bench.select()
    bench.select("conv1", "conv2")
    bench.select("conv1")
    assert bench.panel.details.name == "conv1"


def test_the_inside_of_a_block_cannot_be_changed(qtbot):
    bench = Bench(qtbot, "vit_mnist")
    bench.canvas.show_level(("encoder1",))
    bench.select(*list(bench.canvas.context.graph)[1:3])
    assert "inside of a block" in bench.page.reason.text()
    assert all(not row.editor.isEnabled() for row in bench.page.form.rows.values())


def test_blocks_of_an_unfolded_level_are_shown_for_reading(qtbot):
    bench = Bench(qtbot, "vit_mnist")
    bench.canvas.context.shown.depth = 2
    bench.canvas.context.refresh()
    norms = [n for n in bench.canvas.context.graph if bench.canvas.context.graph[n].block == "layer_norm"]
    assert "." in norms[0]
    bench.select(*norms[:3])
    assert bench.page.title.text().startswith("3 × ")
    assert bench.page.reason.text().startswith("Unfolded, for reading.")
    assert all(not row.editor.isEnabled() for row in bench.page.form.rows.values())


def test_buttons_under_place_align_the_nodes(bench):
    bench.select("conv1", "pool1")
    QTest.mouseClick(bench.page.place_buttons["align_top"], Qt.MouseButton.LeftButton)
    boxes = bench.canvas.scene_.placed.boxes
    assert boxes["conv1"].top() == boxes["pool1"].top()


@pytest.mark.parametrize(
    ("typed", "value", "becomes"),
    [
        ("×2", 8, 16),
        ("x3", (3, 5), (9, 15)),
        ("/2", 8, 4),
        ("÷2", 8.0, 4.0),
        ("+0.5", 1.5, 2.0),
        ("−1", 4, 3),
    ],
)
def test_changes(typed, value, becomes):
    made = change.read(typed)
    assert made is not None
    assert made.of(value) == becomes
    assert type(made.of(value)) is type(becomes)


@pytest.mark.parametrize("typed", ["64", "", "same", "3×3", "2×", "×", "1e3", "− ×2"])
def test_other_texts_are_no_changes(typed):
    assert change.read(typed) is None


def test_a_minus_is_a_sign_where_values_may_be_negative():
    assert change.read("-1", signed=True) is None
    assert change.read("+1", signed=True) is not None


@pytest.mark.parametrize("value", ["same", None, True])
def test_what_is_no_number_is_not_changed(value):
    with pytest.raises(ValueError, match="no number"):
        change.Change("×", 2).of(value)


def test_dividing_by_nothing_is_refused():
    with pytest.raises(ValueError, match="divided by 0"):
        change.Change("/", 0).of(4)


def test_the_page_is_read_out(bench):
    bench.select("conv1", "conv2")
    assert "mixed: 6, 16" in bench.row("filters").editor.accessibleDescription()
    QApplication.processEvents()
