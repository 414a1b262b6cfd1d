"""The window: shows flows and engine events, emits intents; imports no torch and no engine."""
