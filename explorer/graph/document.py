"""The document: the only writer of a design's graphs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

import msgspec

from explorer import bounds
from explorer.graph import dots, group_edits, limits
from explorer.graph import edits as e
from explorer.graph.model import ROOT, FieldValue, Graph, Node
from explorer.graph.moves import Step, step_of
from explorer.graph.names import why_not
from explorer.graph.sharing import linked, why_not_share

Listener: TypeAlias = Callable[[e.Edit], None]
FLAGS = ("muted", "frozen", "collapsed")


class Document:
    """A design: the top graph, the user's groups, a name and some settings.

    `apply` is the one way to change it. After each change `revision` has grown by one and every
    listener has been called with the edit. `newest` is that edit, `moved` says how addresses moved with it.
    """

    def __init__(self, name: str = "untitled") -> None:
        self._name = name
        self._graphs: dict[str, Graph] = {ROOT: Graph()}
        self._settings: dict[str, FieldValue] = {}
        self._listeners: list[Listener] = []
        self.revision = 0
        self._heights: limits.Heights = {}  # of groups, until one is changed
        self.newest: e.Edit | None = None
        self.moved: tuple[Step, ...] = ()

    # reading

    @property
    def name(self) -> str:
        """Name of the design, shown in the title and used for the file."""
        return self._name

    @property
    def root(self) -> Graph:
        """The top level. Read it; writing goes through `apply`."""
        return self._graphs[ROOT]

    @property
    def groups(self) -> Mapping[str, Graph]:
        """The user's groups by name."""
        return MappingProxyType({name: graph for name, graph in self._graphs.items() if name != ROOT})

    @property
    def settings(self) -> Mapping[str, FieldValue]:
        """What is remembered with the design beside the graph."""
        return MappingProxyType(self._settings)

    def graph(self, scope: str = ROOT) -> Graph:
        """The graph of a level; raises `EditProblem` when no group has that name."""
        try:
            return self._graphs[scope]
        except KeyError:
            raise e.EditProblem(f"There is no group called “{scope}”.") from None

    def uses_of(self, group: str) -> list[tuple[str, Node]]:
        """All uses of a group as (scope, node)."""
        return [
            (scope, graph[node_id])
            for scope, graph in self._graphs.items()
            for node_id in graph.register.sorted(graph.register.using(group))
        ]

    def copy(self) -> Document:
        """An independent copy without listeners."""
        twin = Document(self._name)
        twin._graphs = {name: graph.copy() for name, graph in self._graphs.items()}
        twin._settings = dict(self._settings)
        twin.revision = self.revision
        return twin

    def same_as(self, other: Document) -> bool:
        """Whether both hold the same design, whatever their revisions and listeners."""
        return (self._name, self._graphs, self._settings) == (other._name, other._graphs, other._settings)

    # writing

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` after every change; returns the function that ends this."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def apply(self, edit: e.Edit) -> e.Edit:
        """Carry out an edit and return its inverse.

        Raises:
            EditProblem: the edit does not fit the document, which is unchanged.

        """
        steps: list[Step] = []
        inverse = self._apply(edit, steps)
        self.newest, self.moved = edit, tuple(steps)
        self.revision += 1
        for listener in tuple(self._listeners):
            listener(edit)
        return inverse

    def _apply(self, edit: e.Edit, steps: list[Step]) -> e.Edit:
        """Carry out an edit and note what moved, while the levels it speaks of are there."""
        if isinstance(edit, e.Batch):
            inverse = self._apply_batch(edit, steps)
        else:
            inverse = _HANDLERS[type(edit)](self, edit)
        if step := step_of(edit, inverse, self._graphs):
            steps.append(step)
        return inverse

    def _apply_batch(self, batch: e.Batch, steps: list[Step]) -> e.Edit:
        done: list[e.Edit] = []
        try:
            for edit in batch.edits:
                done.append(self._apply(edit, steps))
        except Exception:
            for inverse in reversed(done):
                self._apply(inverse, [])
            raise
        inverses = tuple(reversed(done))
        if not batch.moves:
            return e.Batch(inverses)
        back = e.Batch((), tuple((scope, new, old) for scope, old, new in batch.moves))
        return e.Batch((back, *inverses)) if inverses else back

    def _node(self, node_id: str, scope: str) -> tuple[Graph, Node]:
        graph = self.graph(scope)
        if node_id not in graph:
            raise e.EditProblem(f"There is no node “{node_id}” here.")
        return graph, graph[node_id]

    def _add_node(self, edit: e.AddNode) -> e.Edit:
        graph, node = self.graph(edit.scope), edit.node
        if reason := why_not(node.id):
            raise e.EditProblem(reason)
        if node.id in graph:
            raise e.EditProblem(f"There is already a node called “{node.id}” here.")
        if node.id in graph.notes:
            raise e.EditProblem(f"There is a note called “{node.id}” here; take another name.")
        limits.refuse_bad_use(node, edit.scope, self._graphs)
        limits.refuse_full(len(graph), edit.scope)
        if node.groups:
            self._heights.clear()
        if node.shares and (reason := why_not_share(graph, node, node.shares)):
            raise e.EditProblem(reason)
        graph.put(limits.checked_node(node), edit.place)
        return e.RemoveNode(node.id, edit.scope)

    def _remove_node(self, edit: e.RemoveNode) -> e.Edit:
        graph, node = self._node(edit.id, edit.scope)
        if graph.into(edit.id) or graph.out_of(edit.id):
            raise e.EditProblem(f"“{edit.id}” still has wires; remove them first.")
        if sharers := graph.sharing(edit.id):
            raise e.EditProblem(f"{' and '.join(sorted(sharers))} still run with the weights of “{edit.id}”.")
        if held := [row.name for row in graph.exposed for node_id, _ in row.sets if node_id == edit.id]:
            raise e.EditProblem(f"“{edit.id}” is set by what the group exposes: {', '.join(held)}.")
        place = graph.register.place[edit.id]
        graph.drop(edit.id)
        self._heights.clear()
        return e.AddNode(node, edit.scope, place)

    def _connect(self, edit: e.Connect) -> e.Edit:
        edge = edit.edge
        graph, _ = self._node(edge.src, edit.scope)
        self._node(edge.dst, edit.scope)
        if graph.has_edge(edge):
            raise e.EditProblem(f"{edge.src} is already wired to {edge.dst}.{edge.into}.")
        graph.connect(edge)
        return e.Disconnect(edge, edit.scope)

    def _disconnect(self, edit: e.Disconnect) -> e.Edit:
        graph = self.graph(edit.scope)
        if not graph.has_edge(edit.edge):
            raise e.EditProblem(f"There is no wire from {edit.edge.src} to {edit.edge.dst}.")
        bends = graph.dots.get(edit.edge)
        graph.disconnect(edit.edge)
        back = e.Connect(edit.edge, edit.scope)
        return e.Batch((back, e.SetDots(edit.edge, bends, edit.scope))) if bends else back

    def _set_field(self, edit: e.SetField) -> e.Edit:
        _, node = self._node(edit.id, edit.scope)
        fields = dict(node.fields)
        before = fields.pop(edit.field, None)
        if edit.value is not None:
            fields[edit.field] = edit.value
        self._put_linked(msgspec.structs.replace(node, fields=fields), edit.scope)
        return e.SetField(edit.id, edit.field, before, edit.scope)

    def _put_linked(self, changed: Node, scope: str) -> None:
        """Give a node, and all that share its weights, the block, fields and `frozen` switch of `changed`."""
        limits.refuse_bad_use(changed, scope, self._graphs)
        self._heights.clear()
        graph, changed = self._graphs[scope], limits.checked_node(changed)
        for node_id in linked(graph, changed.id):
            like = {"block": changed.block, "fields": changed.fields, "frozen": changed.frozen}
            graph.put(msgspec.structs.replace(graph[node_id], **like))

    def _set_block(self, edit: e.SetBlock) -> e.Edit:
        _, node = self._node(edit.id, edit.scope)
        self._put_linked(
            msgspec.structs.replace(node, block=edit.block, fields=dict(edit.fields)), edit.scope
        )
        return e.SetBlock(edit.id, node.block, dict(node.fields), edit.scope)

    def _set_title(self, edit: e.SetTitle) -> e.Edit:
        graph, node = self._node(edit.id, edit.scope)
        graph.put(limits.checked_node(msgspec.structs.replace(node, title=edit.title)))
        return e.SetTitle(edit.id, node.title, edit.scope)

    def _set_flag(self, edit: e.SetFlag) -> e.Edit:
        graph, node = self._node(edit.id, edit.scope)
        if edit.flag not in FLAGS:
            raise e.EditProblem(f"A node has no switch “{edit.flag}”; it has {', '.join(FLAGS)}.")
        changed = msgspec.structs.replace(node, **{edit.flag: edit.on})
        graph.put(changed)
        if edit.flag == "frozen":
            self._put_linked(changed, edit.scope)
        return e.SetFlag(edit.id, edit.flag, getattr(node, edit.flag), edit.scope)

    def _set_shares(self, edit: e.SetShares) -> e.Edit:
        graph, node = self._node(edit.id, edit.scope)
        if edit.owner and (sharers := graph.sharing(edit.id)):
            raise e.EditProblem(f"{' and '.join(sorted(sharers))} run with the weights of {edit.id} already.")
        if edit.owner and (reason := why_not_share(graph, node, edit.owner)):
            raise e.EditProblem(reason)
        graph.put(msgspec.structs.replace(node, shares=edit.owner))
        return e.SetShares(edit.id, node.shares, edit.scope)

    def _move(self, edit: e.Move) -> e.Edit:
        graph = self.graph(edit.scope)
        for key in edit.positions:
            if key not in graph and key not in graph.notes:
                raise e.EditProblem(f"There is nothing called “{key}” here.")
            limits.refuse_nowhere(edit.positions[key])
        before = {}
        for key, pos in edit.positions.items():
            if key in graph:
                before[key] = graph[key].pos
                graph.put(msgspec.structs.replace(graph[key], pos=pos))
            else:
                before[key] = graph.notes[key].pos
                graph.notes[key] = msgspec.structs.replace(graph.notes[key], pos=pos)
        return e.Move(before, edit.scope)

    def _rename(self, edit: e.Rename) -> e.Edit:
        graph, _ = self._node(edit.old, edit.scope)
        if edit.new != edit.old:
            if reason := why_not(edit.new):
                raise e.EditProblem(reason)
            if edit.new in graph:
                raise e.EditProblem(f"There is already a node called “{edit.new}” here.")
            if edit.new in graph.notes:
                raise e.EditProblem(f"There is a note called “{edit.new}” here; take another name.")
            graph.rename(edit.old, edit.new)
        return e.Rename(edit.new, edit.old, edit.scope)

    def _set_frame(self, edit: e.SetFrame) -> e.Edit:
        frames = self.graph(edit.scope).frames
        if edit.frame is not None:
            limits.refuse_text(edit.frame.title)
            if edit.frame.id != edit.id:
                raise e.EditProblem(f"The frame “{edit.frame.id}” cannot be stored as “{edit.id}”.")
        before = frames.pop(edit.id, None)
        if edit.frame is not None:
            frames[edit.id] = edit.frame
        return e.SetFrame(edit.id, before, edit.scope)

    def _set_note(self, edit: e.SetNote) -> e.Edit:
        graph = self.graph(edit.scope)
        notes = graph.notes
        if edit.note is not None:
            limits.refuse_text(edit.note.text)
            limits.refuse_nowhere(edit.note.pos)
            if edit.note.id != edit.id:
                raise e.EditProblem(f"The note “{edit.note.id}” cannot be stored as “{edit.id}”.")
            if edit.id in graph:
                raise e.EditProblem(f"There is a node called “{edit.id}” here; the note needs another name.")
        before = notes.pop(edit.id, None)
        if edit.note is not None:
            notes[edit.id] = edit.note
        return e.SetNote(edit.id, before, edit.scope)

    def _drop_group(self, edit: e.DropGroup) -> e.Edit:
        self.graph(edit.name)
        inverse = group_edits.drop(self._graphs, edit, self.uses_of(edit.name))
        self._heights.clear()
        return inverse

    def _set_name(self, edit: e.SetName) -> e.Edit:
        limits.refuse_text(edit.name)
        if len(edit.name) > bounds.NAME_LENGTH:
            raise e.EditProblem(f"A name has at most {bounds.NAME_LENGTH} characters.")
        before, self._name = self._name, edit.name
        return e.SetName(before)

    def _set_setting(self, edit: e.SetSetting) -> e.Edit:
        limits.refuse_text(edit.key)
        limits.refuse_unwritable(edit.value)
        before = self._settings.pop(edit.key, None)
        if edit.value is not None:
            self._settings[edit.key] = edit.value
        return e.SetSetting(edit.key, before)


_HANDLERS: dict[type, Callable[..., e.Edit]] = {
    e.AddNode: Document._add_node,
    e.RemoveNode: Document._remove_node,
    e.Connect: Document._connect,
    e.Disconnect: Document._disconnect,
    e.SetField: Document._set_field,
    e.SetBlock: Document._set_block,
    e.SetTitle: Document._set_title,
    e.SetFlag: Document._set_flag,
    e.SetShares: Document._set_shares,
    e.Move: Document._move,
    e.Rename: Document._rename,
    e.SetFrame: Document._set_frame,
    e.SetNote: Document._set_note,
    e.SetDots: lambda d, edit: dots.put(d.graph(edit.scope), edit),
    e.DefineGroup: lambda d, edit: group_edits.define(d._graphs, edit, d._heights),
    e.DropGroup: Document._drop_group,
    e.SetExposed: lambda d, edit: group_edits.set_exposed(d.graph(edit.scope), edit),
    e.SetOrigin: lambda d, edit: group_edits.set_origin(d.graph(edit.scope), edit),
    e.SetName: Document._set_name,
    e.SetSetting: Document._set_setting,
}
