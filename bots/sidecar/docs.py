"""`/docs`: the API to read, made from `/openapi.json` on the server. No script, nothing from elsewhere."""

import json
import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

router = APIRouter(include_in_schema=False)

_METHODS = ("get", "post", "patch", "put", "delete")
_DEPTH_MAX = 3
_CODE = re.compile(r"`([^`]+)`")


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    """Every call with its body, answers and errors."""
    return HTMLResponse(page(request.app.openapi()), headers={"Cache-Control": "no-cache"})


def page(schema: Mapping[str, Any]) -> str:
    """Return the whole page."""
    groups: dict[str, list[str]] = {}
    for path, method, call in _calls(schema):
        groups.setdefault(call.get("tags", ["other"])[0], []).append(_call(path, method, call, schema))
    index = "".join(f'<li><a href="#{escape(tag)}">{escape(tag)}</a></li>' for tag in groups)
    body = "".join(
        f'<section id="{escape(tag)}"><h2>{escape(tag)}</h2>{"".join(calls)}</section>'
        for tag, calls in groups.items()
    )
    info = schema["info"]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(info['title'])} API</title>"
        '<link rel="icon" href="/pages/icon.svg" type="image/svg+xml">'
        '<link rel="stylesheet" href="/pages/paper.css"></head><body class="page-docs"><main class="file">'
        f"<h1>{escape(info['title'])} API {escape(info['version'])}</h1>"
        f"{_paragraphs(info.get('description', ''))}"
        '<p>For programs: <a href="/openapi.json">/openapi.json</a></p>'
        f"<nav><ul>{index}</ul></nav>{body}</main></body></html>"
    )


def _calls(schema: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, methods in schema["paths"].items():
        for method in _METHODS:
            if method in methods:
                yield path, method, methods[method]


def _call(path: str, method: str, call: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    name = escape(f"{method}-{path}".replace("/", "-"))
    parameters = "".join(
        f"<li><code>{escape(each['name'])}</code> ({escape(each['in'])}"
        f"{', needed' if each.get('required') else ''}) {_words(each.get('description', ''))}</li>"
        for each in call.get("parameters", ())
    )
    answers = "".join(_answer(status, each, schema) for status, each in call.get("responses", {}).items())
    return (
        f'<details id="{name}"><summary><code>{method.upper()} {escape(path)}</code> '
        f"{escape(call.get('summary', ''))}</summary>{_paragraphs(call.get('description', ''))}"
        f"{f'<h3>Parameters</h3><ul>{parameters}</ul>' if parameters else ''}"
        f"{_body(call, schema)}<h3>Answers</h3><ul>{answers}</ul></details>"
    )


def _body(call: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    content = call.get("requestBody", {}).get("content", {})
    parts = [
        f"<h3>Body, {escape(kind)}</h3><pre><code>{_example(each.get('schema', {}), schema)}</code></pre>"
        for kind, each in content.items()
    ]
    return "".join(parts)


def _answer(status: str, answer: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    shapes = [each.get("schema") for each in answer.get("content", {}).values()]
    is_error = status.startswith(("4", "5"))
    example = (
        f"<pre><code>{_example(shapes[0], schema)}</code></pre>"
        if shapes and shapes[0] and not is_error
        else ""
    )
    return f"<li><strong>{escape(status)}</strong> {_words(answer.get('description', ''))}{example}</li>"


def _example(shape: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    return escape(json.dumps(_sketch(shape, schema, 0), ensure_ascii=False, indent=2))


def _sketch(shape: Mapping[str, Any], schema: Mapping[str, Any], depth: int) -> Any:  # noqa: ANN401, PLR0911
    """Return something that looks like a value of this shape."""
    if "$ref" in shape:
        target = schema["components"]["schemas"][shape["$ref"].rsplit("/", 1)[-1]]
        return _sketch(target, schema, depth)
    for name in ("examples", "enum"):
        if shape.get(name):
            return shape[name][0] if name == "examples" else " | ".join(map(str, shape[name]))
    if "const" in shape:
        return shape["const"]
    if options := shape.get("anyOf"):
        real = [option for option in options if option.get("type") != "null"]
        return _sketch(real[0], schema, depth) if real else None
    match shape.get("type"):
        case "object" if shape.get("properties") and depth <= _DEPTH_MAX:
            return {name: _sketch(each, schema, depth + 1) for name, each in shape["properties"].items()}
        case "array":
            return [_sketch(shape.get("items", {}), schema, depth + 1)]
        case "object":
            return {}
        case "integer" | "number" as kind:
            return 0 if kind == "integer" else 0.0
        case "boolean":
            return True
        case kind:
            return "…" if kind == "string" else kind


def _paragraphs(text: str) -> str:
    parts = (part.strip() for part in text.split("\n\n"))
    return "".join(f"<p>{_words(part)}</p>" for part in parts if part)


def _words(text: str) -> str:
    """Escape a text; what stands between backticks is code."""
    return _CODE.sub(r"<code>\1</code>", escape(text))
