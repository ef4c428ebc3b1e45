"""A pack as a third party writes it: one protocol, one collector, two checks."""
