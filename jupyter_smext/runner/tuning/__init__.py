"""Hyperparameter tuning: which trials there are, when one ends, when it is enough. Somebody else runs the trials."""
