"""The page promises what is tested, and says of the rest why it is not."""

from tests.faults import table

FAULTS = range(1, 54)


def test_every_fault_has_one_row() -> None:
    assert [row.number for row in table.rows()] == list(FAULTS)


def test_a_covered_fault_has_tests_that_exist_and_another_one_has_none() -> None:
    known = table.names_of_all_tests()
    for row in table.rows():
        assert bool(row.tests) is row.is_covered, row
        assert set(row.tests) <= known, row
