"""Estimators: the spec of a job, its file, its source code package, and the request that AWS gets."""
