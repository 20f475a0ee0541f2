"""The OpenAPI 3.1 document, made from the declared routes and models, so that it cannot drift from them."""

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from sync.web.permissions import PUBLIC_API, Permission, walk_routes
from sync.web.problems import MEDIA_TYPE
from sync.web.routes import Contract, GuardedRoute, route

PATH = "/api/v1/openapi.json"
REFERENCE = "#/components/schemas/{model}"
_CONVERTOR = re.compile(r"\{(\w+):\w+\}")
_VARIABLE = re.compile(r"\{(\w+)(?::(\w+))?\}")
_NUMBERS = {"number": "integer", "int": "integer", "float": "number"}


class FieldProblem(BaseModel):
    """One wrong field."""

    field: str
    code: str
    message: str


class ProblemDocument(BaseModel):
    """A refusal (RFC 9457); further members depend on `code`."""

    type: str
    title: str
    status: int
    code: str
    trace_id: str
    detail: str | None = None
    errors: list[FieldProblem] | None = None


def openapi_document(routes: Iterable[BaseRoute], *, title: str, version: str) -> dict[str, Any]:
    """Return the document of every route that has a contract."""
    declared = [
        (_CONVERTOR.sub(r"{\1}", path), made)
        for path, made in walk_routes(routes)
        if isinstance(made, GuardedRoute) and made.contract is not None
    ]
    models = _models(made.contract for _, made in declared if made.contract is not None)
    references, definitions = models_json_schema(
        [(model, mode) for model, mode in models], ref_template=REFERENCE
    )
    paths: dict[str, dict[str, Any]] = {}
    for path, made in declared:
        for method in sorted((made.methods or set()) - {"HEAD"}):
            paths.setdefault(path, {})[method.lower()] = _operation(made, references)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "paths": paths,
        "components": {
            "schemas": definitions.get("$defs", {}),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "session"},
            },
        },
    }


def _models(contracts: Iterable[Contract]) -> list[tuple[type[BaseModel], Any]]:
    found: dict[tuple[type[BaseModel], Any], None] = {(ProblemDocument, "serialization"): None}
    for contract in contracts:
        for model in (contract.body, contract.query):
            if model is not None:
                found[model, "validation"] = None
        for answer in contract.answers.values():
            if answer is not None:
                found[answer, "serialization"] = None
    return list(found)


def _operation(made: GuardedRoute, references: Any) -> dict[str, Any]:
    contract = made.contract
    assert contract is not None
    operation: dict[str, Any] = {
        "operationId": made.name,
        "summary": contract.summary,
        "x-permission": made.permission.name,
        "parameters": [*_path_parameters(made.path), *_query_parameters(contract), *_headers(contract)],
        "responses": {**_answers(contract, references), **_refusals(contract, made.permission, references)},
    }
    if not made.permission.anyone:
        operation["security"] = [{"bearer": []}, *([{"session": []}] if made.permission.by_cookie else [])]
    if contract.body is not None:
        schema = references[contract.body, "validation"]
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return operation


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": _NUMBERS.get(kind, "string")}}
        for name, kind in _VARIABLE.findall(path)
    ]


def _query_parameters(contract: Contract) -> list[dict[str, Any]]:
    if contract.query is None:
        return []
    schema = contract.query.model_json_schema(ref_template=REFERENCE)
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": part}
        for name, part in schema.get("properties", {}).items()
    ]


def _headers(contract: Contract) -> list[dict[str, Any]]:
    if not contract.idempotent:
        return []
    schema = {"type": "string", "minLength": 1, "maxLength": 128}
    return [{"name": "Idempotency-Key", "in": "header", "required": True, "schema": schema}]


def _answers(contract: Contract, references: Any) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for status, model in (contract.answers or {200: None}).items():
        answers[str(status)] = {"description": HTTPStatus(status).phrase}
        if model is not None:
            schema = references[model, "serialization"]
            answers[str(status)]["content"] = {"application/json": {"schema": schema}}
    return answers


def _refusals(contract: Contract, permission: Permission, references: Any) -> dict[str, Any]:
    told = dict(contract.refusals)
    if contract.body is not None:
        told |= {400: "The body could not be read", 413: "Too large", 415: "Not JSON", 422: "Wrong fields"}
    if contract.query is not None:
        told[422] = "Wrong fields"
    if not permission.anyone:
        told[401] = "Nobody is signed in"
    told[403] = "Not allowed, or a cross-site write"
    schema = references[ProblemDocument, "serialization"]
    content = {MEDIA_TYPE: {"schema": schema}}
    return {str(status): {"description": told[status], "content": content} for status in sorted(told)}


def openapi_route(title: str, version: str) -> GuardedRoute:
    """Return the route that serves the document of its application, made once at the first call."""
    made: dict[str, Any] = {}

    async def openapi(request: Request) -> Response:
        if not made:
            made.update(openapi_document(request.app.routes, title=title, version=version))
        return JSONResponse(made)

    return route(PATH, openapi, permission=PUBLIC_API)
