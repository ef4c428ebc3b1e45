"""What TLS says on the wire, as bytes and numbers alone: no connection is made here."""
