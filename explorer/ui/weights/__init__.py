"""Where the live weights come from, and states to go back to: the chip in the bar and its popover."""
