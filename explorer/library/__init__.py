"""The user's own blocks: groups kept as files, used in any design, brought up to date and saved back."""
