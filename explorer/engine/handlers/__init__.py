"""One file for each kind of request; `TABLE` says which function answers which."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from explorer.engine.handlers import (
    answers,
    arithmetic,
    attribution,
    cards,
    design,
    exporting,
    fitting,
    look,
    runs,
    texts,
    timing,
    weights,
)
from explorer.engine.state import EngineState
from explorer.protocol import requests

Handler = Callable[[EngineState, Any], None]

TABLE: Mapping[type, Handler] = {
    requests.Hello: design.hello,
    requests.Load: design.load,
    requests.Source: design.source,
    requests.Export: exporting.export,
    requests.Measure: design.measure,
    requests.Samples: design.samples,
    requests.SaveWeights: weights.save_weights,
    requests.LoadWeights: weights.load_weights,
    requests.KeepState: weights.keep_state,
    requests.UseState: weights.use_state,
    requests.DropStates: weights.drop_states,
    requests.ResetWeights: weights.reset_weights,
    requests.Evaluate: weights.evaluate,
    requests.Tiles: look.tiles,
    requests.Features: look.features,
    requests.Arithmetic: arithmetic.arithmetic,
    requests.Statistics: look.statistics,
    requests.Time: timing.time_layers,
    requests.Answers: answers.answers,
    requests.Attention: look.attention,
    requests.Attribution: attribution.attribution,
    requests.NextToken: texts.next_token,
    requests.Write: texts.write,
    requests.Weights: look.weights,
    requests.Boundary: look.boundary,
    requests.Demonstrate: cards.demonstrate,
    requests.Fit: fitting.fit,
    requests.Train: runs.train,
    requests.Pause: runs.pause,
    requests.Resume: runs.resume,
    requests.Step: runs.step,
    requests.Stop: runs.stop,
    requests.Ack: runs.acknowledge,
}
