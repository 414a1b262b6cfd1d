"""What would be lost if a design were closed now, in words: pure."""

from __future__ import annotations

from explorer.session.session import Session


def lost_words(session: Session) -> tuple[str, ...]:
    """Sentences about what closing would cost; none when nothing would be lost."""
    said = []
    if not session.workspace.history.is_clean:
        said.append("There are changes that are not saved.")
    weights = session.weights
    if weights.is_unsaved:
        story = " · ".join(part for part in (weights.origin.detail, weights.origin.figure_words) if part)
        said.append(f"Its trained weights are not saved ({story}).")
    if session.training.is_going_on:
        said.append("A run is in progress; closing ends it.")
    return tuple(said)
