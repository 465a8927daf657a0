"""The Jupyter face: the extension app, one routes file a room, the task registry and the events."""
