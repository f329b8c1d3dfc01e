"""Live progress: everybody who watches a deployment shares one reader of it.

The database is the truth. Redis, where there is one, only says when to look.
"""
