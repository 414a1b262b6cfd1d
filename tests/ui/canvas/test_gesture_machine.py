"""Random hands on a canvas: after every gesture canvas, document, flow and engine agree."""

from gesture_machine import GestureMachine
from hypothesis import settings

GestureMachine.TestCase.settings = settings(max_examples=27, stateful_step_count=50, deadline=None)
TestGestures = GestureMachine.TestCase
