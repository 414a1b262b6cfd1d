"""What is legal but almost surely wrong: said below the problems, with numbers and a cure that was tried."""
