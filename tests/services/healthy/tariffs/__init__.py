"""Collects the tariffs of energy suppliers."""
