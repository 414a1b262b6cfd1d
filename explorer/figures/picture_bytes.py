"""Pictures as bytes, and bytes as a whole file: Qt itself says nothing of a disk that is full."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage

from explorer.atomic import replace_file
from explorer.figures.networks.problem import PictureProblem


def opened_buffer() -> QBuffer:
    """A device in memory that painters of files write to; `data()` has what was written."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer


def as_png(image: QImage) -> bytes:
    """The bytes of a png file."""
    buffer = opened_buffer()
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stub wants bytes, which Qt refuses
    return bytes(buffer.data().data())


def write_whole(file: str, data: bytes) -> None:
    """Write a picture's file, or leave the old one; raises `PictureProblem`."""
    try:
        replace_file(file, data)
    except OSError as problem:
        words = problem.strerror or str(problem)
        raise PictureProblem(f"{Path(file).name} was not written: {words}.") from None
