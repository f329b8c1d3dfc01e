"""What speaks to machines: plain values in, steps and findings out.

Knows neither Django nor the database, so all of it can be tried against a server alone.
"""
