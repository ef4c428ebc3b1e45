"""Drift since the last report: what changed, what was lost from sight, and what to ask about."""
