"""One own block as a file: a design that holds one use of the group, its inputs and outputs, and its words.

Such a file opens as any design does. The group's name, a title, a line about it and a colour stand among the
design's settings. Reading one runs nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from explorer.bounds import OWN_BLOCK_BYTES, TEXT_LENGTH
from explorer.graph import clipping as clippings
from explorer.graph import edits as e
from explorer.graph import files
from explorer.graph.catalogue import INPUT, OUTPUT
from explorer.graph.clipping import Clipping
from explorer.graph.document import Document
from explorer.graph.files import FileProblem
from explorer.graph.flow import NodeFlow
from explorer.graph.marks import Origin
from explorer.graph.model import GROUP_PREFIX, Edge, FieldValue, Graph, Node
from explorer.graph.names import unique
from explorer.graph.ports import group_ports
from explorer.graph.tensor import DEFAULT_AXES, Tensor

SUFFIX = ".block.json"
TITLE_LENGTH, ABOUT_LENGTH = 60, 300
GROUP, TITLE, ABOUT, COLOUR = "block.group", "block.title", "block.about", "block.colour"


@dataclass(frozen=True, eq=False)
class OwnBlock:
    """A block of the user's.

    Attributes:
        name: by which designs remember it, and of its file. title, about: for people.
        colour: of its tile, a family of blocks; empty for that of composites.
        document: the design in its file. use: the node there that stands for the block.
        digest: of what the group and those inside it are; another one after every change.

    """

    name: str
    title: str
    about: str
    colour: str
    document: Document
    use: str
    digest: str

    @property
    def group(self) -> str:
        """Name of its group in its own design."""
        return self.document.root[self.use].group or ""

    def clipping(self) -> Clipping:
        """A copy of the use and of the groups that it needs, which say where they come from."""
        taken = clippings.copy(self.document, [self.use])
        origin = Origin(self.name, self.digest)
        groups = [replace(g, origin=origin) if g.name == self.group else g for g in taken.groups]
        return Clipping(taken.nodes, (), (), tuple(groups))


def made(
    document: Document,
    node: Node,
    known: NodeFlow | None,
    name: str,
    title: str,
    about: str = "",
    colour: str = "",
) -> OwnBlock:
    """An own block of a group that a design uses.

    Args:
        document: the design. node: a use of the group. known: what arrives there, for its default input.
        name, title, about, colour: as in the class.

    Raises:
        EditProblem: the node is no use of a group of the design, or words are too long.

    """
    group = node.group
    if group is None or group not in document.groups:
        raise e.EditProblem(f"{node.id} is no group. Make one of the selected blocks first.")
    title, about = " ".join(title.split()), " ".join(about.split())
    if not title or len(title) > TITLE_LENGTH:
        raise e.EditProblem(f"A block needs a title of at most {TITLE_LENGTH} characters.")
    if len(about) > ABOUT_LENGTH:
        raise e.EditProblem(f"The line about a block has at most {ABOUT_LENGTH} characters.")
    plain = Node("block", node.block)
    taken = clippings.copy_of(Graph([plain]), document.groups, [plain.id])
    result = Document(title)
    edit, (use,) = clippings.paste(result, taken, (200.0, 100.0))
    result.apply(edit)
    result.apply(e.SetOrigin(None, group))
    _wire_ends(result, use, known)
    for key, text in ((GROUP, group), (TITLE, title), (ABOUT, about), (COLOUR, colour)):
        if text:
            result.apply(e.SetSetting(key, text))
    return OwnBlock(name, title, about, colour, result, use, digest_of(result, group))


def _wire_ends(document: Document, use: str, known: NodeFlow | None) -> None:
    """Give the use the inputs that it has now, and outputs, so that its file is a design that runs."""
    inputs, outputs = group_ports(document.groups[document.root[use].group or ""])
    for number, port in enumerate(inputs):
        tensor = known.inputs.get(port) if known is not None else None
        name = unique(port, document.root)
        document.apply(e.AddNode(Node(name, INPUT, _input_fields(tensor), (0.0, 100.0 + 120 * number))))
        document.apply(e.Connect(Edge(name, "y", use, port)))
    for number, port in enumerate(outputs):
        name = unique(port, document.root)
        document.apply(e.AddNode(Node(name, OUTPUT, {}, (460.0, 100.0 + 120 * number))))
        document.apply(e.Connect(Edge(use, port, name, "x")))


def _input_fields(tensor: Tensor | None) -> dict[str, FieldValue]:
    if tensor is None:
        return {}
    fields: dict[str, FieldValue] = {"shape": tensor.shape}
    axes = "".join(tensor.axes)
    if axes != DEFAULT_AXES.get(len(axes)):
        fields["axes"] = axes
    if tensor.dtype != "float":
        fields["dtype"] = tensor.dtype
    return fields


def digest_of(document: Document, group: str) -> str:
    """A digest of a group and of those inside it, wherever they came from and whatever uses them."""
    bare, node = Document(""), Node("block", GROUP_PREFIX + group)
    edit, _ = clippings.paste(bare, clippings.copy_of(Graph([node]), document.groups, [node.id]))
    bare.apply(edit)
    for name in bare.groups:
        bare.apply(e.SetOrigin(None, name))
    return hashlib.sha256(files.encode(bare)).hexdigest()[:16]


def written(block: OwnBlock) -> bytes:
    """The file's bytes."""
    return files.encode(block.document)


def read(path: Path) -> OwnBlock:
    """Read a file; raises `FileProblem` naming it. A design with one group in it is none of these files."""
    try:
        size = path.stat().st_size
    except (OSError, ValueError) as problem:
        words = getattr(problem, "strerror", None) or "no file has that name"
        raise FileProblem(f"{path.name[:60]} cannot be read: {words}.") from None
    if size > OWN_BLOCK_BYTES:
        raise FileProblem(f"{path.name}: with {size:,} bytes it is larger than a block can be.")
    return of_document(files.load(path), path.name)


def of_document(document: Document, file: str) -> OwnBlock:
    """The block that a design is the file of; raises `FileProblem` for any other design."""
    group = document.settings.get(GROUP)
    uses = [node.id for node in document.root.nodes if node.group is not None and node.group == group]
    if not isinstance(group, str) or len(uses) != 1:
        raise FileProblem(
            f"{file}: it is a design, not a block: it does not say which of its groups is meant."
        )
    title, about = _text(document, TITLE) or document.name, _text(document, ABOUT)
    name = file.removesuffix(SUFFIX)
    digest = digest_of(document, group)
    return OwnBlock(
        name, title[:TITLE_LENGTH], about[:ABOUT_LENGTH], _text(document, COLOUR), document, uses[0], digest
    )


def _text(document: Document, key: str) -> str:
    value = document.settings.get(key)
    text = value[:TEXT_LENGTH] if isinstance(value, str) else ""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
