"""A proof of the real server, checked by a program that shares no code with it, and changed.

Run by CTest with CRMD and STUBS set (see CMakeLists.txt). Mutations seen to fail: check without the
signature, without the root, without the chain; signed_bytes without the record time.
"""

import base64
import copy
import tempfile
import unittest

import check_proof
import python_client_test
from crm.v1 import event_service_pb2, event_service_pb2_grpc
from google.protobuf import json_format


class CheckProofTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.server = python_client_test.Server(cls.folder.name)
        with open(cls.server.token_file, encoding="utf-8") as file:
            metadata = [("authorization", "Bearer " + file.read().strip())]
        events = event_service_pb2_grpc.EventServiceStub(cls.server.channel)
        answer = events.GetAnchor(event_service_pb2.GetAnchorRequest(), metadata=metadata)
        cls.head = answer.head_position
        cls.anchor = cls.json_of(answer.anchor)
        cls.proofs = []
        for last in range(1, cls.head + 1):
            request = event_service_pb2.GetRangeProofRequest(
                from_position=max(1, last - 1), to_position=last, anchor_position=cls.head)
            cls.proofs.append(cls.json_of(events.GetRangeProof(request, metadata=metadata).proof))

    @classmethod
    def tearDownClass(cls):
        cls.server.kill()
        cls.folder.cleanup()

    @staticmethod
    def json_of(message):
        return json_format.MessageToDict(message, preserving_proto_field_name=True)

    def refused(self, proof, anchor):
        with self.assertRaises((check_proof.Wrong, ValueError)):
            check_proof.check(proof, anchor)

    def test_every_proof_holds(self):
        self.assertGreater(self.head, 2)
        for last, proof in enumerate(self.proofs, 1):
            self.assertEqual(check_proof.check(proof, self.anchor), (max(1, last - 1), last))

    def test_changes_are_refused(self):
        proof = self.proofs[-1]
        for field in ("hash_before", "events", "audit_path"):
            changed = copy.deepcopy(proof)
            bytes_of = changed[field] if isinstance(changed[field], str) else changed[field][0]
            flipped = bytearray(base64.b64decode(bytes_of))
            flipped[-1] ^= 1
            text = base64.b64encode(bytes(flipped)).decode()
            if isinstance(changed[field], str):
                changed[field] = text
            else:
                changed[field][0] = text
            self.refused(changed, self.anchor)
        for field in ("chain_hash", "merkle_root", "signature", "public_key"):
            anchor = dict(self.anchor)
            flipped = bytearray(base64.b64decode(anchor[field]))
            flipped[0] ^= 1
            anchor[field] = base64.b64encode(bytes(flipped)).decode()
            self.refused(proof, anchor)
        self.refused(proof, dict(self.anchor, record_time="2020-01-01T00:00:00Z"))


if __name__ == "__main__":
    unittest.main(argv=["check_proof_test"])
