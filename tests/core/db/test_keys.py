from core.db.keys import uuid7


def test_keys_are_version_seven_and_in_order():
    keys = [uuid7() for _ in range(1000)]
    assert {key.version for key in keys} == {7}
    assert keys == sorted(keys)
    assert len(set(keys)) == 1000
