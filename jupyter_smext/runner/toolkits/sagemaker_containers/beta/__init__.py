"""Volatile parts, as in the original."""
