#!/usr/bin/env python3
"""make_stubs.py [--check]: writes callqueue/_core.pyi and callqueue/aio.pyi from what the built module says of itself.

Run it with the build tree's package on PYTHONPATH. With --check nothing is written, and the exit status says whether
the committed stubs are what it would write.
"""

import enum
import inspect
import pathlib
import re
import sys

from callqueue import _core, _enums, _store

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "callqueue"
ENUMS = [name for name, value in vars(_enums).items()
         if inspect.isclass(value) and issubclass(value, enum.Enum) and value.__module__ == _enums.__name__
         and name != "ErrorCode" and not name.startswith("_")]
WINDOW = "Union[CallingWindow, Tuple[Union[time, str], Union[time, str]]]"
HEAD = '''from datetime import date, datetime, time, timedelta
from typing import Any, Callable, Dict, Generic, Iterator, List, Optional, Sequence, Tuple, TypeVar, Union, overload
from uuid import UUID
from zoneinfo import ZoneInfo

'''
# What a signature of the module cannot say.
BY_HAND = {
    "CallCampaigns.update": '''    def update(
        self,
        user_id: Union[UUID, str],
        id: Union[UUID, str],
        *,
        name: str = ...,
        description: str = ...,
        agent_id: Union[UUID, str] = ...,
        next_action: str = ...,
        first_call_time: Union[time, str] = ...,
        last_call_time: Union[time, str] = ...,
        start_date: date = ...,
        end_date: Optional[date] = ...,
        rules: CampaignRules = ...,
    ) -> CallCampaign: ...
''',
    "ChangeListener.__iter__": "    def __iter__(self) -> ChangeListener: ...\n",
    "ChangeListener.__next__": "    def __next__(self) -> Changes: ...\n",
    "ChangeListener.__enter__": "    def __enter__(self) -> ChangeListener: ...\n",
    "ChangeListener.__exit__": "    def __exit__(self, *exc: object) -> None: ...\n",
    "CampaignExport.__iter__": "    def __iter__(self) -> CampaignExport: ...\n",
    "CampaignExport.__next__": "    def __next__(self) -> str: ...\n",
}
PAGE = '''T = TypeVar("T")

class Page(Generic[T]):
    items: List[T]
    next_cursor: str
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[T]: ...
    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> List[T]: ...

'''


def plain(text):
    """A type as the module spells it, in the stub's words."""
    text = re.sub(r"callqueue\._core\.", "", text)
    return re.sub(r"\b_ChangeListener\b", "ChangeListener", text)


def result(text):
    text = plain(text)
    text = re.sub(r"\bZoneName\b", "str", text)
    text = re.sub(r"\bWeek\b", "List[List[CallingWindow]]", text)
    return re.sub(r"\bobject\b", "Any", text)


def argument(text):
    """The same where it is given: what else will do."""
    text = plain(text)
    for name in ["UUID", "time", "ZoneInfo", *ENUMS]:
        text = re.sub(rf"(?<![\w.]){name}\b", f"Union[{name}, str]", text)
    text = re.sub(r"\bZoneName\b", "Union[ZoneInfo, str]", text)
    text = re.sub(r"\bWeek\b", f"Sequence[Sequence[{WINDOW}]]", text)
    text = re.sub(r"\bList\[", "Sequence[", text)
    return re.sub(r"\bobject\b", "Any", text)


def split(text):
    """The arguments of a signature; defaults may hold brackets, quotes and commas."""
    parts, depth, quote, part = [], 0, "", ""
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in "[({<":
            depth += 1
        elif character in "])}>":
            depth -= 1
        elif character == "," and depth == 0:
            parts.append(part.strip())
            part = ""
            continue
        part += character
    return [*parts, part.strip()] if part.strip() else parts


