"""Training jobs: list, live state, logs, metrics, stop."""
