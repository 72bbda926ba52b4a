// A pipeline board as text: the columns side by side as far as the terminal goes, the rest below.
// Pure.
#pragma once

#include <string>

#include "crm/v1/board.pb.h"
#include "tools/crmctl/render.h"

namespace crm::ctl {

// `columns` is the width to fill (at least 20). Amounts, ages and marks: "!" stagnant, "~" warned,
// "z" on standby.
std::string DrawBoard(const crm::v1::Board& board, const Style& style, int columns);

}  // namespace crm::ctl
