"""What to fix next: tasks and their prices, the exact search for the cheapest sets."""
