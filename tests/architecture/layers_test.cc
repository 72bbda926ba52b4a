// Dependencies point one way. CMake refuses links that are missing from cmake/layers.cmake; this
// test refuses the includes and imports that would get round it, by the same table, and the
// libraries that belong to one layer.

#include <filesystem>
#include <map>
#include <optional>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "re2/re2.h"
#include "tests/architecture/source_text.h"

namespace crm::architecture {
namespace {

using ::testing::HasSubstr;

using Edges = std::map<std::string, std::set<std::string>>;

// The rows of layers.cmake: set(CRM_EDGES_<layer> <layer>...).
Edges ParseEdges(const std::string& cmake) {
  Edges edges;
  re2::StringPiece rest(cmake);
  std::string layer;
  std::string row;
  while (RE2::FindAndConsume(&rest, R"(set\(CRM_EDGES_(\w+)([^)]*)\))", &layer, &row)) {
    edges[layer] = absl::StrSplit(row, absl::ByAnyChar(" \n"), absl::SkipEmpty());
  }
  return edges;
}

Edges ReadEdges() {
  const auto files = ReadSources({"cmake"}, {"/layers.cmake"});
  return files.empty() ? Edges{} : ParseEdges(files[0].text);
}

// Which layer a file or a generated header belongs to; nullopt for what is not ours.
std::optional<std::string> LayerOf(absl::string_view path) {
  if (absl::StartsWith(path, "crm/v1/")) {
    return absl::EndsWith(path, ".grpc.pb.h") ? "api_grpc" : "api_proto";
  }
  for (const char* kind : {"events", "log", "views", "options"}) {
    if (IsBelow(path, absl::StrCat("crm/", kind, "/v1"))) return absl::StrCat(kind, "_proto");
  }
  for (const char* folder : {"google/rpc", "google/type", "buf/validate", "grpc/health"}) {
    if (IsBelow(path, folder)) return "options_proto";
  }
  if (path == "services/main.cc") return "crmd";
  for (const char* layer :
       {"base", "evidence", "domain", "eventstore", "projections", "services", "client", "tests"}) {
    if (IsBelow(path, layer)) return layer;
  }
  std::string tool;
  if (RE2::PartialMatch(re2::StringPiece(path.data(), path.size()), "^tools/([^/]+)/", &tool)) {
    return absl::StartsWith(tool, "crm") || tool == "exercise" ? tool : absl::StrCat("crm_", tool);
  }
  return std::nullopt;
}

// Libraries and system headers that only some layers may see.
struct HeaderRule {
  const char* pattern;
  std::set<std::string> layers;
  const char* why;
};

const std::vector<HeaderRule>& HeaderRules() {
  static const auto& rules = *new std::vector<HeaderRule>{
      {"^grpc(pp|\\+\\+)?/",
       {"services", "crmd", "client", "crmctl", "crm_bench", "crm_sample"},
       "nothing below the services sees gRPC"},
      {"^rocksdb/",
       {"eventstore", "projections", "crmutil", "crm_bench"},
       "storage engines live in eventstore and projections; crm_bench measures against one"},
      {"^prometheus/", {"services", "crmd"}, "metrics are the services'"},
      {"^CLI/",
       {"services", "crmd", "crmctl", "crmutil", "crm_bench", "crm_sample"},
       "settings are read at the top and passed down"},
      {"^(cairo|pango)", {"services"}, "what people look at is drawn by the services"},
      {"^curl/", {"services"}, "outgoing calls are the services'"},
      {"^spdlog/", {"base"}, "log through base/log.h"},
      {"^openssl/",
       {"base", "services"},
       "digests and sealing go through base/hash.h; tokens are the services'"},
      {"^re2/",
       {"services", "crmctl"},
       "patterns are request shape: the services validate it, crmctl checks it before it sends"},
      {"^nlohmann/",
       {"base", "evidence", "services", "crmctl", "crmutil", "crm_bench", "crm_sample"},
       "the domain, the log and the views speak protobuf"},
      {"^google/protobuf/",
       {"evidence", "domain", "eventstore", "projections", "services", "crmd", "client", "crmctl",
        "crmutil", "crm_bench", "crm_sample"},
       "base knows no message"},
      {"^libpq", {"eventstore"}, "storage engines live in eventstore"},
      // The domain is pure: no threads, files or clocks.
      {"^(thread|mutex|shared_mutex|condition_variable|future|atomic|stop_token|semaphore|latch|"
       "barrier|base/mutex\\.h)$",
       {"base", "eventstore", "projections", "services", "crmd", "client", "crmctl", "crmutil",
        "crm_bench", "crm_sample"},
       "the domain has no threads"},
      {"^(random|iostream)$",
       {"base", "eventstore", "projections", "services", "crmd", "client", "crmctl", "crmutil",
        "crm_bench", "crm_sample"},
       "the domain draws nothing and says nothing: ids derive from the request"},
      {"^(fstream|filesystem|cstdio|unistd\\.h|fcntl\\.h)$",
       {"base", "eventstore", "projections", "services", "crmd", "client", "crmctl", "crmutil",
        "crm_bench", "crm_sample"},
       "the domain has no files"},
      {"^(chrono|ctime|time\\.h|sys/time\\.h|absl/time/clock\\.h|base/clock\\.h)$",
       {"base", "eventstore", "projections", "services", "crmd", "client", "crmctl", "crmutil",
        "crm_bench", "crm_sample"},
       "the domain has no clock: time comes in the DecideContext"},
  };
  return rules;
}

void CheckEdge(const Edges& edges, const std::string& from, const std::string& path, int line,
               absl::string_view target, std::vector<Finding>& findings) {
  const std::optional<std::string> to = LayerOf(target);
  const auto row = edges.find(from);
  if (row == edges.end()) {
    findings.push_back({path, line, absl::StrCat("'", from, "' has no row in cmake/layers.cmake")});
  } else if (to && *to != from && row->second.count(*to) == 0) {
    findings.push_back(
        {path, line,
         absl::StrCat("'", from, "' may not see '", *to, "' (", target, "): cmake/layers.cmake")});
  }
}

// The includes of product code. Tests may look at everything; nothing may look at tests.
std::vector<Finding> CheckIncludes(const Edges& edges, const SourceFile& file) {
  std::vector<Finding> findings;
  const std::string from = LayerOf(file.path).value_or("");
  if (from == "tests") return findings;
  int line_number = 0;
  for (const absl::string_view line : LinesOf(file.text)) {
    ++line_number;
    std::string header;
    if (!RE2::PartialMatch(re2::StringPiece(line.data(), line.size()),
                           R"re(^\s*#\s*include\s*[<"]([^>"]+)[>"])re", &header)) {
      continue;
    }
    if (absl::StrContains(line, "\"") && (header[0] == '.' || !absl::StrContains(header, "/"))) {
      findings.push_back({file.path, line_number,
                          absl::StrCat("\"", header, "\": name it from the repository's root")});
    }
    CheckEdge(edges, from, file.path, line_number, header, findings);
    for (const HeaderRule& rule : HeaderRules()) {
      if (RE2::PartialMatch(header, rule.pattern) && rule.layers.count(from) == 0) {
        findings.push_back({file.path, line_number,
                            absl::StrCat("'", from, "' may not include ", header, ": ", rule.why)});
      }
    }
  }
  return findings;
}

// The imports of our protos: what a message refers to is a dependency like any other.
std::vector<Finding> CheckImports(const Edges& edges, const SourceFile& file) {
  std::vector<Finding> findings;
  const std::string path_in_root = file.path.substr(std::string("proto/").size());
  int line_number = 0;
  for (const absl::string_view line : LinesOf(file.text)) {
    ++line_number;
    std::string imported;
    if (RE2::PartialMatch(re2::StringPiece(line.data(), line.size()),
                          R"re(^\s*import\s+(?:public\s+)?"([^"]+)")re", &imported)) {
      CheckEdge(edges, LayerOf(path_in_root).value_or(""), file.path, line_number, imported,
                findings);
    }
  }
  return findings;
}

// Below the port (eventstore/log_storage.h) is the only place for a storage engine of the log.
std::vector<Finding> CheckEngine(const SourceFile& file) {
  if (!IsBelow(file.path, "eventstore") || IsBelow(file.path, "eventstore/rocksdb")) return {};
  if (!RE2::PartialMatch(file.text, R"re(#\s*include\s*[<"](rocksdb|eventstore/rocksdb)/)re")) {
    return {};
  }
  return {{file.path, 0, "only eventstore/rocksdb sees RocksDB: go through log_storage.h"}};
}

// No view reads another: a file belongs to at most one of them.
std::vector<Finding> CheckViews(const std::vector<SourceFile>& files) {
  std::set<std::string> views;
  for (const SourceFile& file : files) {
    if (IsBelow(file.path, "projections") && absl::EndsWith(file.path, ".h") &&
        absl::StrContains(CodeOnly(file.text), " kName = ")) {
      views.insert(file.path);
    }
  }
  std::vector<Finding> findings;
  for (const SourceFile& file : files) {
    if (!IsBelow(file.path, "projections")) continue;
    std::set<std::string> seen;
    const std::string own = absl::StrCat(absl::StripSuffix(file.path, ".cc"), ".h");
    if (views.count(file.path) > 0) seen.insert(file.path);
    if (views.count(own) > 0) seen.insert(own);
    re2::StringPiece rest(file.text);
    std::string header;
    while (RE2::FindAndConsume(&rest, R"re(#\s*include\s*"([^"]+)")re", &header)) {
      if (views.count(header) > 0) seen.insert(header);
    }
    if (seen.size() < 2) continue;
    findings.push_back({file.path, 0,
                        absl::StrCat("knows two views (", absl::StrJoin(seen, ", "),
                                     "): share rows' shapes and filters, not tables")});
  }
  return findings;
}

TEST(LayersTest, EveryIncludeIsAnAllowedEdge) {
  const Edges edges = ReadEdges();
  const std::vector<SourceFile> files = ReadOurCode();
  ASSERT_GT(edges.size(), 10u);
  ASSERT_GT(files.size(), 10u) << "run from the repository's root";
  std::vector<Finding> findings;
  for (const SourceFile& file : files) {
    for (Finding& finding : CheckIncludes(edges, file)) findings.push_back(std::move(finding));
    for (Finding& finding : CheckEngine(file)) findings.push_back(std::move(finding));
  }
  EXPECT_EQ(Report(findings), "");
}

TEST(LayersTest, NoViewReadsAnother) { EXPECT_EQ(Report(CheckViews(ReadOurCode())), ""); }

// Code in a folder that no test reads would escape every rule.
TEST(LayersTest, AllCodeIsInAFolderThatIsRead) {
  std::set<std::string> read;
  for (const SourceFile& file : ReadOurCode())
    read.insert(file.path.substr(0, file.path.find('/')));
  for (const auto& entry : std::filesystem::directory_iterator(".")) {
    const std::string folder = entry.path().filename().string();
    if (!entry.is_directory() || folder[0] == '.' || folder == "build" ||
        folder == "node_modules" || read.count(folder) > 0) {
      continue;
    }
    for (const SourceFile& file : ReadSources({folder}, {".h", ".hpp", ".cc", ".cpp", ".cxx"})) {
      ADD_FAILURE() << file.path << ": add '" << folder << "' to ReadOurCode and layers.cmake";
    }
  }
  for (const std::string& folder : read) {
    for (const SourceFile& file : ReadSources({folder}, {".hh", ".hpp", ".cpp", ".cxx"})) {
      ADD_FAILURE() << file.path << ": name it .h or .cc, which the rules read";
    }
  }
}

TEST(LayersTest, EveryImportIsAnAllowedEdge) {
  const Edges edges = ReadEdges();
  const std::vector<SourceFile> files = ReadSources({"proto"}, {".proto"});
  ASSERT_GT(files.size(), 3u);
  std::vector<Finding> findings;
  for (const SourceFile& file : files) {
    for (Finding& finding : CheckImports(edges, file)) findings.push_back(std::move(finding));
  }
  EXPECT_EQ(Report(findings), "");
}

TEST(LayersTest, TheTableHasNoCycle) {
  const Edges edges = ReadEdges();
  // Layers whose dependencies are all known to be free of cycles, until nothing new is found.
  std::set<std::string> free_of_cycles;
  for (size_t before = edges.size() + 1; before != free_of_cycles.size();) {
    before = free_of_cycles.size();
    for (const auto& [layer, below] : edges) {
      bool all_free = true;
      for (const std::string& other : below) all_free &= free_of_cycles.count(other) > 0;
      if (all_free) free_of_cycles.insert(layer);
    }
  }
  for (const auto& [layer, below] : edges) {
    EXPECT_TRUE(free_of_cycles.count(layer)) << layer << " -> " << absl::StrJoin(below, ", ");
  }
}

TEST(LayersTest, FindsForbiddenIncludes) {
  const Edges edges = ReadEdges();
  const struct {
    const char* path;
    const char* line;
    const char* message;  // nullptr: allowed
  } kCases[] = {
      {"domain/x.cc", "#include \"base/reason.h\"", nullptr},
      {"domain/x.cc", "#include \"domain/y.h\"", nullptr},
      {"domain/x.cc", "#include <vector>", nullptr},
      {"domain/x.cc", "#include \"crm/v1/x.pb.h\"", nullptr},
      {"domain/x.cc", "#include \"google/type/money.pb.h\"", nullptr},
      {"domain/x.cc", "#include \"crm/v1/x.grpc.pb.h\"", "'domain' may not see 'api_grpc'"},
      {"domain/x.cc", "#include \"eventstore/event_log.h\"", "'domain' may not see 'eventstore'"},
      {"domain/x.cc", "  # include \"services/call.h\"", "'domain' may not see 'services'"},
      {"domain/x.cc", "#include <thread>", "no threads"},
      {"domain/x.cc", "#include \"base/mutex.h\"", "no threads"},
      {"domain/x.cc", "#include \"base/clock.h\"", "no clock"},
      {"domain/x.cc", "#include \"absl/time/clock.h\"", "no clock"},
      {"domain/x.cc", "#include <fstream>", "no files"},
      {"domain/x.cc", "#include <random>", "draws nothing"},
      {"eventstore/x.cc", "#include \"rocksdb/db.h\"", nullptr},
      {"eventstore/x.cc", "#include \"crm/events/v1/x.pb.h\"", "may not see 'events_proto'"},
      {"eventstore/x.cc", "#include \"crm/v1/x.pb.h\"", "may not see 'api_proto'"},
      {"eventstore/x.cc", "#include \"domain/x.h\"", "may not see 'domain'"},
      {"projections/x.cc", "#include \"crm/views/v1/x.pb.h\"", nullptr},
      {"projections/x.cc", "#include <grpcpp/grpcpp.h>", "sees gRPC"},
      {"base/x.cc", "#include \"crm/log/v1/log.pb.h\"", "may not see 'log_proto'"},
      {"base/x.cc", "#include \"google/protobuf/message.h\"", "knows no message"},
      {"services/x.cc", "#include <grpcpp/grpcpp.h>", nullptr},
      {"services/x.cc", "#include \"rocksdb/db.h\"", "storage engines"},
      {"services/x.cc", "#include \"tests/support/x.h\"", "may not see 'tests'"},
      {"tools/crmctl/x.cc", "#include \"crm/v1/x.grpc.pb.h\"", nullptr},
      {"tools/crmctl/x.cc", "#include \"domain/types/money.h\"", "may not see 'domain'"},
      {"tools/crmutil/x.cc", "#include \"services/call.h\"", "may not see 'services'"},
      {"tools/stray/x.cc", "#include \"base/reason.h\"", "'crm_stray' has no row"},
      {"tests/domain/x.cc", "#include \"services/call.h\"", nullptr},
      {"domain/x.cc", "#include \"../services/call.h\"", "from the repository's root"},
      {"domain/x.cc", "#include \"y.h\"", "from the repository's root"},
  };
  for (const auto& c : kCases) {
    const std::string report = Report(CheckIncludes(edges, {c.path, c.line}));
    if (c.message == nullptr) {
      EXPECT_EQ(report, "") << c.path << " " << c.line;
    } else {
      EXPECT_THAT(report, HasSubstr(c.message)) << c.path << " " << c.line;
    }
  }
}

TEST(LayersTest, FindsEnginesAboveThePort) {
  EXPECT_THAT(Report(CheckEngine({"eventstore/x.cc", "\n#include <rocksdb/db.h>\n"})),
              HasSubstr("log_storage.h"));
  EXPECT_THAT(Report(CheckEngine({"eventstore/x.h", "#include \"eventstore/rocksdb/slice.h\"\n"})),
              HasSubstr("log_storage.h"));
  EXPECT_EQ(Report(CheckEngine({"eventstore/rocksdb/x.cc", "#include <rocksdb/db.h>\n"})), "");
}

TEST(LayersTest, FindsViewsThatKnowEachOther) {
  const SourceFile board{"projections/board.h", "  static constexpr int kName = \"board\";\n"};
  const SourceFile tile{"projections/tile.h", "  static constexpr int kName = \"tile\";\n"};
  const SourceFile query{"projections/query.cc", "#include \"projections/board.h\"\n"};
  const SourceFile reader{"projections/board.cc", "#include \"projections/tile.h\"\n"};
  EXPECT_EQ(Report(CheckViews({board, tile, query})), "");
  EXPECT_THAT(Report(CheckViews({board, tile, reader})), HasSubstr("knows two views"));
}

TEST(LayersTest, FindsForbiddenImports) {
  const Edges edges = ReadEdges();
  EXPECT_THAT(Report(CheckImports(edges, {"proto/crm/v1/x_service.proto",
                                          "import \"crm/events/v1/x_events.proto\";"})),
              HasSubstr("'api_proto' may not see 'events_proto'"));
  EXPECT_THAT(Report(CheckImports(edges, {"proto/crm/events/v1/x_events.proto",
                                          "import public \"crm/v1/x_service.proto\";"})),
              HasSubstr("'events_proto' may not see 'api_proto'"));
  EXPECT_EQ(Report(CheckImports(
                edges, {"proto/crm/v1/x_service.proto", "import \"google/type/money.proto\";"})),
            "");
}

}  // namespace
}  // namespace crm::architecture
