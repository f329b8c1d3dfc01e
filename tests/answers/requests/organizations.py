"""Whose projects and servers they are."""

from tests.answers.asking import Ask
from tests.answers.requests.common import around, paging

REQUESTS = [
    Ask("GET", "/organizations"),
    *around("/organizations", "GET"),
    *paging("/organizations"),
]
