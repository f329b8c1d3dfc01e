"""The OpenAPI document, reduced to what a generated client depends on."""

from typing import Any

from rest_framework.test import APIClient

NAME = "schema"


def description() -> dict[str, Any]:
    """By method and path: operation, parameters, body and answers."""
    answer = APIClient().get("/api/v1/schema?format=json")
    return {
        f"{method.upper()} {path}": _operation(operation)
        for path, methods in answer.json()["paths"].items()
        for method, operation in methods.items()
    }


def _operation(operation: dict[str, Any]) -> dict[str, Any]:
    parameters = operation.get("parameters", [])
    content = operation.get("requestBody", {}).get("content", {})
    return {
        "operation": operation["operationId"],
        "parameters": sorted(f"{one['in']} {one['name']}" for one in parameters),
        "body": {kind: _name(part["schema"]) for kind, part in content.items()},
        "answers": {
            code: {
                kind: _name(part.get("schema", {}))
                for kind, part in answer.get("content", {}).items()
            }
            for code, answer in operation["responses"].items()
        },
    }


def _name(schema: dict[str, Any]) -> str:
    return schema.get("$ref", schema.get("type", "")).rpartition("/")[2]
