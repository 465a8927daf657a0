"""Stand-in for AWS's sagemaker_inference: what inference scripts import from it."""
