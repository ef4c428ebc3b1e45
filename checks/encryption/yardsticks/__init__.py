"""The rules of known yardsticks, over the same facts."""
