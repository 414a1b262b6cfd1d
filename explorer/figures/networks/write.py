"""A figure of a design as a file: png, svg or pdf."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from PySide6.QtCore import QMarginsF, QSizeF
from PySide6.QtGui import QImage, QPageSize, QPainter, QPdfWriter

from explorer.figures.networks import boxes, svg, volumes
from explorer.figures.networks.orientation import Direction
from explorer.figures.networks.paint import paint
from explorer.figures.networks.problem import PictureProblem
from explorer.figures.networks.shapes import Figure
from explorer.graph.files import FileProblem, write_atomically
from explorer.graph.flow import Flow
from explorer.style.tokens import Palette

FigureStyle = Literal["boxes", "volumes"]
SHARP = 2.0
"""Pixels of a png for each unit, unless its width is given."""
MOST_PIXELS = 64_000_000
MOST_NODES = 5_000
"""Nodes that are looked at; a figure of more would say nothing."""


def figure_of(
    flow: Flow, name: str, style: FigureStyle, direction: Direction = "right", depth: int | None = None
) -> Figure:
    """Return the figure of a design in a style.

    Raises:
        PictureProblem: nothing to draw, shapes that volumes need are not known, or far too much to draw.

    """
    if not flow.nodes:
        raise PictureProblem("There is nothing to draw: the design has no blocks yet, or they form a circle.")
    if len(flow.nodes) > MOST_NODES:
        raise PictureProblem(f"{len(flow.nodes):,} blocks make no figure; put them into groups first.")
    if style == "boxes":
        return boxes.figure(flow, name, direction=direction, depth=depth)
    if any(tensor is None for node in flow.nodes.values() for tensor in node.outputs.values()):
        problem = (flow.faults or flow.problems)[0]
        raise PictureProblem(
            f"Volumes are drawn to scale and need every shape. {problem.message} "
            "Repair that first, or take the style boxes."
        )
    return volumes.figure(flow, name, direction=direction)


def write(figure: Figure, file: str, palette: Palette, *, width: int | None = None) -> None:
    """Write a figure; the ending of the file says the format.

    Args:
        figure: what to write. file: where. palette: its colours.
        width: of a png in pixels; by default two for each unit.

    Raises:
        PictureProblem: a png of too many pixels, or a file that cannot be written.

    """
    suffix = Path(file).suffix.lower()
    if suffix == ".svg":
        try:
            write_atomically(file, svg.written(figure, palette).encode())
        except FileProblem as problem:
            raise PictureProblem(str(problem)) from None
    elif suffix == ".pdf":
        _write_pdf(figure, file, palette)
    else:
        _write_png(figure, file, palette, width)


def _write_png(figure: Figure, file: str, palette: Palette, width: int | None) -> None:
    scale = SHARP if width is None else width / figure.width
    size = max(1, round(figure.width * scale)), max(1, round(figure.height * scale))
    if size[0] * size[1] > MOST_PIXELS:
        raise PictureProblem(
            f"The picture would be {size[0]:,}×{size[1]:,} pixels. Write an .svg, or give a smaller width."
        )
    image = QImage(*size, QImage.Format.Format_ARGB32_Premultiplied)
    painter = QPainter(image)
    painter.scale(size[0] / figure.width, size[1] / figure.height)
    paint(painter, figure, palette)
    painter.end()
    if not image.save(file):
        raise _unwritten(file)


def _write_pdf(figure: Figure, file: str, palette: Palette) -> None:
    writer = QPdfWriter(file)
    writer.setTitle(figure.title)
    writer.setPageSize(QPageSize(QSizeF(figure.width, figure.height), QPageSize.Unit.Point))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    painter = QPainter()
    if not painter.begin(writer):
        raise _unwritten(file)
    painter.scale(writer.width() / figure.width, writer.height() / figure.height)
    paint(painter, figure, palette)
    painter.end()
    if not Path(file).is_file():
        raise _unwritten(file)


def _unwritten(file: str) -> PictureProblem:
    return PictureProblem(f"{Path(file).name} was not written: the folder is missing, full or protected.")
