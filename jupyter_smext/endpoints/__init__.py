"""Endpoints: deploy a finished job, invoke, delete with everything that belongs to it."""
