"""The form of a profile file: strict models for reading, JSON Schema for editors, mistakes."""
