"""Devices at the border of a network: which product it is, how old, and what it exposes."""
