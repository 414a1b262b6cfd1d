"""Own blocks in the window, by real events: saved, seen in the palette, used, exposed, updated, trusted."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer import trust
from explorer.blocks import block, own_code
from explorer.blocks.registry import registry
from explorer.folders import blocks_folder
from explorer.graph import files
from explorer.graph.edits import AddNode, SetField
from explorer.graph.model import Node
from explorer.ui.canvas import commands
from explorer.ui.canvas.own_blocks import LIBRARY, OWN
from explorer.ui.inspector import group_fields
from explorer.ui.inspector.panel import InspectorPanel

Key, Left = Qt.Key, Qt.MouseButton.LeftButton
GATE = '''
from pathlib import Path
Path({marker!r}).write_text("it ran")
from explorer.blocks.block import Composite, block

@block("window_gate", category="1.1.1", family="composite")
class WindowGate(Composite):
    """x times its sigmoid.

    Shapes: x → y.  Parameters: 0.
    Source: this test."""

    def expand(self, g, x):
        return g.add("multiply", x, g.add("sigmoid", x))
'''


@pytest.fixture(autouse=True)
def nothing_stays_loaded(monkeypatch):
    """What a test trusts is in no other test's registry."""
    monkeypatch.setattr(own_code, "_loaded", {})
    declared, known = list(block.DECLARED), dict(registry()._blocks)
    yield
    block.DECLARED[:] = declared
    registry()._blocks.clear()
    registry()._blocks.update(known)


@pytest.fixture
def app(make_app):
    return make_app("resnet_small")


def grouped(app):
    """The stem as a group; returns the use."""
    context = app.canvas.context
    context.select(["conv", "norm", "relu"])
    return commands.group(context)


def save(app, title="My stem"):
    """Save the selected group through the page, as a user would."""
    app.actions.run("library.save")
    sheet = app.own_blocks.commands.save_sheet
    sheet.title.selectAll()
    QTest.keyClicks(sheet.title, title)
    QTest.keyClicks(sheet.about, "It begins a network")
    QTest.mouseClick(sheet.save, Left)
    return sheet


def drop(app, path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    none = Qt.KeyboardModifier.NoModifier
    event = QDropEvent(QPointF(100, 300), Qt.DropAction.CopyAction, data, Left, none)
    app.window.dropEvent(event)


def test_a_saved_group_stands_in_the_palette_and_enter_adds_it_to_another_design(app):
    use = grouped(app)
    sheet = save(app)
    assert not sheet.isVisible()
    assert (blocks_folder() / "my_stem.block.json").exists()
    assert app.canvas.context.graph[use].group in app.desk.workspace.document.groups
    app.files.new()
    QTest.mouseClick(
        app.palette.list.viewport(), Left, pos=app.palette.list.row_rect(OWN + "my_stem").center()
    )
    QTest.keyClick(app.palette.list, Key.Key_Return)
    document = app.desk.workspace.document
    (node,) = document.root.nodes
    assert document.groups[node.group].origin.block == "my_stem"
    app.actions.run("edit.undo")
    assert not document.groups
    app.actions.run("edit.redo")
    (blocks_folder() / "my_stem.block.json").unlink()
    assert files.decode(files.encode(document)).same_as(document)


def test_the_card_shows_structure_and_parameters_and_no_markup_of_a_file(app):
    grouped(app)
    save(app, "<b>x</b> <img src=file:///etc/passwd>")
    (own,) = LIBRARY.shelf().blocks
    row = next(r.block for r in app.palette.list.rows if r.block and r.block.id == OWN + own.name)
    card = app.palette.list.tip(row)
    assert "176 parameters for 1×28×28" in card
    assert card.count("<img") == 1
    assert 'src="data:image/png' in card
    assert "&lt;b&gt;x" in card


def test_a_taken_title_is_refused_below_and_nothing_is_overwritten(app):
    use = grouped(app)
    save(app)
    before = (blocks_folder() / "my_stem.block.json").read_bytes()
    app.canvas.context.select([use])
    sheet = save(app)
    assert sheet.isVisible()
    assert "already" in sheet.refusal.text()
    assert (blocks_folder() / "my_stem.block.json").read_bytes() == before
    sheet.reject()


def test_exposed_fields_stand_in_the_inspector_and_each_use_has_its_own(app):
    use, context = grouped(app), app.canvas.context
    context.show_level((use,))
    context.select(["conv"])
    app.actions.run("library.expose")
    QTest.keyClicks(QApplication.focusWidget(), "filters")
    QTest.keyClick(QApplication.focusWidget(), Key.Key_Return)
    assert context.graph.exposed[0].sets == (("conv", "filters"),)
    context.show_level(())
    context.select([use])
    app.actions.run("edit.duplicate")
    (copy,) = context.selected_nodes()
    context.select([copy])
    QApplication.processEvents()
    panel = app.window.findChild(InspectorPanel)
    rows = panel.node_page.form.rows
    assert list(rows) == ["filters"]
    editor = rows["filters"].editor
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, "24")
    QTest.keyClick(editor, Key.Key_Return)
    assert context.graph[copy].fields == {"filters": 24}
    assert context.graph[use].fields == {}
    editor = panel.node_page.form.rows["filters"].editor
    editor.selectAll()
    QTest.keyClicks(editor, "16")  # what the definition has: no value of its own
    QTest.keyClick(editor, Key.Key_Return)
    assert context.graph[copy].fields == {}
    panel.committed.emit("filters", 0)
    assert panel.node_page.form.rows["filters"].words.text()
    assert context.graph[copy].fields == {}


