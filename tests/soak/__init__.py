"""Hours of a console's life in minutes: random people, random faults, fixed promises.

``python -m tests.soak --minutes 20 --seed 7``; docs/reliability.md says what it does.
"""
