"""Stand-in for AWS's sagemaker_xgboost_container: what XGBoost scripts import from it."""
