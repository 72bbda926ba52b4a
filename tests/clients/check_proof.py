"""Checks a range proof of crmd against a signed anchor, with nothing of ours.

    check_proof.py PROOF.json ANCHOR.json [PUBLIC_KEY.pem]

Written from docs/log_format.md alone, as an auditor would: the hash chain, the audit path of
RFC 9162, the signature by `openssl`. Prints the positions it proves; exits 1 and names what is wrong.
"""

import base64
import calendar
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import uuid


class Wrong(Exception):
    """Something does not hold."""


def sha256(data):
    return hashlib.sha256(data).digest()


def require(condition, why):
    if not condition:
        raise Wrong(why)


def root_of_audit_path(leaf_hash, leaf, size, path):
    """RFC 9162, 2.1.3.2."""
    node, last, root = leaf, size - 1, leaf_hash
    for sibling in path:
        require(last != 0, "the audit path is too long")
        if node % 2 == 1 or node == last:
            root = sha256(b"\x01" + sibling + root)
            while node % 2 == 0 and node != 0:
                node, last = node >> 1, last >> 1
        else:
            root = sha256(b"\x01" + root + sibling)
        node, last = node >> 1, last >> 1
    require(last == 0, "the audit path is too short")
    return root


def micros_of(text):
    match = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?Z", text)
    require(match, "the record time is no instant")
    seconds = calendar.timegm(time.strptime(match.group(1), "%Y-%m-%dT%H:%M:%S"))
    return seconds * 1000000 + int((match.group(2) or "").ljust(9, "0")[:9]) // 1000


def signed_bytes(anchor):
    kind, _, organization = anchor["organization"].partition("/")
    require(kind == "organizations", "the anchor names no organization")
    return (b"crmd signed anchor 1" + uuid.UUID(organization).bytes
            + int(anchor["position"]).to_bytes(8, "big")
            + base64.b64decode(anchor["chain_hash"]) + base64.b64decode(anchor["merkle_root"])
            + micros_of(anchor["record_time"]).to_bytes(8, "big", signed=True)
            + sha256(base64.b64decode(anchor["public_key"])))


def check_signature(anchor, public_key_pem):
    if public_key_pem is None:
        der = bytes.fromhex("302a300506032b6570032100") + base64.b64decode(anchor["public_key"])
        public_key_pem = ("-----BEGIN PUBLIC KEY-----\n" + base64.b64encode(der).decode()
                          + "\n-----END PUBLIC KEY-----\n")
    with tempfile.TemporaryDirectory() as folder:
        files = {"key": public_key_pem.encode(), "message": signed_bytes(anchor),
                 "signature": base64.b64decode(anchor["signature"])}
        for name, content in files.items():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(content)
        verified = subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key", "-rawin", "-in", "message",
             "-sigfile", "signature"], cwd=folder, capture_output=True, check=False)
    require(verified.returncode == 0, "the anchor's signature is wrong")


def position_in(event):
    """Field 1 of the stored message, a varint, which it begins with."""
    require(event[:1] == b"\x08", "an event does not begin with its position")
    number = shift = 0
    for byte in event[1:11]:
        number |= (byte & 0x7f) << shift
        shift += 7
        if byte < 0x80:
            return number
    raise Wrong("an event has no position")


def check(proof, anchor, public_key_pem=None):
    """The first and last position proven; raises Wrong."""
    check_signature(anchor, public_key_pem)
    require(proof["organization"] == anchor["organization"], "proof and anchor are of two logs")
    require(proof["anchor_position"] == anchor["position"], "the proof is for another anchor")
    first, last = int(proof["from_position"]), int(proof["to_position"])
    events = [base64.b64decode(event) for event in proof["events"]]
    require(1 <= first and last - first + 1 == len(events), "the number of events is wrong")
    chain = base64.b64decode(proof["hash_before"])
    require(first > 1 or chain == bytes(32), "a log begins with zeros")
    for position, event in enumerate(events, first):
        require(position_in(event) == position, "the event at position %d is misplaced" % position)
        chain = sha256(chain + event)
    path = [base64.b64decode(node) for node in proof.get("audit_path", [])]
    root = root_of_audit_path(sha256(b"\x00" + chain), last - 1, int(anchor["position"]), path)
    require(root == base64.b64decode(anchor["merkle_root"]), "the events are not those anchored")
    return first, last


def main(arguments):
    with open(arguments[0], encoding="utf-8") as file:
        proof = json.load(file)
    with open(arguments[1], encoding="utf-8") as file:
        anchor = json.load(file)
    public_key_pem = None
    if len(arguments) > 2:
        with open(arguments[2], encoding="utf-8") as file:
            public_key_pem = file.read()
    try:
        print("positions %d to %d hold" % check(proof, anchor, public_key_pem))
    except (Wrong, KeyError, ValueError) as wrong:
        print("wrong:", wrong, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
