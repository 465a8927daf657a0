"""The notebook face: widgets, the bridge to the SageMaker SDK, magics, and help where an error is."""
