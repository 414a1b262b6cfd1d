"""The two pages of own blocks: words for a group that is saved, and a Python file that may be trusted."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from explorer.library.block_file import ABOUT_LENGTH, TITLE_LENGTH
from explorer.style.families import FAMILIES
from explorer.style.theme import theme
from explorer.trust import OwnCode
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.choice import Choice
from explorer.ui.widgets.field import Field
from explorer.ui.widgets.text import label


class SaveSheet(QDialog):
    """Title, a line about it and the colour of its tile; a refusal stays below until something is changed.

    Signals:
        wanted: title, line and colour that the block shall have.
    """

    wanted = Signal(str, str, str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setWindowTitle("Save to my blocks")
        self.setProperty("ground", "panel")
        self.title, self.about = Field("Title"), Field("A line about it")
        self.title.setMaxLength(TITLE_LENGTH)
        self.about.setMaxLength(ABOUT_LENGTH)
        self.about.setPlaceholderText("What it does, for the palette")
        colours = [(key, words) for key, words in FAMILIES.items() if key != "io"]
        self.colour = Choice("Colour", colours)
        self.refusal = label(tone="error", wrap=True)
        self.save, cancel = Button("Save", kind="accent"), Button("Cancel")
        px = theme().px
        form = QFormLayout()
        form.setHorizontalSpacing(px(12))
        form.setVerticalSpacing(px(8))
        for words, editor in (("Title", self.title), ("About", self.about), ("Colour", self.colour)):
            form.addRow(label(words, tone="2"), editor)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(20), px(18), px(20), px(16))
        column.setSpacing(px(12))
        column.addWidget(label("The block is copied into every design that uses it.", tone="2"))
        column.addLayout(form)
        column.addWidget(self.refusal)
        column.addLayout(buttons)
        self.save.setDefault(True)
        self.save.clicked.connect(self._take)
        cancel.clicked.connect(self.reject)
        self.title.textEdited.connect(lambda: self.refuse(""))
        self.setMinimumWidth(px(420))

    def ask(self, title: str) -> None:
        """Open with a title to begin with."""
        self.title.set_value(title)
        self.about.set_value("")
        self.colour.set_value("composite")
        self.refuse("")
        self.show()
        self.raise_()
        self.title.setFocus()
        self.title.selectAll()

    def refuse(self, words: str) -> None:
        """Say why it was not saved."""
        self.refusal.setText(words)
        self.refusal.setVisible(bool(words))

    def _take(self) -> None:
        self.wanted.emit(self.title.text(), self.about.text(), str(self.colour.value()))


class TrustSheet(QDialog):
    """Where a Python file lies, how large it is, and all its text; it runs only after the button.

    Signals:
        trusted: the file as it was read here.
    """

    trusted = Signal(object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setWindowTitle("A Python file that is not trusted")
        self.setProperty("ground", "panel")
        self._code: OwnCode | None = None
        self.place, self.facts = label(wrap=True), label(tone="2", wrap=True)
        self.place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.place.setTextFormat(Qt.TextFormat.PlainText)
        self.facts.setTextFormat(Qt.TextFormat.PlainText)
        self.text = QPlainTextEdit()
        self.text.setAccessibleName("What stands in the file")
        self.text.setReadOnly(True)
        self.text.setProperty("kind", "code")
        self.button, close = Button("Trust this file"), Button("Leave it asleep", kind="accent")
        px = theme().px
        buttons = QHBoxLayout()
        buttons.addWidget(self.button)
        buttons.addStretch(1)
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(20), px(18), px(20), px(16))
        column.setSpacing(px(10))
        column.addWidget(label("Its code has not been run.", "section", weight="semibold"))
        column.addWidget(self.place)
        column.addWidget(self.facts)
        column.addWidget(self.text, 1)
        warning = "Trusted, it runs with all your rights whenever the program starts, until it is changed."
        column.addWidget(label(warning, tone="2", wrap=True))
        column.addLayout(buttons)
        self.button.setAutoDefault(False)
        close.setDefault(True)
        self.button.clicked.connect(self._take)
        close.clicked.connect(self.reject)
        size = window.size()
        self.resize(min(px(760), size.width() - 40), min(px(600), size.height() - 60))

    def ask(self, code: OwnCode) -> None:
        """Show a file; nothing in it is run, and it is shown as plain text."""
        self._code = code
        self.place.setText(str(code.path))
        declares = f"declares {', '.join(code.declares)}" if code.declares else "declares no block"
        self.facts.setText(code.problem or f"{len(code.data):,} bytes · sha256 {code.digest} · {declares}")
        self.text.setPlainText(code.text)
        self.button.setEnabled(not code.problem)
        self.show()
        self.raise_()

    def _take(self) -> None:
        if self._code is not None:
            self.trusted.emit(self._code)
            self.accept()
