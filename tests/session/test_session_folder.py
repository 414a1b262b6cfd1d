"""What a session leaves on disk: under a lock that ends with its process, offered afterwards."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

from explorer.graph.document import Document
from explorer.graph.edits import SetName
from explorer.session.folder import SessionFolder, remains
from explorer.session.origin import Origin


def design(name: str = "mine") -> Document:
    document = Document()
    document.apply(SetName(name))
    return document


def test_what_is_open_is_not_offered_and_what_was_left_is(tmp_path: Path) -> None:
    folder = SessionFolder(tmp_path)
    folder.write(design(), "/a/mine.arch.json", Origin("run", "run 1", 0.9))
    assert remains(tmp_path) == []
    folder._lock.release()  # as the system does when the process ends
    (left,) = remains(tmp_path)
    assert (left.facts.name, left.facts.path, left.facts.origin.detail) == (
        "mine",
        "/a/mine.arch.json",
        "run 1",
    )
    assert left.load().name == "mine"


def test_the_lock_ends_with_a_process_that_is_killed(tmp_path: Path) -> None:
    code = f"""
        import os, signal
        from pathlib import Path
        from explorer.graph.document import Document
        from explorer.session.folder import SessionFolder
        from explorer.session.origin import Origin
        SessionFolder(Path({str(tmp_path)!r}), "dead").write(Document("lost"), "", Origin())
        os.kill(os.getpid(), signal.SIGKILL)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=False, timeout=60)
    assert done.returncode != 0
    assert [left.facts.name for left in remains(tmp_path)] == ["lost"]


def test_all_remains_are_offered_the_newest_first(tmp_path: Path) -> None:
    for number in range(3):
        folder = SessionFolder(tmp_path)
        folder.write(design(f"d{number}"), "", Origin())
        folder._lock.release()
    assert [left.facts.name for left in remains(tmp_path)] == ["d2", "d1", "d0"]


def test_leftovers_without_a_design_are_swept_away(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert remains(tmp_path) == []
    assert not (tmp_path / "empty").exists()


def test_a_session_that_ends_in_good_order_leaves_nothing(tmp_path: Path) -> None:
    folder = SessionFolder(tmp_path)
    folder.write(design(), "", Origin())
    folder.close()
    assert list(tmp_path.iterdir()) == []


def test_saving_forgets_the_autosaved_design_but_not_the_weights(tmp_path: Path) -> None:
    folder = SessionFolder(tmp_path)
    folder.write(design(), "", Origin())
    folder.weights.mkdir()
    folder.clear()
    assert folder.weights.is_dir()
    assert not (folder.path / "design").exists()
