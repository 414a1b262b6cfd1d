"""The palette's contents from the catalogue, and adding by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext

from PySide6.QtCore import QObject, QPoint, QPointF, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from explorer.architectures.gallery import gallery
from explorer.blocks.block import Block
from explorer.blocks.registry import Chapter, chapters, registry
from explorer.graph.model import Edge
from explorer.style import icons
from explorer.style.families import FAMILIES
from explorer.style.theme import theme
from explorer.ui.canvas.adding import PortRef, add_block
from explorer.ui.canvas.canvas import CanvasView
from explorer.ui.canvas.own_blocks import CODE, OWN
from explorer.ui.palette.fitting import Fitting
from explorer.ui.palette.panel import PalettePanel
from explorer.ui.palette.rows import First, PaletteBlock, PaletteFamily
from explorer.ui.palette.typed import Typed, Wishes
from explorer.ui.shell.open_designs import OpenDesigns
from explorer.ui.widgets.search_list import Entry, Found, SearchList

OPEN = frozenset(
    [
        "connected.linear",
        "connected.activation",
        "connected.ends",
        "connected.shapes",
        "connected.joins",
        "convolution.simple",
        "convolution.residual",
        "recurrent.cells",
        "attention.transformer",
        "pooling.windows",
        "normalisation.statistics",
        "mathematics.functions",
        "mathematics.reductions",
        "losses.classes",
    ]
)
"""Files whose blocks everybody needs; of the others only the headings are seen when a chapter is opened."""
FIRST = {
    "input": "a picture",
    "conv2d": "finds",
    "relu": "bends",
    "max_pool": "shrinks",
    "flatten": "to a list",
    "linear": "weighs",
    "output": "answers",
}
"""What makes a first network, in the order in which it is used, and in a word what it does there."""
EXAMPLE = "Add a block, such as conv 64 3"
HINT = "Shift+Enter adds and goes on · conv 64 stride 2 ×3 · add relu1"
"""What can be typed, and how to add several."""
COLOURS = {
    "connected": "linear",
    "convolution": "conv",
    "recurrent": "recurrent",
    "attention": "attention",
    "pooling": "pool",
    "normalisation": "norm",
    "mathematics": "shape",
    "further": "composite",
    "losses": "io",
}
"""The family whose colour stands for a chapter."""


def families() -> list[PaletteFamily]:
    """All blocks, under the lecture's own numbering; within a chapter by file."""
    return [
        PaletteFamily(
            heading,
            tuple(_shown(b) for b in registry().blocks if b.__module__ == f"{chapter.package}.{file}"),
            f"{chapter.number} {chapter.title}",
            _file(chapter, file) in OPEN,
            COLOURS[chapter.package.rpartition(".")[2]],
            chapter_open=False,
        )
        for chapter in chapters()
        for file, heading in chapter.files.items()
    ]


def first() -> list[First]:
    """What makes a first network."""
    return [First(_shown(registry()[block]), word) for block, word in FIRST.items()]


def _file(chapter: Chapter, file: str) -> str:
    return f"{chapter.package.rpartition('.')[2]}.{file}"


def _shown(block: type[Block]) -> PaletteBlock:
    about = (block.__doc__ or "").strip().split("\n\n")[0].replace("\n    ", " ")
    return PaletteBlock(
        block.id, block.title, block.icon, block.family, _words(block), about, _is_usual(block)
    )


def _words(block: type[Block]) -> tuple[str, ...]:
    return (
        *block.tags,
        block.id.replace("_", " "),
        block.category,
        f"{FAMILIES.get(block.family, '')} block",
    )


def _is_usual(block: type[Block]) -> bool:
    return ".".join(block.__module__.split(".")[-2:]) in OPEN


def entries() -> list[Entry]:
    """All blocks as lines of a search list, those of a first network before the others."""
    blocks = sorted(registry().blocks, key=lambda block: block.id not in FIRST)
    return [
        Entry(
            b.id,
            b.title,
            FAMILIES.get(b.family, ""),
            more=_words(b),
            usual=_is_usual(b),
            picture=_picture(b),
        )
        for b in blocks
    ]


def _picture(block: type[Block]) -> Callable[[], QPixmap]:
    return lambda: icons.tile(block.icon, block.family, theme().px(18))


def _own_entries(own: Sequence[PaletteFamily]) -> list[Entry]:
    """The user's groups as lines of a search list; they are tried on no wire beforehand."""
    blocks = [block for family in own for block in family.blocks if block.id.startswith(OWN)]
    return [Entry(block.id, block.title, "My blocks", more=block.more) for block in blocks]


