"""Relays the orders of shops to a warehouse."""
