"""What a gesture may use of the canvas. A test can give it something smaller than a window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QPointF, Qt

from explorer.ui.canvas.adding import PortRef
from explorer.ui.canvas.context import Context
from explorer.ui.canvas.pointer import Pointer
from explorer.ui.canvas.scene import CanvasScene

if TYPE_CHECKING:
    from explorer.ui.canvas.tools.tool import Tool


class Stage(Protocol):
    """Where gestures take place: the open level, what is drawn of it, and what the user is shown.

    Attributes:
        context: the open level, its selection, and the way to change it.
        scene_: what is drawn, and where (`scene` is a method of Qt's).
        held: a key that is held down and changes what the mouse does, as `space`.

    """

    context: Context
    scene_: CanvasScene
    held: str

    @property
    def zoom(self) -> float:
        """Pixels per canvas unit."""

    def start(self, tool: Tool) -> None:
        """Let a gesture follow, in place of the present one."""

    def finish(self) -> None:
        """End the present gesture."""

    def refresh_overlay(self) -> None:
        """Paint what belongs to the gesture anew."""

    def show_cursor(self, shape: Qt.CursorShape) -> None:
        """Give the pointer a form."""

    def say_beside(self, words: str, at: QPointF) -> None:
        """Say something beside the pointer (pixels); nothing ends it."""

    def scroll_by(self, right: float, down: float) -> None:
        """Move what is seen, in pixels."""

    def follow_problem(self) -> None:
        """Explain the problem of what is selected, if it has one."""

    def show_problem_at(self, node_id: str) -> bool:
        """Explain the problem of a node; returns whether there is one."""

    def look_into(self, node_id: str) -> None:
        """Let the panels be about a node."""

    def ask_for_block(self, at: QPointF, port: PortRef) -> None:
        """Ask for a block at a canvas point, to be wired to a port."""

    def ask_menu(self, at: Pointer) -> None:
        """Open the menu of what lies there."""
