"""What can be trained and how it is judged, declared without torch: one table each."""
