"""The process behind an endpoint: the inference contract of SageMaker's framework containers, over HTTP."""