def signature(line):
    """`name(arguments) -> type` as (arguments, type), for the stub."""
    found = re.fullmatch(r"\w+\((.*)\) -> (.*)", line)
    if not found:
        sys.exit(f"this is no signature: {line}")
    inside, returns = found.groups()
    arguments = []
    for part in split(inside):
        if part.startswith("self:"):
            arguments.append("self")
        elif part.startswith("**") or part.startswith("*") or ":" not in part:
            arguments.append(part + ": Any" if part.startswith("**") else part)
        else:
            name, rest = part.split(":", 1)
            kind, *default = rest.split(" = ", 1)
            if default == ["None"] and not kind.strip().startswith("Optional"):
                kind = f"Optional[{kind.strip()}]"
            arguments.append(f"{name}: {argument(kind.strip())}" + (" = ..." if default else ""))
    return ", ".join(arguments), result(returns)


def lines_of(function):
    """The signatures that a function of the module has."""
    doc = function.__doc__ or ""
    if "Overloaded function." in doc:
        return [line.split(". ", 1)[1] for line in doc.splitlines() if re.match(r"\d+\. ", line)]
    return [doc.splitlines()[0]]


def functions(name, function, indent, static=False):
    text = ""
    lines = lines_of(function)
    for line in lines:
        arguments, returns = signature(line)
        if len(lines) > 1:
            text += f"{indent}@overload\n"
        if static:
            text += f"{indent}@staticmethod\n"
        text += f"{indent}def {name}({arguments}) -> {returns}: ...\n"
    return text


def model(name, kind):
    text = f"class {name}:\n"
    for field, type_ in kind.__annotations__.items():
        text += f"    {field}: {result(type_)}\n"
    fields = ", ".join(f"{field}: {argument(type_)} = ..." for field, type_ in kind.__annotations__.items())
    text += f"    def __init__(self, *, {fields}) -> None: ...\n"
    text += f"    def replace(self, **changes: Any) -> {name}: ...\n"
    if hasattr(kind, "to_json"):
        text += "    def to_json(self) -> str: ...\n    def to_dict(self) -> Dict[str, Any]: ...\n"
    known = {*kind.__annotations__, "replace", "to_json", "to_dict"}
    return text + methods(name, kind, known)


def methods(name, kind, known=()):
    text = ""
    for key, value in vars(kind).items():
        special = key in ("__init__", "__iter__", "__next__", "__len__", "__getitem__", "__enter__", "__exit__")
        if key in known or (key.startswith("_") and (not special or known)):
            continue
        if key == "__init__" and (value.__doc__ or "").startswith("Initialize self"):
            continue  # Nobody makes one.
        if f"{name}.{key}" in BY_HAND:
            text += BY_HAND[f"{name}.{key}"]
        elif isinstance(value, property):
            text += f"    @property\n    def {key}(self) -> bool: ...\n"
        elif isinstance(value, staticmethod):
            text += functions(key, value.__func__, "    ", static=True)
        elif callable(value):
            text += functions(key, value, "    ")
    return text


def core():
    members = {key: value for key, value in vars(_core).items() if not key.startswith("_")}
    text = HEAD + f"from ._enums import {', '.join(sorted(ENUMS))}\nfrom ._errors import Error\n\n__version__: str\n\n"
    for name, value in members.items():
        if name == "Page":
            text += PAGE
        elif inspect.isclass(value) and "__annotations__" in vars(value):
            text += model(name, value) + "\n"
        elif inspect.isclass(value):
            text += f"class {name}:\n{methods(name, value)}\n"
    for name, value in members.items():
        if not inspect.isclass(value):
            text += functions(name, value, "")
    return text


def awaited(text):
    """Methods of a class as coroutines."""
    text = re.sub(r"^    def (\w+)\(", r"    async def \1(", text, flags=re.M)
    return re.sub(r"    async def (__init__|closed)", r"    def \1", text)


