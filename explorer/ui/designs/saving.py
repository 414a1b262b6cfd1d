"""Saving a design with its weights beside it: the weights first, under a name by their content."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from explorer.graph import files
from explorer.graph.document import Document
from explorer.graph.edits import SetSetting
from explorer.protocol import events, requests
from explorer.session.origin import as_setting
from explorer.session.session import Session

WEIGHTS = ("weights", "weights_digest", "weights_story")
"""Settings of a design file that name the weights beside it."""
Then = Callable[[bool], None]


def save(session: Session, path: str, then: Then, *, weights: bool = True) -> None:
    """Save the design, and its weights when they are more than a seed.

    Returns at once; `then` is told whether all was written. A refusal is said by `session.said`.
    """
    origin = session.weights.origin
    if not weights or not origin.is_precious:
        then(_write(session, path, () if origin.source == "shipped" else None))
        return
    beside = Path(path).with_name(f".{_stem(path)}.{os.getpid()}.safetensors")

    def written(event: events.Event) -> None:
        if isinstance(event, events.WeightsSaved):
            name = f"{_stem(path)}.{event.digest[:12]}.safetensors"
            os.replace(beside, Path(path).with_name(name))
            saved = _write(session, path, (name, event.digest, as_setting(origin)))
            if saved:
                session.weights.saved_digest = event.digest
                _sweep(path, name)
            then(saved)

    def failed(event: events.Event) -> None:
        session.said.tell(getattr(event, "message", "The weights were not saved."))
        then(False)

    request = requests.SaveWeights(path=str(beside))
    session.watch(request, written, "once", on_failed=failed, of_design=False)


def _write(session: Session, path: str, weights: tuple[object, ...] | None) -> bool:
    """Write the design file. `weights`: the settings that name them; () leaves them, None takes them away."""
    document = session.workspace.document
    if weights != ():
        document = document.copy()
        for key, value in zip(WEIGHTS, weights or (None, None, None), strict=True):
            document.apply(SetSetting(key, value))  # type: ignore[arg-type]
    try:
        files.save(document, path)
    except files.FileProblem as problem:
        session.said.tell(str(problem))
        return False
    session.file, session.saved_at = path, time.time()
    session.stamp = stamp_of(path)
    session.workspace.history.mark_clean()
    return True


def _stem(path: str) -> str:
    return Path(path).name.removesuffix(files.SUFFIX)


def _sweep(path: str, kept: str) -> None:
    """Take away weights that an earlier save of the same design left."""
    for old in Path(path).parent.glob(f"{_stem(path)}.{'[0-9a-f]' * 12}.safetensors"):
        if old.name != kept:
            old.unlink(missing_ok=True)


def beside(document: Document, path: str) -> tuple[str, str]:
    """File and digest of the weights that a design file names; empty texts for none."""
    name, digest = document.settings.get("weights"), document.settings.get("weights_digest")
    if not isinstance(name, str) or not name.endswith(".safetensors") or Path(name).name != name:
        return "", ""
    return str(Path(path).with_name(name)), digest if isinstance(digest, str) else ""


def stamp_of(path: str) -> tuple[int, int]:
    """What tells whether somebody else changed a file: its time and size; (0, 0) where there is none."""
    try:
        facts = os.stat(path)
    except OSError:
        return (0, 0)
    return (facts.st_mtime_ns, facts.st_size)
