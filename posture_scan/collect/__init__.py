"""The generic means of collecting: sockets, HTTP, host commands, recordings, answers."""
