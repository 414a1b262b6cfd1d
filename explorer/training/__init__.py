"""What can be trained on what, and how it is judged: one table each, declared without torch.

Engine, session, window and command line all read these tables; adding a row is adding the thing.
"""
