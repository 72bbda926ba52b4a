"""A gateway written in Python, with nothing of ours but the protos.

What a client in any language relies on: generated stubs, errors a program can act on, retries that
answer again, its own writes in its next read, the stream of events, health, and a server that
comes back with everything after a kill. Run by CTest with CRMD and STUBS set (see CMakeLists.txt).
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
import uuid

STUBS = os.environ["STUBS"]
sys.path.insert(0, STUBS)

import grpc  # noqa: E402

grpc.__path__.append(os.path.join(STUBS, "grpc"))  # grpc.health.v1, beside the library's own

from crm.v1 import event_service_pb2, event_service_pb2_grpc  # noqa: E402
from crm.v1 import opportunity_service_pb2, opportunity_service_pb2_grpc  # noqa: E402
from crm.v1 import pipeline_service_pb2, pipeline_service_pb2_grpc  # noqa: E402
from google.rpc import error_details_pb2, status_pb2  # noqa: E402
from grpc.health.v1 import health_pb2, health_pb2_grpc  # noqa: E402


class Server:
    """crmd on a folder of its own; killed, not stopped, so that every start is a recovery."""

    def __init__(self, folder):
        self.folder = folder
        self.token_file = os.path.join(folder, "token")
        self.process = None
        self.start()

    def start(self):
        local = "127.0.0.1:0"
        self.process = subprocess.Popen(
            [os.environ["CRMD"], "--data-dir", os.path.join(self.folder, "data"),
             "--listen", local, "--admin-listen", local, "--metrics-listen", local,
             "--bootstrap-token-file", self.token_file],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        said = []
        for line in self.process.stdout:
            said.append(line)
            serving = re.search(r"\bserving\b.* port=(\d+)", line)
            if serving:
                self.channel = grpc.insecure_channel("127.0.0.1:" + serving.group(1))
                return
        raise RuntimeError("crmd did not start:\n" + "".join(said))

    def kill(self):
        self.channel.close()
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def bearer(self):
        with open(self.token_file, encoding="ascii") as file:
            return ("authorization", "Bearer " + file.read().strip())


def refusal(error):
    """Code, ErrorInfo and field violations of a refused call."""
    details = dict(error.trailing_metadata())["grpc-status-details-bin"]
    info, fields = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    for detail in status_pb2.Status.FromString(details).details:
        if detail.Is(info.DESCRIPTOR):
            detail.Unpack(info)
        elif detail.Is(fields.DESCRIPTOR):
            detail.Unpack(fields)
    return error.code(), info, fields.field_violations


class PythonClientTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.server = Server(folder.name)
        self.addCleanup(lambda: self.server.kill())
        self.connect()
        self.pipeline = self.pipelines.CreatePipeline(
            pipeline_service_pb2.CreatePipelineRequest(
                request_id=str(uuid.uuid4()),
                pipeline={"display_name": "Sales", "kind": "PIPELINE_KIND_OPPORTUNITY",
                          "stages": [{"display_name": "New", "kind": "STAGE_KIND_OPEN",
                                      "probability_bp": 1000},
                                     {"display_name": "Offer", "kind": "STAGE_KIND_OPEN",
                                      "probability_bp": 5000}]}),
            metadata=self.metadata)

    def connect(self):
        channel = self.server.channel
        self.pipelines = pipeline_service_pb2_grpc.PipelineServiceStub(channel)
        self.opportunities = opportunity_service_pb2_grpc.OpportunityServiceStub(channel)
        self.events = event_service_pb2_grpc.EventServiceStub(channel)
        self.metadata = (self.server.bearer(),)

    def refused(self, call, request, metadata=None):
        with self.assertRaises(grpc.RpcError) as refused:
            call(request, metadata=self.metadata if metadata is None else metadata, timeout=10)
        return refusal(refused.exception)

    def new_opportunity(self, display_name, request_id=None):
        return opportunity_service_pb2.CreateOpportunityRequest(
            request_id=request_id or str(uuid.uuid4()),
            opportunity={"display_name": display_name, "stage": self.pipeline.stages[0].name,
                         "expected_revenue": {"currency_code": "USD", "units": 12000}})

    def test_errors_are_for_programs(self):
        code, info, _ = self.refused(self.opportunities.CreateOpportunity,
                                     self.new_opportunity("Chairs"), metadata=())
        self.assertEqual((code, info.reason, info.domain),
                         (grpc.StatusCode.UNAUTHENTICATED, "CREDENTIAL_MISSING", "crm"))

        code, _, fields = self.refused(self.opportunities.CreateOpportunity,
                                       self.new_opportunity("Chairs", request_id="7"))
        self.assertEqual(code, grpc.StatusCode.INVALID_ARGUMENT)
        self.assertEqual([field.field for field in fields], ["request_id"])

        made = self.opportunities.CreateOpportunity(self.new_opportunity("Chairs"),
                                                    metadata=self.metadata)
        code, info, _ = self.refused(
            self.opportunities.MoveStage,
            opportunity_service_pb2.MoveStageRequest(
                request_id=str(uuid.uuid4()), name=made.name, etag='"99"',
                stage=self.pipeline.stages[1].name))
        self.assertEqual((code, info.reason, info.metadata["etag"]),
                         (grpc.StatusCode.ABORTED, "ETAG_MISMATCH", made.etag))

    def test_retries_answer_again_also_after_a_kill(self):
        request = self.new_opportunity("Chairs")
        first, call = self.opportunities.CreateOpportunity.with_call(request,
                                                                     metadata=self.metadata)
        self.assertNotIn("crm-replayed", dict(call.trailing_metadata()))

        self.server.kill()
        self.server.start()
        self.connect()
        again, call = self.opportunities.CreateOpportunity.with_call(request,
                                                                     metadata=self.metadata)
        self.assertEqual(again, first)
        self.assertEqual(dict(call.trailing_metadata())["crm-replayed"], "true")

        code, info, _ = self.refused(self.opportunities.CreateOpportunity,
                                     self.new_opportunity("Tables", request.request_id))
        self.assertEqual((code, info.reason),
                         (grpc.StatusCode.INVALID_ARGUMENT, "REQUEST_ID_REUSED"))

    def test_a_writer_reads_what_it_wrote(self):
        for number in range(20):
            made, call = self.opportunities.CreateOpportunity.with_call(
                self.new_opportunity(f"Chairs {number}"), metadata=self.metadata)
            position = dict(call.trailing_metadata())["crm-position"]
            listed = self.opportunities.ListOpportunities(
                opportunity_service_pb2.ListOpportunitiesRequest(page_size=1000),
                metadata=self.metadata + (("crm-min-position", position),))
            self.assertIn(made.name, [each.name for each in listed.opportunities])

    def test_a_subscriber_catches_up_and_then_hears_what_happens(self):
        self.opportunities.CreateOpportunity(self.new_opportunity("Before"),
                                             metadata=self.metadata)
        stream = self.events.SubscribeEvents(event_service_pb2.SubscribeEventsRequest(),
                                             metadata=self.metadata, timeout=30)
        heard = []

        def listen_until(done):
            for message in stream:
                heard.extend(message.batch.events)
                if done(message):
                    return

        listen_until(lambda message: message.HasField("caught_up"))
        self.assertEqual(heard[-1].type, "crm.events.v1.OpportunityOpened")
        made = self.opportunities.CreateOpportunity(self.new_opportunity("After"),
                                                    metadata=self.metadata)
        listen_until(lambda message: any(made.name.endswith(event.stream_id)
                                         for event in message.batch.events))
        stream.cancel()
        self.assertEqual([event.position for event in heard], list(range(1, len(heard) + 1)))
        self.assertIn("After", json.dumps(json.loads(heard[-1].data_json)))

    def test_health_is_told_by_service(self):
        health = health_pb2_grpc.HealthStub(self.server.channel)
        serving = health_pb2.HealthCheckResponse.SERVING
        for service in ["", "crm.v1.OpportunityService"]:
            # A server that has just begun serves when its views have caught up.
            watch = health.Watch(health_pb2.HealthCheckRequest(service=service), timeout=30)
            self.assertTrue(any(answer.status == serving for answer in watch))
            watch.cancel()
        with self.assertRaises(grpc.RpcError) as unknown:
            health.Check(health_pb2.HealthCheckRequest(service="crm.v1.Nothing"))
        self.assertEqual(unknown.exception.code(), grpc.StatusCode.NOT_FOUND)


if __name__ == "__main__":
    unittest.main()