def iterator(name, spoken):
    """A method that gives an iterator, as one that gives an asynchronous one."""
    arguments, starred = [], False
    for parameter in spoken.parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not starred:
            arguments.append("*")
            starred = True
        kind = re.sub(r"\bId\b", "Union[UUID, str]", str(parameter.annotation))
        default = "" if parameter.default is parameter.empty else " = ..."
        arguments.append("self" if parameter.name == "self" else f"{parameter.name}: {kind}{default}")
    return f"    def {name}({', '.join(arguments)}) -> Async{spoken.return_annotation}: ...\n"


def aio():
    names = sorted(name for name, value in vars(_core).items()
                   if inspect.isclass(value) and not name.startswith("_") and name not in ("Store",))
    text = HEAD.replace("Any, Callable", "Any, AsyncIterator, Callable").replace("TypeVar", "ParamSpec, TypeVar")
    text += f"from . import _core, _csv, _store\nfrom ._core import {', '.join(names)}\n"
    text += f"from ._enums import {', '.join(sorted(ENUMS))}\nfrom ._errors import Error\n\n"
    text += '''P = ParamSpec("P")
T = TypeVar("T")

async def call(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T: ...

class AsyncChangeListener:
    listener: ChangeListener
    def __init__(self, listener: ChangeListener) -> None: ...
    async def wait(self, at_most: timedelta = ..., until: Optional[datetime] = ...) -> Changes: ...
    def wake(self) -> None: ...
    async def close(self) -> None: ...
    def __aiter__(self) -> AsyncChangeListener: ...
    async def __anext__(self) -> Changes: ...
    async def __aenter__(self) -> AsyncChangeListener: ...
    async def __aexit__(self, *exc: object) -> None: ...

class AsyncStore:
    store: _store.Store
    def __init__(self, store: _core.Store) -> None: ...
    async def __aenter__(self) -> AsyncStore: ...
    async def __aexit__(self, *exc: object) -> None: ...
'''
    body = awaited(methods("Store", _core.Store)).replace("-> ChangeListener", "-> AsyncChangeListener")
    text += "\n".join(line for line in body.splitlines() if "def __init__" not in line) + "\n"
    for name, value in vars(_store.Store).items():
        if inspect.isfunction(value) and not name.startswith("_"):
            text += iterator(name, inspect.signature(value))
    for name in ("CallCampaigns", "CallQueue"):
        text += f"\nclass Async{name}:\n    def __init__(self, service: _core.{name}) -> None: ...\n"
        body = awaited(methods(name, getattr(_core, name)))
        text += "\n".join(line for line in body.splitlines() if "def __init__" not in line) + "\n"
    text += '''
@overload
def to_async(service: _core.Store) -> AsyncStore: ...
@overload
def to_async(service: _core.CallCampaigns) -> AsyncCallCampaigns: ...
@overload
def to_async(service: _core.CallQueue) -> AsyncCallQueue: ...
'''
    arguments, _ = signature(lines_of(_core.Store.__init__)[0])
    text += f"async def open({arguments.removeprefix('self, ')}) -> AsyncStore: ...\n"
    for name in ("import_csv", "import_contacts_csv"):
        text += f'''async def {name}(
    store: Union[AsyncStore, _core.Store], user_id: Union[UUID, str], {"campaign_id: Union[UUID, str], " if name == "import_csv" else ""}file: _csv.Source, **options: Any
) -> CsvReport: ...
'''
    text += "async def preview_csv(file: _csv.Source, *, store: Optional[Union[AsyncStore, _core.Store]] = ..., **options: Any) -> CsvPreview: ...\n"
    return text


def main():
    wrong = []
    for name, text in (("_core.pyi", core()), ("aio.pyi", aio())):
        text = "# Written by tools/make_stubs.py.\n" + text.rstrip() + "\n"
        path = FOLDER / name
        if "--check" not in sys.argv:
            path.write_text(text)
        elif path.read_text() != text:
            wrong.append(name)
    if wrong:
        sys.exit(f"{', '.join(wrong)}: not what the module says; run bindings/python/tools/make_stubs.py")


if __name__ == "__main__":
    main()
