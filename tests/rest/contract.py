"""Holds every answer of the server against openapi.yaml."""
import pathlib
import re

import jsonschema
import yaml

DOCUMENT = yaml.safe_load((pathlib.Path(__file__).resolve().parents[2] / "examples" / "rest_server" /
                           "openapi.yaml").read_text())
METHODS = ("get", "put", "post", "delete", "patch")


def resolved(node):
    while "$ref" in node:
        at = DOCUMENT
        for step in node["$ref"].removeprefix("#/").split("/"):
            at = at[step]
        node = at
    return node


def operations():
    return {(method.upper(), path) for path, item in DOCUMENT["paths"].items() for method in METHODS if method in item}


def operation_of(method, path):
    """(path template, operation), a path said in full before one with a blank; None for what the document does not know."""
    for template in sorted(DOCUMENT["paths"], key=lambda p: "{" in p):
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            operation = DOCUMENT["paths"][template].get(method.lower())
            return (template, operation) if operation else None
    return None


def check_message(message, name="LiveMessage"):
    """A message of the WebSocket, by the name of its schema."""
    schema = {**DOCUMENT["components"]["schemas"][name], "components": DOCUMENT["components"]}
    jsonschema.Draft202012Validator(schema).validate(message)


def check(method, path, answer):
    """@return what the answer was to, as in `operations`; None if the document does not know it. Raises where they differ."""
    found = operation_of("GET" if method == "HEAD" else method, path.split("?")[0])
    if found is None:
        is_preflight = method == "OPTIONS" and answer.status == 204  # CORS is no operation of ours.
        if answer.status not in (400, 404, 405) and not is_preflight:
            raise AssertionError(f"{method} {path} is not in openapi.yaml, and was answered with {answer.status}")
        return None
    template, operation = found
    responses = operation["responses"]
    said = responses.get(str(answer.status)) or (responses.get("default") if answer.status >= 400 else None)
    if said is None:
        raise AssertionError(f"{method} {template} does not say that it may answer {answer.status}")
    content = resolved(said).get("content", {})
    type_ = answer.headers["Content-Type"]
    if not content:
        if answer.text:
            raise AssertionError(f"{method} {template} says {answer.status} has no body")
    elif type_ not in content:
        raise AssertionError(f"{method} {template} answers {type_}, which it does not say")
    elif type_.endswith("json") and method != "HEAD":
        schema = {**content[type_]["schema"], "components": DOCUMENT["components"]}
        wrong = next(jsonschema.Draft202012Validator(schema).iter_errors(answer.json), None)
        if wrong:
            raise AssertionError(f"{method} {template}, {answer.status}: {wrong.json_path}: {wrong.message[:300]}")
    return method, template
