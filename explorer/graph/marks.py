"""What stands beside the nodes of a level: frames and notes, what a group exposes, where it came from."""

from __future__ import annotations

import msgspec


class Frame(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A titled outline drawn round some nodes; it changes nothing in the network."""

    id: str
    title: str
    nodes: tuple[str, ...]


class Note(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Free text on the canvas."""

    id: str
    text: str
    pos: tuple[float, float] = (0.0, 0.0)


class Exposed(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A field that a group has: each use of it may set it, for the nodes inside that it stands for.

    Attributes:
        name: of the field, unique in its group.
        sets: pairs of a node inside and the name of its field, one at least. The first one's present value
            is the one of uses that set none.

    """

    name: str
    sets: tuple[tuple[str, str], ...]

    def renamed(self, old: str, new: str) -> Exposed:
        """The same after a node has got another id."""
        if all(node_id != old for node_id, _ in self.sets):
            return self
        return Exposed(self.name, tuple((new if node_id == old else node_id, f) for node_id, f in self.sets))


class Origin(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The block of the user's library that a group was taken from.

    Attributes:
        block: its name there. digest: of its content then.

    """

    block: str
    digest: str
