"""The program's own words, one TOML file a room and language."""
