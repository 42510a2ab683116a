"""docs/guarantees.md names only tests that exist, and is the page that its generator writes."""

from tests.guarantees import PAGE, exists, guarantees_page, load_guarantees


def test_every_promise_names_tests_that_exist():
    named = [test for promises in load_guarantees().values() for tests in promises.values() for test in tests]
    assert named
    assert [test for test in named if not exists(test)] == []


def test_the_page_is_the_one_that_its_generator_writes():
    assert PAGE.read_text(encoding="utf-8") == guarantees_page()
