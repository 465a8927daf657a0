"""Stand-in for AWS's sagemaker_training: what training scripts import from it."""
