"""Who may do what: a local IAM evaluator, the needs of SageMaker requests, and the doctor for refused calls."""