def test_update_save_back_and_unique_say_why_they_cannot(app):
    use, context = grouped(app), app.canvas.context
    reason = lambda name: app.actions.reason(f"library.{name}")  # noqa: E731
    assert "does not come from your blocks" in reason("update")
    assert "save it first" in reason("save_back")
    save(app)
    context.select([use])
    assert reason("update") == "it is as in your blocks"
    group = context.graph[use].group
    app.desk.workspace.apply(SetField("conv", "filters", 8, group))
    app.actions.run("library.save_back")
    newer = LIBRARY.shelf().find("my_stem")
    assert newer.document.groups[newer.group]["conv"].fields["filters"] == 8
    app.actions.run("edit.undo")
    app.actions.run("edit.undo")
    assert context.graph[use].group == group
    context.select([use])
    assert reason("update") is None
    app.actions.run("library.update")
    assert app.desk.workspace.document.groups[group]["conv"].fields["filters"] == 8
    app.actions.run("edit.undo")
    assert app.desk.workspace.document.groups[group]["conv"].fields["filters"] == 16
    context.select([])
    for name in ("unique", "save", "update", "save_back"):
        assert reason(name) == "select one group first"
    assert reason("expose") == "open a group and select blocks inside it"


def test_files_are_taken_in_when_they_are_dropped(app, tmp_path):
    grouped(app)
    save(app)
    mine = blocks_folder() / "my_stem.block.json"
    other = tmp_path / "theirs.block.json"
    other.write_bytes(mine.read_bytes())
    drop(app, other)
    assert not app.palette.list.row_rect(OWN + "theirs").isNull()
    said = []
    app.own_blocks.said.connect(said.append)
    for data in (b"", b"{}", b"\xff" * 100):
        (tmp_path / "bad.block.json").write_bytes(data)
        drop(app, tmp_path / "bad.block.json")
    assert len(said) == 3
    assert all("bad.block.json" in words for words in said)
    assert not (blocks_folder() / "bad.block.json").exists()


def test_a_python_file_sleeps_until_its_page_was_read(app, tmp_path):
    marker = tmp_path / "marker"
    source = tmp_path / "gate.py"
    source.write_text(GATE.format(marker=str(marker)))
    drop(app, source)
    sheet = app.own_blocks.trust_sheet
    assert sheet.isVisible()
    assert "sha256" in sheet.facts.text()
    assert "class WindowGate" in sheet.text.toPlainText()
    sheet.reject()
    path = blocks_folder() / "gate.py"
    app.files.open_gallery("lenet5_modern", (1, 28, 28))
    row = app.palette.list.row_rect(f"code:{path}")
    QTest.mouseClick(app.palette.list.viewport(), Left, pos=row.center())
    QTest.keyClick(app.palette.list, Key.Key_Return)
    assert sheet.isVisible()
    assert not marker.exists()
    assert not trust.code_at(path).trusted
    app.desk.workspace.apply(AddNode(Node("gate1", "window_gate")))
    words = " ".join(problem.message for problem in app.desk.workspace.flow.problems)
    assert "not trusted: its code has not been run" in words
    assert not marker.exists()
    QTest.mouseClick(sheet.button, Left)
    assert marker.exists()
    assert not app.palette.list.row_rect("window_gate").isNull()
    words = " ".join(problem.message for problem in app.desk.workspace.flow.problems)
    assert "not trusted" not in words


def test_inner_fields_follow_groups_down_to_a_block(app):
    use, context = grouped(app), app.canvas.context
    document, catalogue = app.desk.workspace.document, app.desk.workspace.catalogue
    assert group_fields.views(document, catalogue, context.graph[use], "") == ()
    assert group_fields.inner_of(document, catalogue, "nothing", "x") is None


def test_inside_a_use_with_a_value_of_its_own_the_field_says_who_sets_it(app):
    use, context = grouped(app), app.canvas.context
    context.show_level((use,))
    context.select(["conv"])
    app.own_blocks.commands._toggle("filters")
    QApplication.processEvents()
    panel = app.window.findChild(InspectorPanel)
    assert not panel.node_page.form.rows["filters"].view.reason
    app.desk.workspace.apply(SetField(use, "filters", 20))
    context.select(["norm"])
    context.select(["conv"])
    row = panel.node_page.form.rows["filters"]
    assert row.view.value == 20
    assert "set by group1" in row.view.reason
    assert not row.editor.isEnabled()
    assert not panel.node_page.form.rows["kernel"].view.reason


def test_what_is_dragged_and_cannot_be_added_is_said(app, tmp_path):
    said = []
    app.canvas.context.said.connect(said.append)
    before = app.desk.workspace.document.copy()
    for word in (OWN + "gone", "code:/x/gate.py", "nonsense", OWN):
        data = QMimeData()
        data.setData("application/x-explorer-block", word.encode())
        none = Qt.KeyboardModifier.NoModifier
        event = QDropEvent(QPointF(400, 300), Qt.DropAction.CopyAction, data, Left, none)
        app.canvas.dropEvent(event)
    assert len(said) == 4
    assert "gate.py is not trusted" in said[1]
    assert app.desk.workspace.document.same_as(before)


def test_a_dragged_own_block_lands_where_it_is_dropped(app):
    grouped(app)
    save(app)
    app.files.new()
    data = QMimeData()
    data.setData("application/x-explorer-block", (OWN + "my_stem").encode())
    event = QDropEvent(
        QPointF(400, 300), Qt.DropAction.CopyAction, data, Left, Qt.KeyboardModifier.NoModifier
    )
    app.canvas.dropEvent(event)
    (node,) = app.desk.workspace.document.root.nodes
    assert node.group in app.desk.workspace.document.groups
    assert app.desk.workspace.history.undo_title == "Add my_stem1"
