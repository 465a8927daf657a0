"""The way to AWS: one session, one error mapper, one place that knows where we run."""
