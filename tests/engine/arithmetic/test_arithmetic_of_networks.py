"""Values of whole networks, in their live form: each layer with a rule agrees with what it gave."""

from __future__ import annotations

import pytest

from explorer.architectures.gallery import find
from explorer.engine.local import LocalEngine
from explorer.engine.probes import hooks_left
from explorer.engine.state import RequestProblem
from explorer.protocol import events, requests
from explorer.protocol.records import Sample


@pytest.mark.parametrize("id", ["lenet5_modern", "vit_mnist", "gpt_shakespeare", "resnet_small", "lstm_rows"])
def test_every_layer_with_a_rule_agrees(id: str) -> None:
    document = find(id).build()
    engine = LocalEngine(document)
    sample = Sample(dataset=str(document.settings.get("dataset", "")))
    seen, without = 0, []
    for address, node in engine.flow.walk():
        assert node.block is not None
        try:
            event = engine.ask(requests.Arithmetic(address=address, sample=sample))
        except RequestProblem:
            without.append(node.block.id)
            continue
        assert isinstance(event, events.ArithmeticSet)
        assert event.exact, (address, event.value, event.worked_out)
        seen += 1
    assert seen > 1
    assert not without
    assert not hooks_left(engine._state.model().module)
