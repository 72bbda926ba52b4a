// The bytes on disk, spelled out. A failure here means existing logs can no longer be read: never
// change the expectation. docs/log_format.md explains the same bytes.
#include "eventstore/log_format.h"

#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "eventstore/record.h"

namespace crm::eventstore {
namespace {

const Uuid kId = *Uuid::Parse("00112233-4455-6677-8899-aabbccddeeff");
const Uuid kOrganizationId = *Uuid::Parse("a0a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf");
const Uuid kRequestId = *Uuid::Parse("c0c1c2c3-c4c5-c6c7-c8c9-cacbcccdcecf");
const StreamId kStream{"account", kId};

std::string Hex(absl::string_view bytes) { return absl::BytesToHexString(bytes); }

TEST(LogFormatTest, Keys) {
  EXPECT_EQ(Hex(LogKey(7, 258)),
            "00000007"
            "0000000000000102");
  EXPECT_EQ(Hex(StreamKey(7, kStream, 3)),
            "00000007"
            "00112233445566778899aabbccddeeff"
            "6163636f756e74"
            "00"
            "0000000000000003");
  EXPECT_EQ(Hex(OrganizationKey(7)), "00000007");
  EXPECT_EQ(Hex(RequestKeyBytes(7, kId, kRequestId)),
            "00000007"
            "00112233445566778899aabbccddeeff"
            "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf");
  EXPECT_EQ(TrailingNumber(LogKey(7, 258)), 258);
  EXPECT_EQ(TrailingNumber("short"), std::nullopt);
}

TEST(LogFormatTest, Rows) {
  EXPECT_EQ(Hex(EncodeNumber(258)), "0000000000000102");
  EXPECT_EQ(Hex(EncodeFormatVersion(1)), "00000001");
  OrganizationRow row{7, kOrganizationId, 258, Sha256("x"), 1'700'000'000'000'000};
  EXPECT_EQ(Hex(EncodeOrganizationRow(row)),
            "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"
            "0000000000000102"
            "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
            "00060a24181e4000");
}

TEST(LogFormatTest, RowsAreReadBack) {
  EXPECT_EQ(ParseNumber(EncodeNumber(-1)), -1);
  EXPECT_EQ(ParseFormatVersion(EncodeFormatVersion(70'000)), 70'000u);
  const OrganizationRow written{7, kOrganizationId, 258, Sha256("x"), -5};
  const auto row = ParseOrganizationRow(OrganizationKey(7), EncodeOrganizationRow(written));
  ASSERT_TRUE(row.has_value());
  EXPECT_EQ(row->ordinal, 7u);
  EXPECT_EQ(row->id, kOrganizationId);
  EXPECT_EQ(row->position, 258);
  EXPECT_EQ(row->hash, written.hash);
  EXPECT_EQ(row->record_time_us, -5);
}

TEST(LogFormatTest, RowsOfTheWrongSizeAreRefused) {
  EXPECT_EQ(ParseNumber("1234567"), std::nullopt);
  EXPECT_EQ(ParseFormatVersion("12345"), std::nullopt);
  EXPECT_FALSE(ParseOrganizationRow(OrganizationKey(1), std::string(63, 'x')).has_value());
  EXPECT_FALSE(ParseOrganizationRow("123", std::string(64, 'x')).has_value());
}

TEST(LogFormatTest, KeysSortAsTheirNumbers) {
  EXPECT_LT(LogKey(1, 255), LogKey(1, 256));
  EXPECT_LT(LogKey(1, 1'000'000), LogKey(2, 1));
  EXPECT_LT(StreamKey(1, kStream, 255), StreamKey(1, kStream, 256));
  // A category that begins like another one sorts apart from it.
  EXPECT_LT(StreamKey(1, {"a", kId}, 1LL << 62), StreamKey(1, {"a_b", kId}, 1));
}

TEST(LogFormatTest, Record) {
  log::v1::RecordedEvent event;
  event.set_position(258);
  event.set_category("account");
  event.set_stream_id(kId.ToBytes());
  event.set_version(3);
  event.set_type("crm.events.v1.Noted");
  event.set_data("hi");
  event.set_record_time_us(1'700'000'000'000'000);
  event.set_effective_time_us(1'700'000'000'000'000);
  event.set_commit_size(1);
  event.set_organization(kOrganizationId.ToBytes());
  Digest hash = Sha256("previous");
  const std::string record = EncodeRecord(event, hash);
  EXPECT_EQ(Hex(record),
            "780f659ca691fee3a35d42d073f6e93d00790815346da491fbce1e9e2ffc2eb7"
            "088202"
            "12076163636f756e74"
            "1a1000112233445566778899aabbccddeeff"
            "2003"
            "2a1363726d2e6576656e74732e76312e4e6f746564"
            "32026869"
            "388080f9c0c1c48203"
            "408080f9c0c1c48203"
            "6001"
            "820110a0a1a2a3a4a5a6a7a8a9aaabacadaeaf");
  const auto parts = SplitRecord(record);
  ASSERT_TRUE(parts.has_value());
  EXPECT_EQ(parts->hash, hash);
  EXPECT_EQ(hash, Sha256(AsView(Sha256("previous")), parts->event));
  log::v1::RecordedEvent decoded;
  ASSERT_TRUE(DecodeRecord(record, kOrganizationId, 258, decoded).ok());
  EXPECT_EQ(Hex(decoded.hash()), Hex(AsView(hash)));
}

}  // namespace
}  // namespace crm::eventstore
