"""Bytes, keys, envelopes and verification."""
