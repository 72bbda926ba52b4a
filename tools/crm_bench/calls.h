// Calls that are measured, to crmd or to the echo server.
//
// What they return is kept no longer than the office and the client; calls may be started on any
// thread.
#pragma once

#include <functional>

#include "tools/crm_bench/load.h"
#include "tools/crm_bench/office.h"

namespace crm::bench {

inline constexpr int kManyInFlight = 64;
inline constexpr int kBoardCards = 50;  // of all columns together

// MoveStage of one opportunity after the other. `answered` gets the position of each that went
// well.
StartCall Moves(const Office& office, Client& client,
                std::function<void(int64_t position)> answered = nullptr);
// The same to a server that moves nothing.
StartCall EchoMoves(const Office& office, Client& client);
// MoveStage of one opportunity, again and again.
StartCall HotMoves(const Office& office, Client& client);
StartCall Boards(const Office& office, Client& client);
StartCall Dashboards(const Office& office, Client& client);
// The first fifty open opportunities.
StartCall Lists(const Office& office, Client& client);
// One opportunity after the other.
StartCall Gets(const Office& office, Client& client);

}  // namespace crm::bench
