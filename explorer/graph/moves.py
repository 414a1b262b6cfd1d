"""placeholder until merged"""

from typing import Any


def moves_of(edit: Any, document: Any) -> tuple[tuple[str, str], ...]:
    return ()
