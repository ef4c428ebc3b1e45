"""Backup: what this computer's own records prove about its copies, engine by engine."""
