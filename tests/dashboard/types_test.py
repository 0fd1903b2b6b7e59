#!/usr/bin/env python3
"""The dashboard's types of what goes over the wire have the fields that openapi.yaml says, and no others."""
import pathlib
import re
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMAS = yaml.safe_load((ROOT / "examples/rest_server/openapi.yaml").read_text())["components"]["schemas"]
TYPES = (ROOT / "examples/dashboard/src/api/types.ts").read_text()

# Where a type's schema is, if it has another name, or none of its own.
PLACES = {
    "Window": lambda: SCHEMAS["Rules"]["properties"]["weekly_windows"]["items"]["items"],
    "Retry": lambda: SCHEMAS["Rules"]["properties"]["retry"],
    "SeriesPoint": lambda: SCHEMAS["Series"]["items"],
    "OpenInterval": lambda: SCHEMAS["Outlook"]["properties"]["open_intervals"]["items"],
    "Reason": lambda: SCHEMAS["Explanation"]["properties"]["reasons"]["items"],
    "ImportError": lambda: SCHEMAS["ImportReport"]["properties"]["errors"]["items"],
}
# Made of others, or not described there.
LEFT_OUT = {"PageOf", "PreviewRow", "ConcurrencyLimits"}


def fields_of_schema(schema):
    """{name: whether it is required}"""
    if "$ref" in schema:
        return fields_of_schema(SCHEMAS[schema["$ref"].rsplit("/", 1)[1]])
    found = {}
    for part in schema.get("allOf", []):
        found.update(fields_of_schema(part))
    required = schema.get("required", [])
    found.update({name: name in required for name in schema.get("properties", {})})
    found.update({name: True for name in required})
    return found


def interfaces(text):
    """{name: {field: whether it is required}}, with what it extends."""
    found = {}
    for name, base, body in re.findall(r"^export interface (\w+)(?: extends (\w+))? \{\n(.*?)^\}", text, re.S | re.M):
        fields = dict(found.get(base, {}))
        fields.update({field: not optional for field, optional in re.findall(r"^  (\w+)(\??):", body, re.M)})
        found[name] = fields
    return found


def differences(text):
    found = []
    for name, fields in interfaces(text).items():
        if re.sub(r"<.*", "", name) in LEFT_OUT:
            continue
        schema = PLACES[name]() if name in PLACES else SCHEMAS[name]
        if fields_of_schema(schema) != fields:
            found.append(name)
    return found


class Types(unittest.TestCase):
    def test_types_have_the_fields_of_their_schemas(self):
        self.assertGreater(len(interfaces(TYPES)), 25)
        self.assertEqual(differences(TYPES), [])

    def test_a_field_too_many_too_few_or_less_certain_is_noticed(self):
        for old, new in (("  processing: number;\n", ""), ("  code: string;", "  code?: string;"), ("  email: string | null;", "  mail: string;")):
            self.assertIn(old, TYPES)
            self.assertNotEqual(differences(TYPES.replace(old, new)), [])

    def test_statuses_and_outcomes_are_all_there(self):
        for name, schema in (("CampaignStatus", SCHEMAS["Campaign"]["properties"]["status"]),
                             ("QueuedCallStatus", SCHEMAS["QueuedCallFields"]["properties"]["status"]),
                             ("CallStatus", SCHEMAS["Call"]["properties"]["status"]),
                             ("CallOutcome", SCHEMAS["Call"]["properties"]["outcome"])):
            words = re.findall(r"'(\w+)'", re.search(rf"export type {name} =(.*?);", TYPES, re.S).group(1))
            self.assertEqual(words, [word for word in schema["enum"] if word])


if __name__ == "__main__":
    unittest.main()
