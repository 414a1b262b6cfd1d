"""The inspector: everything about the selected node, or about the design when none is."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from explorer.ui import icons
from explorer.ui.panels.card import Card, opening
from explorer.ui.panels.card_page import CardPage
from explorer.ui.panels.code_page import CodePage
from explorer.ui.panels.editors import FieldView
from explorer.ui.panels.facts import Fact, FactsTable
from explorer.ui.panels.node_page import NodePage
from explorer.ui.panels.problem_box import ProblemNote
from explorer.ui.panels.scrolling import scrolling
from explorer.ui.panels.tab_row import TabRow
from explorer.ui.panels.weights_page import Weights, WeightsPage
from explorer.ui.theme import follow, theme
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.widgets.field import Field
from explorer.ui.widgets.text import box, label

TABS = (("fields", "Fields"), ("card", "Card"), ("weights", "Weights"), ("code", "Code"))


@dataclass(frozen=True)
class NodeDetails:
    """The selected node in words and figures.

    Attributes:
        address: where it stands. name: what it is called there. kind: the block's title.
        reason: why nothing can be changed here, empty when it can.
        closed: for tabs that cannot be opened, why.

    """

    address: str
    name: str
    kind: str
    icon: str
    family: str
    fields: tuple[FieldView, ...] = ()
    facts: tuple[Fact, ...] = ()
    card: Card = field(default_factory=Card)
    problem: ProblemNote | None = None
    reason: str = ""
    closed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class DesignDetails:
    """The design as a whole, shown while nothing is selected."""

    name: str
    facts: tuple[Fact, ...] = ()
    sentence: str = ""


class InspectorPanel(QFrame):
    """Header, four tabs and their pages.

    Signals:
        renamed: the node shall be called so. committed: a field shall have a value.
        repair: the best repair is wanted. pinned: stay on this node, or follow the selection again.
        tab_chosen: another tab is open.
    """

    renamed = Signal(str)
    committed = Signal(str, object)
    repair = Signal()
    pinned = Signal(bool)
    tab_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("ground", "panel")
        self.setAccessibleName("Inspector")
        self.details: NodeDetails | None = None
        self._pages = QStackedWidget()
        self._pages.addWidget(self._design_page())
        self._pages.addWidget(self._node_pages())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)
        follow(self._restyle)

    def _design_page(self) -> QWidget:
        page = box("panel")
        self.design_name = ElidedLabel.styled("", role="section", weight="semibold")
        self.design_facts = FactsTable()
        self.design_words = label(tone="2", wrap=True)
        self._design_column = QVBoxLayout(page)
        for part in (self.design_name, self.design_facts, self.design_words):
            self._design_column.addWidget(part)
        self._design_column.addStretch(1)
        return page

    def _node_pages(self) -> QWidget:
        self.tile = QLabel()
        self.name = Field("Name of the node")
        self.name.setProperty("kind", "bare")
        self.name.setProperty("role", "section")
        self.name.setProperty("weight", "semibold")
        self.kind = label(tone="2")
        self.address = ElidedLabel.styled("", tone="2", mono=True)
        self.pin = Button("", kind="plain-icon", icon="pin", name="Keep showing this node")
        self.pin.setCheckable(True)
        self.refusal = label(tone="error", role="caption", wrap=True)
        self.refusal.setVisible(False)
        self.tabs = TabRow("Inspector", TABS)
        self.node_page, self.card_page = NodePage(), CardPage()
        self.weights_page, self.code_page = WeightsPage(), CodePage()
        self._stack = QStackedWidget()
        for page in (self.node_page, self.card_page, self.weights_page):
            self._stack.addWidget(scrolling(page))
        self._stack.addWidget(self.code_page)
        self.name.committed.connect(self._rename)
        self.name.textEdited.connect(self._typing)
        self.pin.toggled.connect(self.pinned)
        self.tabs.chosen.connect(self._show_tab)
        self.node_page.form.committed.connect(self.committed)
        self.node_page.problem.repair.connect(self.repair)
        self.node_page.open_card.connect(self._open_card)
        return self._laid_out()

    def _laid_out(self) -> QWidget:
        page = box("panel")
        self._below_name = QHBoxLayout()
        self._below_name.setSpacing(0)
        self._below_name.addWidget(self.kind)
        self._below_name.addWidget(self.address, 1)
        titles = QVBoxLayout()
        titles.setSpacing(0)
        titles.addWidget(self.name)
        titles.addLayout(self._below_name)
        self._head = QHBoxLayout()
        self._head.addWidget(self.tile)
        self._head.addLayout(titles, 1)
        self._head.addWidget(self.pin)
        self._refused = QHBoxLayout()
        self._refused.addWidget(self.refusal)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head)
        column.addLayout(self._refused)
        column.addWidget(self.tabs)
        column.addWidget(self._stack, 1)
        return page

    def _restyle(self) -> None:
        px = theme().px
        self._design_column.setContentsMargins(px(14), px(16), px(14), px(14))
        self._design_column.setSpacing(px(12))
        self._head.setContentsMargins(px(14), px(12), px(10), px(8))
        self._head.setSpacing(px(8))
        # a line edit keeps its text 3 away from its edge
        self._below_name.setContentsMargins(3, 0, 0, 0)
        self._refused.setContentsMargins(px(56), 0, px(14), 0)
        self.name.setFixedHeight(px(22))
        if self.details is not None:
            self._show_tile(self.details)

    def show_design(self, details: DesignDetails) -> None:
        """Show the design: nothing is selected."""
        self.details = None
        self.design_name.setText(details.name)
        self.design_facts.set_facts(details.facts)
        self.design_words.setText(details.sentence)
        self._pages.setCurrentIndex(0)

    def show_node(self, details: NodeDetails) -> None:
        """Show a node; of one already shown only what differs is written anew."""
        before, self.details = self.details, details
        if before is None or before.address != details.address:
            self.set_weights(None)
            self.code_page.set_code("", "The engine has not written the source yet.")
            self.refuse_name("")
        if before is None or before.name != details.name:
            self.name.set_value(details.name)
        self._show_tile(details)
        self.kind.setText(f"{details.kind} · ")
        self.address.setText(details.address)
        self.name.setReadOnly(bool(details.reason))
        page = self.node_page
        page.problem.set_note(details.problem)
        page.set_reason(details.reason)
        page.form.set_fields(details.address, details.fields)
        page.facts.set_facts(details.facts)
        page.formula.set_formula(details.card.formula)
        page.what.setText(opening(details.card))
        page.arrange()
        if before is None or before.card != details.card:
            self.card_page.set_card(details.card)
        self._close_tabs(dict(details.closed))
        self._pages.setCurrentIndex(1)

    def _show_tile(self, details: NodeDetails) -> None:
        self.tile.setPixmap(icons.tile(details.icon, details.family, theme().px(32)))

    def _close_tabs(self, closed: dict[str, str]) -> None:
        for value, _ in TABS:
            self.tabs.set_reason(value, closed.get(value, ""))
        if self.tabs.value() in closed:
            self.tabs.set_value("fields")
            self._show_tab("fields")

    def set_weights(self, weights: Weights | None, reason: str = "") -> None:
        """Show the weights of the node, or why there are none to show."""
        self.node_page.filters.set_weights(weights)
        self.node_page.arrange()
        self.weights_page.set_weights(weights, reason)

    def set_code(self, text: str, reason: str = "") -> None:
        """Show the lines of source that concern the node."""
        self.code_page.set_code(text, reason)

    def refuse_field(self, name: str, words: str) -> None:
        """Say below a field why its value is not taken."""
        self.node_page.form.refuse(name, words)

    def refuse_name(self, words: str) -> None:
        """Say why a name is not taken; the old one is shown again."""
        self.refusal.setText(words)
        self.refusal.setVisible(bool(words))
        if words and self.details is not None:
            self.name.set_value(self.details.name)

    def _typing(self) -> None:
        self.refuse_name("")

    def _rename(self, name: object) -> None:
        self.renamed.emit(str(name).strip())

    def _open_card(self) -> None:
        self.tabs.set_value("card")
        self._show_tab("card")

    def _show_tab(self, value: str) -> None:
        self._stack.setCurrentIndex([name for name, _ in TABS].index(value))
        self.tab_chosen.emit(value)
