"""What can be done to the selection: functions of a context, called by keys, menus and gestures alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from explorer import words
from explorer.figures.canvas import automatic_places, free_room
from explorer.graph import operations
from explorer.graph.edits import (
    Batch,
    Connect,
    Disconnect,
    Edit,
    EditProblem,
    SetFlag,
    SetFrame,
    SetNote,
    SetTitle,
)
from explorer.graph.model import Edge, Frame, Graph, Note, Position
from explorer.graph.names import fresh, why_not
from explorer.graph.renaming import renamed
from explorer.ui.canvas import bending
from explorer.ui.canvas.context import Context


@contextmanager
def quietly(context: Context) -> Iterator[None]:
    """Say a refusal instead of raising it."""
    try:
        yield
    except EditProblem as problem:
        context.said.emit(str(problem))


def _blocks(context: Context) -> str:
    return words.plural(len(context.selected_nodes()), "block")


def remove(context: Context) -> bool:
    """Remove what is selected, with all wires at it; of a wire of which a dot is selected, only that."""
    chosen = context.selection
    if not chosen:
        return False
    # a selected frame goes alone, its nodes stay
    ids = [i for i in chosen.ids if i not in context.views.frames]
    frames: list[Edit] = [SetFrame(i, None, context.scope) for i in chosen.ids if i in context.views.frames]
    wires = [w for w in chosen.wires if w.src not in ids and w.dst not in ids]
    gone = set(wires)
    dots = [d for d in chosen.dots if d.edge not in gone and not {d.edge.src, d.edge.dst} & set(ids)]
    loose = [*bending.without(context, dots), *(Disconnect(edge, context.scope) for edge in sorted(wires))]
    if not context.may_edit():
        return False
    document = context.workspace.document
    count = len(chosen.ids) + len(wires) + len(dots)
    with quietly(context), context.gesture(f"Remove {words.plural(count, 'item')}"):
        if loose or frames:
            context.workspace.apply(Batch((*loose, *frames)))
        context.workspace.apply(operations.remove(document, ids, context.scope))
        return True
    return False


def dissolve(context: Context) -> bool:
    """Remove the selected nodes and join what came in to what went out."""
    ids = context.selected_nodes()
    if not ids or not context.may_edit():
        return False
    edit = operations.dissolve(context.workspace.document, ids, context.scope)
    return context.apply(edit, f"Dissolve {_blocks(context)}")


def disconnect_port(context: Context, node_id: str, port: str, *, is_output: bool) -> bool:
    """Take all wires off a port."""
    graph = context.graph
    wires = [w for w in graph.out_of(node_id) if w.out == port] if is_output else []
    wires += [] if is_output else [w for w in graph.into(node_id) if w.into == port]
    edits = tuple(Disconnect(wire, context.scope) for wire in wires)
    return bool(edits) and context.apply(Batch(edits), f"Remove {words.plural(len(edits), 'wire')}")


def disconnect(context: Context) -> bool:
    """Take off the selected wires, and all wires of the selected nodes that lead to others."""
    chosen, graph = set(context.selected_nodes()), context.graph
    around = {e for n in chosen for e in (*graph.into(n), *graph.out_of(n)) if not {e.src, e.dst} <= chosen}
    if len(chosen) == 1 or not around:
        around |= {e for n in chosen for e in (*graph.into(n), *graph.out_of(n))}
    edges = sorted(around | set(context.selection.wires))
    edits = tuple(Disconnect(edge, context.scope) for edge in edges)
    return bool(edits) and context.apply(Batch(edits), f"Take {words.plural(len(edits), 'wire')} off")


def take_out(context: Context) -> bool:
    """Take the selected nodes out of the flow, where they stand."""
    ids = context.selected_nodes()
    if not ids or not context.may_edit():
        return False
    with quietly(context), context.gesture("Take out of the flow"):
        detach(context, ids)
        return True
    return False


def detach(context: Context, ids: tuple[str, ...]) -> None:
    """Take nodes out of the flow: what came in goes on to what they fed."""
    graph, chosen = context.graph, set(ids)
    document, scope = context.workspace.document, context.scope
    joins = operations.dissolve(document, ids, scope).edits
    outer = {e for n in ids for e in (*graph.into(n), *graph.out_of(n)) if not {e.src, e.dst} <= chosen}
    edits: list[Edit] = [Disconnect(edge, scope) for edge in sorted(outer)]
    edits += [edit for edit in joins if isinstance(edit, Connect)]
    context.workspace.apply(Batch(tuple(edits)))


def switch(context: Context, flag: str) -> bool:
    """Change `muted`, `frozen` or `collapsed` over; a mixed selection is switched on."""
    ids = context.selected_nodes()
    if not ids:
        return False
    on = not all(getattr(context.graph[i], flag) for i in ids)
    edits = tuple(SetFlag(i, flag, on, context.scope) for i in ids if getattr(context.graph[i], flag) != on)
    verbs = {"muted": ("Mute", "Unmute"), "frozen": ("Freeze weights of", "Unfreeze weights of")}
    verb = verbs.get(flag, ("Collapse", "Open out"))[0 if on else 1]
    return context.apply(Batch(edits), f"{verb} {_blocks(context)}")


def mute(context: Context) -> bool:
    """Pass the selected nodes through instead of running them, or run them again."""
    return switch(context, "muted")


def freeze(context: Context) -> bool:
    """Keep the selected nodes' weights from being trained, or train them again."""
    return switch(context, "frozen")


def share(context: Context) -> bool:
    """Let the selected layers run with the weights of the first of them."""
    with quietly(context):
        edit = operations.share(context.workspace.document, context.selected_nodes(), context.scope)
        return context.apply(edit, f"Share the weights of {_blocks(context)}")
    return False


