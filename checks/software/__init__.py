"""Software seen from outside: what a banner names, and whether that is still maintained."""
