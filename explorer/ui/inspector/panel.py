"""The inspector: everything about the selected node, or about the design when none is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from explorer.blocks.card import Card, opening
from explorer.protocol.pictures import Picture
from explorer.style.theme import follow, theme
from explorer.ui.forms.editors import FieldView
from explorer.ui.inspector.card_page import CardPage
from explorer.ui.inspector.code_page import CodePage
from explorer.ui.inspector.head import InspectorHead
from explorer.ui.inspector.node_page import NodePage
from explorer.ui.inspector.several_page import SeveralDetails, SeveralPage
from explorer.ui.inspector.tab_row import TabRow
from explorer.ui.inspector.weights_page import Weights, WeightsPage
from explorer.ui.problems.box import ProblemNote
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.widgets.facts import Fact, FactsTable
from explorer.ui.widgets.scrolling import scrolling
from explorer.ui.widgets.text import box, label

SEVERAL = 2
"""Place of the page of several nodes."""
TABS = (("fields", "Fields"), ("card", "Card"), ("weights", "Weights"), ("code", "Code"))


@dataclass(frozen=True)
class NodeDetails:
    """The selected node in words and figures.

    Attributes:
        address: where it stands. name: what it is called there. kind: the block's title.
        reason: why nothing can be changed here, empty when it can.
        closed: for tabs that cannot be opened, why. fits: whether it is fitted to data.
        problem: what is wrong with it, else a remark about it.

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
    fits: bool = False


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
        self.several = SeveralPage()
        self._pages.addWidget(scrolling(self.several))
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
        self.head = InspectorHead()
        self.name, self.pin = self.head.name, self.head.pin
        self.tabs = TabRow("Inspector", TABS)
        self.node_page, self.card_page = NodePage(), CardPage()
        self.weights_page, self.code_page = WeightsPage(), CodePage()
        self._stack = QStackedWidget()
        for page in (self.node_page, self.card_page, self.weights_page):
            self._stack.addWidget(scrolling(page))
        self._stack.addWidget(self.code_page)
        self.head.renamed.connect(self.renamed)
        self.head.pin.toggled.connect(self.pinned)
        self.tabs.chosen.connect(self._show_tab)
        self.node_page.form.committed.connect(self.committed)
        self.node_page.problem.repair.connect(self.repair)
        self.node_page.open_card.connect(self._open_card)
        return self._laid_out()

    def _laid_out(self) -> QWidget:
        page = box("panel")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self.tabs)
        column.addWidget(self._stack, 1)
        return page

    def _restyle(self) -> None:
        px = theme().px
        self._design_column.setContentsMargins(px(14), px(16), px(14), px(14))
        self._design_column.setSpacing(px(12))

    def show_design(self, details: DesignDetails) -> None:
        """Show the design: nothing is selected."""
        self.details = None
        self.design_name.setText(details.name)
        self.design_facts.set_facts(details.facts)
        self.design_words.setText(details.sentence)
        self._pages.setCurrentIndex(0)

    @property
    def shows_several(self) -> bool:
        """Whether the page of several nodes is in front."""
        return self._pages.currentIndex() == SEVERAL

    def show_several(self, details: SeveralDetails) -> None:
        """Show what several nodes have in common."""
        self.details = None
        self.several.show_details(details)
        self._pages.setCurrentIndex(SEVERAL)

    def show_node(self, details: NodeDetails) -> None:
        """Show a node; of one already shown only what differs is written anew."""
        before, self.details = self.details, details
        if before is None or before.address != details.address:
            self.set_weights(None, "The engine has not sent the weights yet.")
            self.code_page.set_code("", "The engine has not written the source yet.")
            self.refuse_name("")
        self.head.show_node(details.name, details.kind, details.address, details.icon, details.family)
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

    def set_picture(self, picture: Picture | None, words: str = "") -> None:
        """Show what the block does, on its card, or say why that cannot be shown."""
        self.card_page.picture.set_picture(picture, words)

    def set_numbers(self, numbers: Mapping[str, str]) -> None:
        """Show the present numbers below the formulas of the card."""
        self.card_page.set_numbers(numbers)

    def refuse_field(self, name: str, words: str) -> None:
        """Say below a field why its value is not taken."""
        self.node_page.form.refuse(name, words)

    def refuse_name(self, words: str) -> None:
        """Say why a name is not taken; the old one is shown again."""
        self.head.refuse(words)

    def _open_card(self) -> None:
        self.tabs.set_value("card")
        self._show_tab("card")

    def _show_tab(self, value: str) -> None:
        self._stack.setCurrentIndex([name for name, _ in TABS].index(value))
        self.tab_chosen.emit(value)
