"""Databases: recognised by their first words; nobody logs on, nothing is asked of the data."""
