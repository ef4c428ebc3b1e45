"""What a profile must not say: the relations between its values, one module a subject."""
