"""What would fail after minutes, found in seconds: checks before a launch, with no side effect at all."""
