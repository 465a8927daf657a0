"""The terminal face: ``jupyter smext ...``."""
