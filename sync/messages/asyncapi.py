"""The AsyncAPI 3.0 document of the wire, made from the models and topics that the programs run.

`python -m sync.messages` prints it; `docs/asyncapi.json` keeps it, and a test holds the two
equal. Reference: AsyncAPI Specification 3.0.0.
"""

import json
from typing import Any, get_args

from sync.messages.codec import DOWN_KINDS, MOST_WIRE_BYTES, PACK_FROM_BYTES, UP_KINDS, adapter
from sync.messages.health_schema import health_schema
from sync.messages.topics import CATALOG, HUB_PRESENCE, ROOT
from sync.rules.facts import FACTS
from sync.rules.items import ITEMS
from sync.rules.streams import Message
from sync.values.parts import PARTS

REF = "#/components/schemas/{model}"
Json = dict[str, Any]
ENCODING = (
    "UTF-8 JSON after one byte: `j` as it is, `z` inside zlib (used from "
    f"{PACK_FROM_BYTES} bytes on). At most {MOST_WIRE_BYTES} bytes on the wire."
)


def document() -> Json:
    """The whole document as JSON values."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "OMO Hub: hub and stores",
            "version": "1",
            "description": "MQTT carries bytes only, QoS 1; durability is the two databases'. " + ENCODING,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/octet-stream",
        "channels": _channels(),
        "operations": _operations(),
        "components": {"messages": _messages(), "schemas": _schemas()},
    }


def _channels() -> Json:
    """The topics and what travels on each."""
    up, down = _names(UP_KINDS), _names(DOWN_KINDS)
    return {
        "up": _channel("up", "A store's agent to the hub.", up),
        "down": _channel("down", "The hub to one store's agent.", down),
        "presence": _channel("presence", "Whether the agent is connected: retained, last will.", []),
        "health": _channel("health", "The store's devices and counters: retained.", ["Health"]),
        "catalog": {
            "address": CATALOG,
            "description": "The catalogue to all agents, versioned.",
            "messages": _refs(["Page"]),
        },
        "hubPresence": {
            "address": HUB_PRESENCE,
            "description": "Whether the hub serves: retained, last will.",
            "messages": {},
        },
    }


def _channel(name: str, description: str, messages: list[str]) -> Json:
    """One topic of each store."""
    return {
        "address": f"{ROOT}/{{store}}/{{part}}/{name}",
        "description": description,
        "messages": _refs(messages),
        "parameters": {
            "store": {"description": "The store's id, also its MQTT user name."},
            "part": {"description": f"BLAKE2b-1 of the store's id modulo {PARTS}."},
        },
    }


def _names(kinds: tuple[type, ...]) -> list[str]:
    """The names of some messages."""
    return [kind.__name__ for kind in kinds]


def _refs(names: list[str]) -> Json:
    """Messages of a channel."""
    return {name: {"$ref": f"#/components/messages/{name}"} for name in names}


def _operations() -> Json:
    """What the hub does with each channel; an agent does the opposite."""
    actions = {
        "hearStore": ("receive", "up"),
        "tellStore": ("send", "down"),
        "tellAll": ("send", "catalog"),
        "seeStore": ("receive", "presence"),
        "seeHealth": ("receive", "health"),
        "showHub": ("send", "hubPresence"),
    }
    return {
        name: {
            "action": action,
            "channel": {"$ref": f"#/channels/{channel}"},
            "bindings": {"mqtt": {"qos": 1}},
        }
        for name, (action, channel) in actions.items()
    }


def _messages() -> Json:
    """Each message with its schema."""
    health = {
        "name": "health",
        "summary": "How a store and its devices are.",
        "contentType": "application/json",
        "payload": health_schema(),
    }
    return {"Health": health} | {
        kind.__name__: {
            "name": kind.__dataclass_fields__["kind"].default,
            "summary": _summary(kind),
            "contentType": "application/octet-stream",
            "payload": {"$ref": REF.format(model=kind.__name__)},
        }
        for kind in get_args(Message)
    }


def _summary(kind: type) -> str:
    """The first line of a model's docstring."""
    return (kind.__doc__ or "").strip().split("\n")[0]


def _schemas() -> Json:
    """The schemas of all messages, and of the facts and items inside them."""
    schemas: Json = {}
    for kind in (*get_args(Message), *FACTS.values(), *ITEMS.values()):
        schema = adapter(kind).json_schema(ref_template=REF)
        schemas.update(schema.pop("$defs", {}))
        schemas[kind.__name__] = schema
    _name_contents(schemas, "Up", "events", list(FACTS.values()))
    _name_contents(schemas, "Down", "items", list(ITEMS.values()))
    return dict(sorted(schemas.items()))


def _name_contents(schemas: Json, message: str, name: str, kinds: list[Any]) -> None:
    """Say what the objects of a list may be: the receiver checks each for itself."""
    schemas[message]["properties"][name]["items"] = {
        "oneOf": [{"$ref": REF.format(model=kind.__name__)} for kind in kinds]
    }


def text() -> str:
    """The document as the file keeps it."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"
