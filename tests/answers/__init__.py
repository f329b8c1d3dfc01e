"""What the REST API answers: every route, to everybody, as it was recorded.

``requests`` lists what is asked, in a world that is the same in every run (``world``)
and by everybody there is (``people``). Each request runs in a savepoint that is rolled
back. ``recorded/`` holds the answers, one file for each module of ``requests``; what
differs from run to run stands in them as a placeholder (``plain``).

``python -m tests.answers --write`` records them anew. A difference that is wanted
stands in ``deliberate`` until then, with its reason.
"""
