"""One thin module a command; no logic lives here."""
