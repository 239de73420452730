"""Real zenoh behind JSON lines: commands on stdin, answers and events on stdout.

    {"n": 1, "op": "open", "session": 1, "config": "{mode: 'peer'}"}
    {"n": 1, "ok": {"zid": "...", "ms": 12.5}}           or {"n": 1, "error": "..."}
    {"entity": 7, "sample": {...}}                       samples, queries and matching of what was declared

Callers number what they declare, so an event never comes before its number is known. A command that waits for others
(open, close, get) runs in a thread of its own; the rest runs in order. Runs on every release since 1.0.4: an option that
the release does not have is an error that starts with "unsupported".
"""

import base64
import hashlib
import json
import os
import queue
import re
import sys
import threading
import time

import zenoh

outgoing = queue.SimpleQueue()
sessions = {}
entities = {}  # number: what was declared
held = {}  # number: queries kept open

PRIORITIES = ["REAL_TIME", "INTERACTIVE_HIGH", "INTERACTIVE_LOW", "DATA_HIGH", "DATA", "DATA_LOW", "BACKGROUND"]
CONGESTIONS = ["DROP", "BLOCK", "BLOCK_FIRST"]
KINDS = ["PUT", "DELETE"]
INLINE = 256  # longer bytes are reported by their hash


# --- values -----------------------------------------------------------------------------------------------------------


def name_of(value):
    return str(value).rsplit(".", 1)[-1]