class PalettePresenter(QObject):
    """Adds what the palette or the search list names.

    Signals:
        asleep: place of a Python file that was chosen and is not trusted.
    """

    asleep = Signal(str)

    def __init__(self, panel: PalettePanel, designs: OpenDesigns, window: QWidget) -> None:
        super().__init__(panel)
        self._designs, self._window = designs, window
        self._at: tuple[QPointF | None, PortRef | Edge | None] = (None, None)
        self._list = SearchList(window, EXAMPLE, HINT)
        self._wishes = Wishes([], {}, ())
        self._panel, self._own = panel, tuple[PaletteFamily, ...]()
        panel.set_blocks(first(), families(), len(gallery()))
        panel.added.connect(self.add)
        panel.left.connect(lambda: self._canvas.setFocus())
        designs.added.connect(lambda bench: bench.canvas.addRequested.connect(self.ask))
        self._list.taken.connect(self._add_found)
        self._list.goneOn.connect(self._add_and_go_on)
        self._list.closed.connect(lambda: self._canvas.setFocus())

    @property
    def _canvas(self) -> CanvasView:
        return self._designs.bench.canvas

    def show_own(self, own: Sequence[PaletteFamily]) -> None:
        """Show the user's own blocks before the lecture's."""
        if tuple(own) != self._own:
            self._own = tuple(own)
            self._panel.set_blocks(first(), [*own, *families()], len(gallery()))

    def add(self, block: str) -> None:
        """Add a block behind the selected one; a file that sleeps is shown instead."""
        if block.startswith(CODE):
            self.asleep.emit(block.removeprefix(CODE))
            return
        add_block(self._canvas.context, block)
        self._canvas.setFocus()

    def ask(self, at: QPointF | None, source: PortRef | Edge | None) -> None:
        """Let a block be found by name; it goes to `at` and is wired to `source`, or into it.

        Without a place it goes behind the selected node.
        """
        self._at = (at, source)
        canvas = self._canvas
        selected = canvas.context.selection.only
        before = PortRef(selected, "") if selected is not None and source is None else None
        fitting = self._fitting(source or before)
        known = entries() if source is not None and fitting else [*_own_entries(self._own), *entries()]
        blocks = {block.id: block for block in registry().blocks}
        self._wishes = wishes = Wishes(known, blocks, set(canvas.context.graph))

        def find(query: str) -> list[Found]:
            lines = wishes.find(query)
            if fitting is None or (before and not query):
                return lines
            # of what a wire leads to, what fits comes first; behind a selected node names come first
            return fitting.order(lines, wishes.meant) if source else fitting.tell(lines, wishes.meant)

        self._list.open_with(known, self._corner(at), find)

    def _corner(self, at: QPointF | None) -> QPoint:
        """Where the list opens: below a point of the design, or below the selected node."""
        canvas = self._canvas
        box = canvas.scene_.placed.boxes.get(canvas.context.selection.only or "")
        below = QPointF(40, 40) if box is None else canvas.camera.to_view(box.bottomLeft())
        view = below.toPoint() if at is None else canvas.mapFromScene(at)
        return canvas.viewport().mapTo(self._window, view) + QPoint(8, 8)

    def _fitting(self, source: PortRef | Edge | None) -> Fitting | None:
        """What can take what leaves a port or goes through a wire; None when that is not known."""
        flow = self._canvas.context.level.flow
        if source is None or flow is None or (isinstance(source, PortRef) and not source.is_output):
            return None
        node_id, port = (source.src, source.out) if isinstance(source, Edge) else (source.id, source.port)
        node = flow.nodes.get(node_id)
        port = port or next(iter(node.outputs), "") if node is not None else port
        carried = node.outputs.get(port) if node is not None else None
        return Fitting(registry(), node_id, carried) if carried is not None else None

    def _add_found(self, block: str) -> bool:
        at, source = self._at
        context, typed = self._canvas.context, self._wishes.meant.get(block, Typed())
        known = registry()[block].fields if typed.fields else {}
        fields = {name: value for name, value in typed.fields.items() if value != known[name].default}
        into = {"onto": source} if isinstance(source, Edge) else {"source": source}
        added: str | None = None
        with context.gesture(f"Add {typed.copies} blocks") if typed.copies > 1 else nullcontext():
            for number in range(typed.copies):
                if number:
                    at, into = None, {}
                also = () if number else typed.sources
                alone = typed.instead and not number
                added = add_block(
                    context, block, at, **into, alone=alone, branch=True, fields=fields, also=also
                )
                if added is None:
                    return False
        return added is not None

    def _add_and_go_on(self, block: str) -> None:
        """Add it and ask for what comes behind it; the camera comes along."""
        if self._add_found(block) and (added := self._canvas.context.selection.only) is not None:
            self._canvas.camera.reveal(self._canvas.scene_.placed.boxes[added])
            self.ask(None, None)
