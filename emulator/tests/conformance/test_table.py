"""The README's table of features is the one the tests make."""

from table import README, features, written


def test_the_table_in_the_readme_is_up_to_date():
    assert README.read_text() == written(README.read_text()), "type: python tests/conformance/table.py"


def test_every_feature_has_a_name_and_rules_with_pages():
    assert features()
    for feature in features():
        assert feature.title
        assert feature.rules
        assert all(page.startswith("https://docs.aws.amazon.com/") for page in feature.pages)
