"""The bridge to the SageMaker Python SDK, v2 and v3: from its objects to a spec, and back.

Nothing here imports the SDK: the objects that a user hands over bring it along.
"""