def bytes_in(value):
    """{"b64": ...}, or {"pattern": [length, seed]}: byte i is (i + seed) % 251."""
    if value is None:
        return None
    if "b64" in value:
        return base64.b64decode(value["b64"])
    length, seed = value["pattern"]
    ring = bytes((i + seed) % 251 for i in range(251))
    return (ring * (length // 251 + 1))[:length]


def bytes_out(value):
    if value is None:
        return None
    raw = value.to_bytes() if hasattr(value, "to_bytes") else bytes(value)
    if len(raw) <= INLINE:
        return raw.hex()
    return f"{len(raw)}:{hashlib.sha256(raw).hexdigest()}"


def source_out(value):
    if value is None:
        return None
    return {"zid": str(value.source_id.zid), "eid": value.source_id.eid, "sn": value.source_sn}


def sample_out(sample):
    out = {
        "key": str(sample.key_expr),
        "kind": KINDS.index(name_of(sample.kind)),
        "payload": bytes_out(sample.payload),
        "encoding": str(sample.encoding),
        "attachment": bytes_out(sample.attachment),
        "timestamp": None if sample.timestamp is None else str(sample.timestamp),
        "priority": PRIORITIES.index(name_of(sample.priority)) + 1,
        "congestion": CONGESTIONS.index(name_of(sample.congestion_control)),
        "express": sample.express,
    }
    if hasattr(sample, "source_info"):
        out["source"] = source_out(sample.source_info)
    return out


def reply_out(reply):
    replier = reply.replier_id
    if replier is not None:  # a bare zid before 1.5
        replier = {"zid": str(replier.zid), "eid": replier.eid} if hasattr(replier, "eid") else {"zid": str(replier)}
    if reply.ok is not None:
        return {"sample": sample_out(reply.ok), "replier": replier}
    return {"error": {"payload": bytes_out(reply.err.payload), "encoding": str(reply.err.encoding)}, "replier": replier}


def query_out(query):
    out = {
        "selector": str(query.selector),
        "key": str(query.key_expr),
        "parameters": str(query.parameters),
        "payload": bytes_out(query.payload),
        "encoding": None if query.encoding is None else str(query.encoding),
        "attachment": bytes_out(query.attachment),
    }
    if hasattr(query, "accepts_replies"):
        accepts = query.accepts_replies
        out["accepts"] = name_of(accepts() if callable(accepts) else accepts)
    if hasattr(query, "source_info"):
        out["source"] = source_out(query.source_info)
    return out


def member(enumeration, value):
    if not hasattr(zenoh, enumeration):
        raise RuntimeError(f"unsupported: {enumeration}")
    members = getattr(zenoh, enumeration)
    if not hasattr(members, value):
        raise RuntimeError(f"unsupported: {enumeration}.{value}")
    return getattr(members, value)


CONVERT = {
    "encoding": lambda v, s: zenoh.Encoding(v),
    "priority": lambda v, s: member("Priority", PRIORITIES[v - 1]),
    "congestion_control": lambda v, s: member("CongestionControl", CONGESTIONS[v]),
    "express": lambda v, s: v,
    "reliability": lambda v, s: member("Reliability", v),
    "attachment": lambda v, s: bytes_in(v),
    "payload": lambda v, s: bytes_in(v),
    "timestamp": lambda v, s: zenoh.Timestamp.parse_rfc3339(v),
    "source_info": lambda v, s: zenoh.SourceInfo(s.id, v),
    "target": lambda v, s: member("QueryTarget", v),
    "consolidation": lambda v, s: member("ConsolidationMode", v),
    "accept_replies": lambda v, s: member("ReplyKeyExpr", v),
    "allowed_destination": lambda v, s: member("Locality", v),
    "allowed_origin": lambda v, s: member("Locality", v),
    "timeout": lambda v, s: v,
    "complete": lambda v, s: v,
    "history": lambda v, s: v,
    "parameters": lambda v, s: v,
}


def options(function, given, session, *leave):
    """The keyword arguments of `function`, from the names of the newest release."""
    known = re.findall(r"(\w+)=", getattr(function, "__text_signature__", "") or "")
    made = {}
    for name, value in (given or {}).items():
        if name in leave or value is None:
            continue
        if name not in known:
            raise RuntimeError(f"unsupported: {function.__name__}({name}=)")
        made[name] = CONVERT[name](value, session)
    return made


# --- answers ----------------------------------------------------------------------------------------------------------


def send(line):
    outgoing.put(line)


def write():
    while True:
        lines = [outgoing.get()]
        while not outgoing.empty():
            lines.append(outgoing.get())
        sys.stdout.write("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))
        sys.stdout.flush()


def reports(number, what, convert):
    def callback(value):
        try:
            send({"entity": number, what: convert(value)})
        except Exception as error:  # a line that is missing would only show as a time-out
            send({"entity": number, "failed": repr(error)})

    return callback


# --- commands ---------------------------------------------------------------------------------------------------------


def op_open(c):
    config = zenoh.Config.from_json5(c["config"])
    started = time.monotonic()
    session = zenoh.open(config)
    ms = (time.monotonic() - started) * 1000
    sessions[c["session"]] = session
    return {"zid": str(session.info.zid()), "ms": ms}


def op_close(c):
    sessions.pop(c["session"]).close()


def op_info(c):
    info = sessions[c["session"]].info
    out = {
        "zid": str(info.zid()),
        "routers": sorted(str(z) for z in info.routers_zid()),
        "peers": sorted(str(z) for z in info.peers_zid()),
    }
    if hasattr(info, "transports"):
        out["transports"] = [
            {"zid": str(t.zid), "whatami": str(t.whatami), "qos": t.is_qos, "multicast": t.is_multicast}
            for t in info.transports()
        ]
        out["links"] = [{"zid": str(l.zid), "src": l.src, "dst": l.dst, "mtu": l.mtu, "user": l.auth_identifier} for l in info.links()]
    return out


def op_put(c):
    session = sessions[c["session"]]
    target = session.put
    kwargs = options(target, c.get("options"), session)
    key = entities.get(c.get("alias")) or c["key"]
    target(key, bytes_in(c["payload"]), **kwargs)
    return {"timestamp": str(kwargs["timestamp"]) if "timestamp" in kwargs else None}


def op_put_many(c):
    """Puts `count` samples on `key`/0, `key`/1 and so on; the payload is the number as text."""
    session = sessions[c["session"]]
    kwargs = options(session.put, c.get("options"), session)
    for i in range(c["count"]):
        session.put(f"{c['key']}/{i}", str(i).encode(), **kwargs)


def op_delete(c):
    session = sessions[c["session"]]
    kwargs = options(session.delete, c.get("options"), session)
    session.delete(entities.get(c.get("alias")) or c["key"], **kwargs)
    return {"timestamp": str(kwargs["timestamp"]) if "timestamp" in kwargs else None}


def op_declare_keyexpr(c):
    entities[c["entity"]] = sessions[c["session"]].declare_keyexpr(c["key"])


def op_undeclare_keyexpr(c):
    sessions[c["session"]].undeclare(entities.pop(c["entity"]))


def op_subscriber(c):
    session = sessions[c["session"]]
    kwargs = options(session.declare_subscriber, c.get("options"), session)
    report = reports(c["entity"], "sample", sample_out)
    entities[c["entity"]] = session.declare_subscriber(c["key"], report, **kwargs)


def op_publisher(c):
    session = sessions[c["session"]]
    kwargs = options(session.declare_publisher, c.get("options"), session)
    entities[c["entity"]] = session.declare_publisher(c["key"], **kwargs)


def op_publisher_put(c):
    publisher = entities[c["entity"]]
    kwargs = options(publisher.put, c.get("options"), sessions[c["session"]])
    publisher.put(bytes_in(c["payload"]), **kwargs)
    return {"timestamp": str(kwargs["timestamp"]) if "timestamp" in kwargs else None}


def op_publisher_delete(c):
    publisher = entities[c["entity"]]
    kwargs = options(publisher.delete, c.get("options"), sessions[c["session"]])
    publisher.delete(**kwargs)
    return {"timestamp": str(kwargs["timestamp"]) if "timestamp" in kwargs else None}


def op_matching(c):
    entity = entities[c["of"]]
    if not hasattr(entity, "matching_status"):
        raise RuntimeError("unsupported: matching_status")
    status = entity.matching_status
    status = status() if callable(status) else status
    return getattr(status, "matching", status)


def op_matching_listener(c):
    report = reports(c["entity"], "matching", lambda status: status.matching)
    entities[c["entity"]] = entities[c["of"]].declare_matching_listener(report)


def op_queryable(c):
    """Answers every query by the script of the command: a list of replies, in order. "hold" keeps the query open."""
    session = sessions[c["session"]]
    number = c["entity"]
    script = c.get("script", [])

    def answer(query):
        try:
            send({"entity": number, "query": query_out(query)})
            for step in script:
                run_step(session, query, step)
            if c.get("hold"):
                held.setdefault(number, []).append(query)
        except Exception as error:
            send({"entity": number, "failed": repr(error)})

    kwargs = options(session.declare_queryable, c.get("options"), session)
    entities[number] = session.declare_queryable(c["key"], answer, **kwargs)


def run_step(session, query, step):
    given = step.get("options")
    key = step.get("key") or str(query.key_expr)
    if step["reply"] == "error":
        query.reply_err(bytes_in(step["payload"]), **options(query.reply_err, given, session))
    elif step["reply"] == "delete":
        query.reply_del(key, **options(query.reply_del, given, session))
    elif step.get("echo"):
        query.reply(key, query.payload or b"", **options(query.reply, given, session))
    else:
        query.reply(key, bytes_in(step["payload"]), **options(query.reply, given, session))


def op_release(c):
    held.pop(c["of"], None)


def op_get(c):
    session = sessions[c["session"]]
    kwargs = options(session.get, c.get("options"), session)
    started = time.monotonic()
    replies = [reply_out(reply) for reply in session.get(c["selector"], **kwargs)]
    return {"replies": replies, "ms": (time.monotonic() - started) * 1000}


def op_querier(c):
    session = sessions[c["session"]]
    kwargs = options(session.declare_querier, c.get("options"), session)
    entities[c["entity"]] = session.declare_querier(c["key"], **kwargs)


def op_querier_get(c):
    querier = entities[c["entity"]]
    kwargs = options(querier.get, c.get("options"), sessions[c["session"]])
    started = time.monotonic()
    replies = [reply_out(reply) for reply in querier.get(**kwargs)]
    return {"replies": replies, "ms": (time.monotonic() - started) * 1000}


def op_token(c):
    entities[c["entity"]] = sessions[c["session"]].liveliness().declare_token(c["key"])


def op_liveliness_subscriber(c):
    live = sessions[c["session"]].liveliness()
    kwargs = options(live.declare_subscriber, c.get("options"), None)
    report = reports(c["entity"], "sample", sample_out)
    entities[c["entity"]] = live.declare_subscriber(c["key"], report, **kwargs)


def op_liveliness_get(c):
    live = sessions[c["session"]].liveliness()
    started = time.monotonic()
    replies = [reply_out(reply) for reply in live.get(c["key"], **options(live.get, c.get("options"), None))]
    return {"replies": replies, "ms": (time.monotonic() - started) * 1000}


def op_undeclare(c):
    held.pop(c["entity"], None)
    entities.pop(c["entity"]).undeclare()


WAITING = {"open", "close", "get", "querier_get", "liveliness_get"}


def run(c):
    try:
        send({"n": c["n"], "ok": globals()["op_" + c["op"]](c)})
    except BaseException as error:  # panics of the library are no Exception
        send({"n": c["n"], "error": str(error) or repr(error)})


def main():
    threading.Thread(target=write, daemon=True).start()
    for line in sys.stdin:
        command = json.loads(line)
        if command["op"] in WAITING:
            threading.Thread(target=run, args=(command,), daemon=True).start()
        else:
            run(command)
    for session in sessions.values():
        session.close()
    # Threads of the library may still be at work, and nobody waits for them.
    os._exit(0)


main()
