"""Whether IAM lets a caller do what it asks, decided by the policies that the sandbox keeps.

It teaches and tests; it is no protection: signatures are not verified.
"""