def unshare(context: Context) -> bool:
    """Give the selected layers weights of their own."""
    with quietly(context):
        edit = operations.unshare(context.workspace.document, context.selected_nodes(), context.scope)
        if edit.edits:
            return context.apply(edit, f"Own weights for {_blocks(context)}")
        context.said.emit("None of the selected layers shares its weights with another.")
    return False


def collapse(context: Context) -> bool:
    """Draw the selected nodes as tile and name, or in full again."""
    return switch(context, "collapsed")


def frame(context: Context) -> str | None:
    """Draw a frame round the selected nodes; returns its id."""
    ids = context.selected_nodes()
    if not ids:
        context.said.emit("First select the blocks that the frame is to surround.")
        return None
    key = fresh("frame", context.graph.frames)
    if not context.apply(SetFrame(key, Frame(key, "Frame", ids), context.scope), "Frame"):
        return None
    context.select([key])
    return key


def note(context: Context, pos: Position) -> str | None:
    """Put a note on the canvas; returns its id."""
    key = fresh("note", {*context.graph.notes, *context.graph})
    if not context.apply(SetNote(key, Note(key, "Note", pos), context.scope), "Add a note"):
        return None
    context.select([key])
    return key


def group(context: Context) -> str | None:
    """Make a group of the selected nodes; returns the node that stands for it."""
    if not context.may_edit():
        return None
    document = context.workspace.document
    with quietly(context), context.gesture("Group"):
        context.fix_places()
        name = fresh("group", {*document.groups, *context.graph})
        edit, use = operations.group(document, context.selected_nodes(), context.scope, name)
        context.workspace.apply(edit)
        context.select([use])
        return use
    return None


def ungroup(context: Context) -> bool:
    """Put the contents of a group or of a composite in its place; inside one, unpack that one."""
    if context.level.unfolded:
        return context.may_edit()
    if not context.level.is_editable or (context.path and not context.selection):
        outside = context.path[-1]
        context.show_level(context.path[:-1])
        context.select([outside])
    chosen = context.selection.only
    if chosen is None or chosen not in context.graph:
        context.said.emit("Select one group or composite to unpack.")
        return False
    if not context.may_edit():
        return False
    with quietly(context), context.gesture(f"Unpack {chosen}"):
        _open_up(context, chosen)
        return True
    return False


def _open_up(context: Context, chosen: str) -> None:
    """Put what is inside a node in its place; what stands round it makes way. Part of an open gesture."""
    document, inside = context.workspace.document, _inside(context, chosen)
    hole = free_room.areas(context.views)[chosen]
    others = free_room.areas(context.views, but=[chosen])
    if context.graph[chosen].group is not None:
        edit, names = operations.ungroup(document, chosen, context.scope, inside)
    else:
        edit, names = operations.unpack(document, chosen, inside, context.scope)
    context.workspace.apply(edit)
    context.select(names)
    opened = free_room.around(free_room.areas(context.views, but=others).values())
    if opened is None:
        return
    size = opened.right - opened.left, opened.bottom - opened.top
    shifts = free_room.making_way(others, hole, size)
    moves = {n: (others[n].left + dx, others[n].top + dy) for n, (dx, dy) in shifts.items()}
    context.workspace.apply(bending.moving(context, moves))


def _inside(context: Context, node_id: str) -> Graph:
    """Return what a group or composite is made of, every node with a place."""
    flow = context.level.flow.nodes.get(node_id) if context.level.flow else None
    if context.graph[node_id].group is None and (flow is None or flow.inner is None):
        raise EditProblem(f"{node_id} has nothing inside it.")
    level = context.workspace.level((*context.path, node_id))
    return automatic_places.laid_out(context.workspace, level)


def enter(context: Context) -> bool:
    """Open the selected composite or group."""
    chosen = context.selection.only
    if chosen is None or chosen not in context.graph:
        return False
    return context.show_level((*context.path, *chosen.split(".")))


def leave(context: Context) -> bool:
    """Go one level up; what was open is selected there."""
    if not context.path:
        return False
    inside = context.path[-1]
    context.show_level(context.path[:-1])
    context.select([inside])
    return True


def rename(context: Context, key: str, name: str) -> bool:
    """Name a node, frame or note.

    A name that can be an identifier becomes the node's id; any other becomes the title it is shown by.
    """
    name, scope = name.strip(), context.scope
    if not name:
        return False
    if key in context.graph.frames:
        frame_ = context.graph.frames[key]
        return context.apply(SetFrame(key, Frame(key, name, frame_.nodes), scope), "Name the frame")
    if key in context.graph.notes:
        pos = context.views.notes[key].pos
        return context.apply(SetNote(key, Note(key, name, pos), scope), "Write the note")
    if key not in context.graph or name == (context.graph[key].title or key):
        return False
    if why_not(name) is not None:
        return context.apply(SetTitle(key, name, scope), f"Name {key}")
    edit = Batch((renamed(context.workspace.document, key, name, scope), SetTitle(name, "", scope)))
    done = context.apply(edit, f"Rename {key}")
    if done:
        context.select([name])
    return done


def select_all(context: Context) -> None:
    """Select every node and note."""
    context.select([*context.views.nodes, *context.views.notes])


def undo(context: Context) -> str | None:
    """Take the last step back."""
    return context.workspace.history.undo()


def redo(context: Context) -> str | None:
    """Do the step again that was taken back last."""
    return context.workspace.history.redo()


def replaced(wire: Edge | None, scope: str) -> tuple[Edit, ...]:
    """Return the edit that takes away the wire which another one replaces, if there is one."""
    return (Disconnect(wire, scope),) if wire is not None else ()
