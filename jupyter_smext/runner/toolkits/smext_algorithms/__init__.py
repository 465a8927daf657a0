"""Local stand-ins for algorithms of AWS's own, on xgboost and scikit-learn.

Each module has ``PARAMETERS`` (the hyperparameters that it knows), ``train`` and ``predict``.
"""
