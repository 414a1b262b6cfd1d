"""The weights of the model that is live, with their names by content."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor, nn

from explorer.engine.weights.content import digest_of, hash_of


class LiveWeights:
    """All tensors of a model by name, and those of layers that are passed through at present.

    A hash is worked out again only when its tensor may have changed. Torch counts changes of parameters;
    of buffers it does not count all (the statistics of a norm), so that these are always looked at.

    Attributes:
        module: the live model. parked: tensors of muted layers by the name they had; they never change.

    """

    def __init__(self, module: nn.Module, parked: Mapping[str, Tensor] | None = None) -> None:
        self.module = module
        self.parked: dict[str, Tensor] = dict(parked or {})
        self._known: dict[str, tuple[object, str]] = {}

    def tensors(self) -> dict[str, Tensor]:
        """The tensors themselves: writing to one changes the model."""
        return {**self.module.state_dict(), **self.parked}

    def hashes(self) -> dict[str, str]:
        """The hash of every tensor."""
        counted = {name for name, _ in self.module.named_parameters()} | self.parked.keys()
        return {
            name: self._hash(name, tensor) if name in counted else hash_of(tensor)
            for name, tensor in self.tensors().items()
        }

    @property
    def digest(self) -> str:
        """Name of the weights by their content."""
        return digest_of(self.hashes())

    def _hash(self, name: str, tensor: Tensor) -> str:
        mark = _mark(tensor)
        if name not in self._known or self._known[name][0] != mark:
            self._known[name] = (mark, hash_of(tensor))
        return self._known[name][1]

    def known_hashes(self) -> dict[str, str]:
        """Hashes as far as they are known without looking at the numbers."""
        tensors = self.tensors()
        return {
            name: content
            for name, (mark, content) in self._known.items()
            if name in tensors and _mark(tensors[name]) == mark
        }

    def take(self, values: Mapping[str, Tensor], hashes: Mapping[str, str] | None = None) -> None:
        """Let the model run with these tensors themselves, which nothing else may write to from now on.

        Args:
            values: by name, of the same shape and number type; what the model lacks is parked.
            hashes: of those values, as far as they are known.

        """
        own = self.module.state_dict(keep_vars=True)
        for name, value in values.items():
            self._known.pop(name, None)
            if name in own:
                own[name].data = value.detach()
            else:
                self.parked[name] = value.detach()
        tensors = {**own, **self.parked}
        for name in values.keys() & (hashes or {}).keys():
            self._known[name] = (_mark(tensors[name]), (hashes or {})[name])

    def become(self, values: Mapping[str, Tensor], hashes: Mapping[str, str]) -> None:
        """Be other weights altogether, wherever these are at present (see `take`)."""
        own = self.module.state_dict()
        self.parked.clear()
        self.take({n: v.to(own[n].device) if n in own else v for n, v in values.items()}, hashes)


def _mark(tensor: Tensor) -> object:
    return tensor._version, tensor.data_ptr()
