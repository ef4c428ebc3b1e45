"""Scope to services: which ports are open and what answers there."""
