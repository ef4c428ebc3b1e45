"""The nouns of posture-scan: frozen dataclasses, standard library only, no input or output."""
