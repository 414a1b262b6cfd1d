"""A design as a picture file, without a window: the canvas as it is, or a figure for a slide."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QMarginsF, QRectF, QSize, QSizeF
from PySide6.QtGui import QImage, QPageSize, QPaintDevice, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication

from explorer.blocks.registry import registry
from explorer.figures.canvas.level_picture import LevelPicture
from explorer.figures.networks.orientation import Direction
from explorer.figures.networks.problem import PictureProblem as PictureProblem
from explorer.figures.networks.write import MOST_PIXELS, figure_of, refuse_crowd, write
from explorer.figures.picture_bytes import as_png, opened_buffer, write_whole
from explorer.graph.document import Document
from explorer.graph.resolve import Resolver
from explorer.graph.workspace import Workspace
from explorer.style.theme import Mode, theme
from explorer.style.tokens import palette

MARGIN = 24


Style = Literal["canvas", "boxes", "volumes"]
STYLES: tuple[Style, ...] = ("canvas", "boxes", "volumes")
"""The canvas as it stands, a line of labelled boxes, or feature maps to scale."""


def render_file(
    document: Document,
    file: str,
    *,
    mode: Mode = "light",
    width: int | None = None,
    style: Style = "canvas",
    direction: Direction = "right",
    depth: int | None = None,
) -> None:
    """Draw the whole design into a png, svg or pdf file.

    Args:
        document: what to draw; problems are drawn too (volumes need every shape).
        file: where; its ending says the format.
        mode: light or dark. width: of a png in pixels; by default two pixels a unit.
        style: one of `STYLES`. direction: in which way a figure runs.
        depth: how many levels of groups boxes show; by default as many as a slide holds.

    Raises:
        PictureProblem: an unknown ending, a design too large for a png, shapes that are not known, or a
            file that cannot be written.

    """
    suffix = Path(file).suffix.lower()
    if suffix not in (".png", ".svg", ".pdf"):
        raise PictureProblem(f"Pictures are .png, .svg or .pdf files, not “{Path(file).name}”.")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or QApplication(["explorer"])
    if style != "canvas":
        flow = Resolver(registry()).resolve(document)
        write(figure_of(flow, document.name, style, direction, depth), file, palette(mode), width=width)
        return
    refuse_crowd(document.root)
    theme().change(mode=mode)
    picture = LevelPicture(Workspace(registry(), document))
    area = picture.bounds.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
    _draw(picture, document.name, area, file, suffix, width)
    application.processEvents()


def _draw(picture: LevelPicture, name: str, area: QRectF, file: str, suffix: str, width: int | None) -> None:
    scale = 2.0 if width is None else width / area.width()
    size = QSize(max(1, round(area.width() * scale)), max(1, round(area.height() * scale)))
    device: QPaintDevice
    if suffix == ".png":
        if size.width() * size.height() > MOST_PIXELS:
            raise PictureProblem(
                f"The picture would be {size.width():,}×{size.height():,} pixels. "
                "Write an .svg, or give a smaller width."
            )
        image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(theme().colours.canvas)
        _paint(picture, area, image, QRectF(image.rect()))
        write_whole(file, as_png(image))
        return
    buffer = opened_buffer()
    if suffix == ".svg":
        svg = QSvgGenerator()
        svg.setOutputDevice(buffer)
        svg.setSize(area.size().toSize())
        svg.setViewBox(QRectF(0, 0, area.width(), area.height()))
        svg.setTitle(name)
        device, target = svg, QRectF(0, 0, area.width(), area.height())
    else:
        pdf = QPdfWriter(buffer)
        pdf.setPageSize(QPageSize(QSizeF(area.width(), area.height()), QPageSize.Unit.Point))
        pdf.setPageMargins(QMarginsF(0, 0, 0, 0))
        device, target = pdf, QRectF(0, 0, pdf.width(), pdf.height())
    _paint(picture, area, device, target)
    write_whole(file, bytes(buffer.data().data()))


def _paint(picture: LevelPicture, area: QRectF, device: QPaintDevice, target: QRectF) -> None:
    painter = QPainter(device)
    picture.paint(painter, target, area)
    painter.end()
