// RequestExpiry: lets compaction drop rows of the request index that nobody can ask for any more,
// by the record time in the row and never by the age of a file. Readers treat a row as absent as
// soon as it has expired (RequestRetention); compaction takes it a day later at the earliest, so a
// clock that steps back brings no row back that somebody was told is gone.
//
// Thread-safe.
#pragma once

#include <rocksdb/compaction_filter.h>

#include <memory>
#include <string>

#include "eventstore/request_record.h"

namespace crm::eventstore {

class RequestExpiry final : public ::rocksdb::CompactionFilterFactory {
 public:
  // The clock in `retention` must outlive the database.
  explicit RequestExpiry(RequestRetention retention) : retention_(retention) {}

  std::unique_ptr<::rocksdb::CompactionFilter> CreateCompactionFilter(
      const ::rocksdb::CompactionFilter::Context& context) override;
  const char* Name() const override { return "crm.RequestExpiry"; }

 private:
  const RequestRetention retention_;
};

}  // namespace crm::eventstore
