#include "services/event_json.h"

#include <google/protobuf/timestamp.pb.h>

#include <nlohmann/json.hpp>

#include "base/uuid.h"
#include "crm/events/v1/lead_events.pb.h"
#include "crm/events/v1/opportunity_events.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace crm::services {
namespace {

std::string JsonOf(const google::protobuf::Message& message) {
  std::string json;
  AppendJson(message, json);
  return json;
}

TEST(EventJsonTest, LeavesUnsetFieldsOut) {
  EXPECT_EQ(JsonOf(events::v1::OpportunityOpened()), "{}");
  events::v1::OpportunityOpened event;
  event.mutable_opened();
  EXPECT_EQ(JsonOf(event), R"({"opened":{}})");
}

TEST(EventJsonTest, NamesEnumsAndNumbersAsProtobufDoes) {
  events::v1::ExpectedRevenueRevised event;
  event.mutable_to()->set_minor(-9007199254740993);
  event.mutable_to()->set_currency_code("EUR");
  const auto json = nlohmann::json::parse(JsonOf(event));
  EXPECT_EQ(json,
            (nlohmann::json{{"to", {{"minor", "-9007199254740993"}, {"currencyCode", "EUR"}}}}))
      << "64 bits are told as text: readers of JSON lose what is beyond 53";
}

TEST(EventJsonTest, IdsAreUuidsAndOtherBytesHexadecimal) {
  const Uuid id = Uuid::FromName(Uuid{}, "lead");
  events::v1::OpportunityOpened event;
  event.set_lead_id(id.ToBytes());
  EXPECT_EQ(JsonOf(event), R"({"leadId":")" + id.ToString() + R"("})");
  event.set_lead_id("\x01\xff");
  EXPECT_EQ(JsonOf(event), R"({"leadId":"01ff"})");
}

// What has to be escaped is, and what a reader makes of it is the text.
TEST(EventJsonTest, TextComesBackAsItWas) {
  for (const std::string& text :
       {std::string("plain"), std::string("say \"no\" \\ yes"), std::string("line\nand\ttab"),
        std::string("Zo\u00eb \u2013 \U0001F600"), std::string("nul\0inside", 10),
        std::string("\x7f")}) {
    events::v1::LeadJunked event;
    event.set_reason(text);
    const auto json = nlohmann::json::parse(JsonOf(event));
    EXPECT_EQ(json.at("reason").get<std::string>(), text);
  }
}

TEST(EventJsonTest, ListsKeepTheirOrder) {
  events::v1::OpportunityDetailsRevised event;
  event.add_fields("title");
  event.add_fields("note");
  EXPECT_EQ(JsonOf(event), R"({"fields":["title","note"]})");
}

TEST(EventJsonTest, TimesAreWrittenInUtc) {
  google::protobuf::Timestamp time;
  time.set_seconds(1'500'000'000);
  time.set_nanos(250'000'000);
  EXPECT_EQ(JsonOf(time), R"("2017-07-14T02:40:00.25+00:00")");
}

TEST(EventJsonTest, AFieldThatIsUnsetHasNoValue) {
  events::v1::OpportunityOpened event;
  const auto* field = event.GetDescriptor()->FindFieldByName("probability_bp");
  EXPECT_EQ(FieldToJson(event, *field), "");
  event.set_probability_bp(2500);
  EXPECT_EQ(FieldToJson(event, *field), "2500");
}

}  // namespace
}  // namespace crm::services
