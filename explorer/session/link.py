"""What a session needs of an engine, wherever it runs: a process, one behind ssh, a list in a test."""

from __future__ import annotations

from typing import Protocol

from explorer.protocol import requests


class Link(Protocol):
    """Sends requests; what comes back is handed to `Session.hear`, its end to `Session.engine_gone`."""

    def start(self) -> None:
        """Start the engine, or start it again; returns at once."""

    def send(self, request: requests.Request) -> int:
        """Send a request; returns its job number, 0 when no engine is there. Never waits."""

    def acknowledge(self, number: int) -> None:
        """Say that the progress message `number` has been shown."""

    def close(self) -> None:
        """End the engine; returns at once."""
