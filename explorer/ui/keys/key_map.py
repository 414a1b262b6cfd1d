"""The one table of keys in force: the commands' own, changed by a preset, changed by the user."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from explorer.ui.keys import chords
from explorer.ui.keys.presets import OURS, PRESETS, Bindings


class KeyMap:
    """Keys by command. No key ever stands twice: the user's come first, then the preset's, then the usual.

    Attributes:
        preset: name of the set in force. own: what the user has bound.

    """

    def __init__(self, usual: Bindings) -> None:
        """Take the keys of a table of commands.

        Raises:
            ValueError: a key stands twice.

        """
        self._usual = {name: tuple(_written(keys)) for name, keys in usual.items()}
        taken: dict[str, str] = {}
        for name, keys in self._usual.items():
            for key in keys:
                if key in taken:  # Qt would run neither
                    raise ValueError(f"{key!r} is a key of {taken[key]!r} and of {name!r}")
                taken[key] = name
        self.preset, self.own = OURS, dict[str, tuple[str, ...]]()
        self._listeners: list[Callable[[], None]] = []
        self._keys: dict[str, tuple[str, ...]] = {}
        self._work_out()

    def listen(self, listener: Callable[[], None]) -> None:
        """Be called whenever keys have changed."""
        self._listeners.append(listener)

    def of(self, name: str) -> tuple[str, ...]:
        """Keys of a command, the first is shown."""
        return self._keys.get(name, ())

    def owner(self, key: str) -> str | None:
        """The command that a key runs."""
        return self._owners.get(key)

    def usual(self, name: str) -> tuple[str, ...]:
        """Keys that a command has when the user has bound none."""
        return tuple(PRESETS[self.preset].get(name, self._usual.get(name, ())))

    # changing

    def why_not(self, name: str, text: str, title_of: Callable[[str], str]) -> str | None:
        """Say in a sentence why a key cannot be bound to a command, or None."""
        key = chords.normal(text)
        if key is None:
            return f"“{text}” is not a key."
        if key in chords.FIXED:
            return f"{chords.FIXED[key]}."
        owner = self.owner(key)
        if owner is not None and owner != name:
            return f"{key} is the key of “{title_of(owner)}”. Take it away there first."
        return None

    def bind(self, name: str, keys: Iterable[str]) -> None:
        """Give a command these keys in place of all it has; `why_not` has been asked."""
        wanted = tuple(_written(keys))
        if wanted == self.usual(name):
            self.own.pop(name, None)
        else:
            self.own[name] = wanted
        self._tell()

    def reset(self, name: str) -> None:
        """Give a command the keys of the preset again."""
        if self.own.pop(name, None) is not None:
            self._tell()

    def choose(self, preset: str) -> None:
        """Take another preset; what the user has bound stays."""
        if preset in PRESETS and preset != self.preset:
            self.preset = preset
            self._tell()

    def take(self, preset: str, own: Bindings) -> list[str]:
        """Take what was kept; returns a sentence for everything that had to be left out."""
        left: list[str] = []
        if preset not in PRESETS:
            left.append(f"There is no set of keys called “{preset}”; {OURS} is used.")
        self.preset = preset if preset in PRESETS else OURS
        self.own = {}
        taken: dict[str, str] = {}
        for name, keys in own.items():
            if name not in self._usual:
                left.append(f"There is no command “{name}”; its keys are left out.")
                continue
            good = []
            for text in keys:
                key = chords.normal(text)
                if key is None or key in chords.FIXED:
                    left.append(f"“{text}” cannot be a key of “{name}”.")
                elif key in taken:
                    left.append(f"{key} is bound to “{taken[key]}” already, not to “{name}”.")
                else:
                    taken[key] = name
                    good.append(key)
            if good or not keys:
                self.own[name] = tuple(good)
        self._tell()
        return left

    def _tell(self) -> None:
        self._work_out()
        for listener in tuple(self._listeners):
            listener()

    def _work_out(self) -> None:
        preset = PRESETS[self.preset]
        self._owners: dict[str, str] = {}
        found: dict[str, tuple[str, ...]] = {}
        for layer in (self.own, preset, self._usual):
            for name in self._usual:
                if name in found or name not in layer:
                    continue
                free = [key for key in _written(layer[name]) if key not in self._owners]
                self._owners.update(dict.fromkeys(free, name))
                found[name] = tuple(free)
        self._keys = found


def _written(keys: Iterable[str]) -> list[str]:
    """Chords as they are written here; what is none is left out."""
    return list(dict.fromkeys(key for text in keys if (key := chords.normal(text)) is not None))
