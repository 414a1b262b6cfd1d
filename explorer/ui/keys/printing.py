"""The key sheet on paper: two columns, as many pages as it takes."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QMarginsF
from PySide6.QtGui import QFont, QPagedPaintDevice, QPageLayout, QPageSize, QPdfWriter, QTextDocument
from PySide6.QtWidgets import QWidget

from explorer.ui.keys.groups import KeyGroup

COLUMNS, POINTS = 2, 8
_STYLE = """
h1 { font-size: 14pt; font-weight: 600; }
h2 { font-size: 9.5pt; font-weight: 600; }
td { padding: 1px 6px 1px 0; }
"""


def as_text(groups: Sequence[KeyGroup], preset: str) -> QTextDocument:
    """Return the sheet as a document; lines without keys are left out."""
    kept = [(group.title, [line for line in group.lines if line.keys]) for group in groups]
    kept = [(title, lines) for title, lines in kept if lines]
    total, columns, filled = sum(len(lines) + 2 for _, lines in kept), [""] * COLUMNS, 0
    for title, lines in kept:
        at = min(filled * COLUMNS // max(1, total), COLUMNS - 1)
        rows = "".join(
            f"<tr><td>{escape(line.title)}</td><td>{escape('  or  '.join(line.keys))}</td></tr>"
            for line in lines
        )
        columns[at] += f"<h2>{escape(title)}</h2><table>{rows}</table>"
        filled += len(lines) + 2
    cells = "".join(f"<td width='{100 // COLUMNS}%'>{column}</td>" for column in columns)
    document = QTextDocument()
    document.setDefaultStyleSheet(_STYLE)
    document.setDefaultFont(QFont("Inter", POINTS))
    document.setHtml(
        f"<h1>Architecture Explorer: keys ({escape(preset)})</h1><table><tr>{cells}</tr></table>"
    )
    return document


def write_pdf(path: str, groups: Sequence[KeyGroup], preset: str) -> None:
    """Write the sheet as A4 pages.

    Raises:
        OSError: the file cannot be written.

    """
    with open(path, "ab"):
        pass  # the writer itself would say nothing
    writer = QPdfWriter(path)
    writer.setTitle("Keys of Architecture Explorer")
    writer.setPageLayout(_page())
    put_on(writer, groups, preset)


def put_on(device: QPagedPaintDevice, groups: Sequence[KeyGroup], preset: str) -> None:
    """Print the sheet."""
    as_text(groups, preset).print_(device)


def print_it(parent: QWidget, groups: Sequence[KeyGroup], preset: str) -> bool:
    """Ask for a printer and print; returns whether it was done."""
    from PySide6.QtPrintSupport import QPrintDialog, QPrinter  # loads slowly, and seldom wanted

    printer = QPrinter()
    printer.setPageLayout(_page())
    if QPrintDialog(printer, parent).exec() != QPrintDialog.DialogCode.Accepted:
        return False
    put_on(printer, groups, preset)
    return True


def _page() -> QPageLayout:
    return QPageLayout(
        QPageSize(QPageSize.PageSizeId.A4),
        QPageLayout.Orientation.Portrait,
        QMarginsF(14, 12, 14, 12),
        QPageLayout.Unit.Millimeter,
    )
