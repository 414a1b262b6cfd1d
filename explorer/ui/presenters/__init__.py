"""Presenters: one for each panel. They turn flows and engine events into the records a panel shows,
and the panel's intents into edits and requests.
"""
