"""What every endpoint shares: strict bodies, problem details, keyset pages."""

from oec.api.pagination import NewestFirst
from oec.api.parsing import StrictFormParser, StrictJSONParser
from oec.api.problems import Problem, problem_details

__all__ = [
    "NewestFirst",
    "Problem",
    "StrictFormParser",
    "StrictJSONParser",
    "problem_details",
]
