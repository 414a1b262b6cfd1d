"""Which inputs of a design are texts, and which output says what comes next in one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from explorer.graph.flow import Flow
from explorer.protocol.records import Answer
from explorer.text.shipped import vocabulary
from explorer.text.vocabulary import Vocabulary

NO_TEXT = (
    "This design does not write: it has no input with a vocabulary whose tokens an output has a score for. "
    "Open gpt_shakespeare or french_bahdanau, or choose a vocabulary at the input."
)


@dataclass(frozen=True)
class Writer:
    """A design that says after every token of a text what comes next.

    Attributes:
        output: with a row of scores for every token. input: the text it goes on with.
        vocabulary: of both. source: input with the text that is translated; empty where it is none.

    """

    output: str
    input: str
    vocabulary: Vocabulary
    source: str = ""


def text_inputs(flow: Flow) -> dict[str, Vocabulary]:
    """Vocabularies by input, of those that have one, in the order of the inputs."""
    found = {}
    for name, tensor in flow.inputs.items():
        block = flow.nodes[name].block if name in flow.nodes else None
        named = str(getattr(block, "vocabulary", ""))
        if tensor is not None and named:
            found[name] = vocabulary(named)
    return found


def first_text(flow: Flow) -> str:
    """The input that a text is for when nobody says: the first that is not written by the design itself."""
    found = text_inputs(flow)
    return next((name for name, known in found.items() if known.start is None), next(iter(found), ""))


def writer_of(flow: Flow) -> Writer | None:
    """How a design writes; None where it does not.

    An output is meant that has a row for each token of a text, and in it a score for each token of its
    vocabulary. Where several texts fit, the one whose sentences begin with a mark is written.
    """
    texts = text_inputs(flow)
    fits = [
        (output, name)
        for output, tensor in flow.outputs.items()
        for name, known in texts.items()
        if tensor is not None and _is_next(flow, tensor.axes, tensor.shape, name, known)
    ]
    fits.sort(key=lambda pair: texts[pair[1]].start is None)
    if not fits:
        return None
    output, name = fits[0]
    source = next((other for other in texts if other != name), "")
    return Writer(output, name, texts[name], source)


def _is_next(flow: Flow, axes: tuple[str, ...], shape: tuple[int, ...], name: str, known: Vocabulary) -> bool:
    given = flow.inputs[name]
    return axes == ("T", "D") and given is not None and shape == (given.shape[0], len(known))


def too_few_ids(flow: Flow, name: str, known: Vocabulary) -> tuple[str, int] | None:
    """A layer that reads the ids of a text and has fewer of them than its vocabulary, with how many."""
    for address, node in flow.walk(depth=16):
        count = getattr(node.block, ID_FIELDS.get(getattr(node.block, "id", ""), ""), None)
        if isinstance(count, int) and count < len(known):
            port = next(iter(node.inputs), "x")
            given = node.inputs.get(port)
            if given is not None and given.dtype == "int" and name in inputs_behind(flow, address, port):
                return address, count
    return None


def written_rows(
    flow: Flow, tokens: Mapping[str, tuple[str, ...]], answer: Answer
) -> dict[str, tuple[str, ...]]:
    """What a translation writes at each of its steps, under the name of its output; {} for other designs.

    A step reads one word and writes the next, and looks at the source for the sake of what it writes.
    """
    writer = writer_of(flow)
    if writer is None or not writer.source or not len(answer.scores):
        return {}
    following = answer.classes[int(answer.scores.argmax())]
    return {writer.output: (*tokens[writer.input][1:], following)}


ID_FIELDS = {"embedding": "vocabulary", "one_hot": "classes"}
"""Fields of blocks that say how many ids they take."""
ASKING, ASKED = ("query", "targets", "state", "x"), ("key", "encoder", "x")
"""Ports of attention blocks through which those come that ask, and those that are asked."""


def attended(flow: Flow, address: str, tokens: Mapping[str, int], queries: int, keys: int) -> tuple[str, str]:
    """Inputs whose tokens are the queries and the keys of an attention layer; empty where they are none.

    Behind a look at another text a layer has read both; it then still stands on the tokens of its own.

    Args:
        flow: of the design. address: of the layer. tokens: how many each text has.
        queries, keys: how many the layer has.

    """
    node = flow.at(address)
    writer = writer_of(flow)

    def named(wanted: tuple[str, ...], count: int) -> str:
        port = next((name for name in wanted if name in node.inputs), next(iter(node.inputs), ""))
        if port == "key" and node.inputs.get(port) is None:
            port = "query"
        read = [name for name in tokens if name in inputs_behind(flow, address, port)]
        fits = [name for name in read if tokens[name] == count]
        own = writer.input if writer is not None else ""
        return own if own in fits else next(iter(fits), "") if own not in read else ""

    return named(ASKING, queries), named(ASKED, keys)


def inputs_behind(flow: Flow, address: str, port: str) -> set[str]:
    """Inputs of the design from which a port of a node, at any depth, gets its values."""
    head, _, rest = address.partition(".")
    ports, inner = {port}, flow.nodes[head].inner
    if rest and inner is not None:
        ports = inputs_behind(inner, rest, port)
    found, waiting = set(), [edge.src for edge in flow.graph.into(head) if edge.into in ports]
    seen = set(waiting)
    while waiting:
        name = waiting.pop()
        if name in flow.inputs:
            found.add(name)
        before = {edge.src for edge in flow.graph.into(name)} - seen
        seen |= before
        waiting += before
    return found
