"""Findings to criteria, score, discount and yen; profiles as data."""
