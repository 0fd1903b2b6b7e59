"""How scenarios say what is expected: tests/scenarios/README.md."""

import datetime as dt


def resolved(value, names, begins):
    """The same with `$name` and `@seconds` replaced by what they stand for."""
    if isinstance(value, dict):
        return {key: resolved(one, names, begins) for key, one in value.items()}
    if isinstance(value, list):
        return [resolved(one, names, begins) for one in value]
    if isinstance(value, str) and len(value) > 1 and value[0] == "$":
        return names[value[1:]]
    if isinstance(value, str) and len(value) > 1 and value[0] == "@":
        at = begins + dt.timedelta(microseconds=round(float(value[1:]) * 1_000_000))
        return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return value


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def difference(expected, actual, place="result"):
    """Where they differ, in words; empty when they match."""
    says = f"{place} is {actual!r}, expected {expected!r}"
    if expected == "?":
        return says if actual is None else ""
    if isinstance(expected, dict):
        if "~size" in expected:
            return "" if isinstance(actual, list) and len(actual) == expected["~size"] else says
        if "~contains" in expected:
            return "" if isinstance(actual, str) and expected["~contains"] in actual else says
        if "~not" in expected:
            return "" if difference(expected["~not"], actual) else says
        if not isinstance(actual, dict):
            return says
        found = (difference(value, actual.get(name), f"{place}.{name}") for name, value in expected.items())
        return next(filter(None, found), "")
    if isinstance(expected, list):
        if not isinstance(actual, list) or len(actual) != len(expected):
            return says
        found = (difference(*pair, f"{place}.{i}") for i, pair in enumerate(zip(expected, actual)))
        return next(filter(None, found), "")
    if _is_number(expected) and _is_number(actual):
        return "" if abs(expected - actual) <= 1e-9 else says
    return "" if type(expected) is type(actual) and expected == actual else says
