#include "projections/lead_board.h"

#include <string>
#include <utility>

#include "base/status_macros.h"
#include "domain/render.h"
#include "projections/board_draft.h"
#include "projections/sort_key.h"

namespace crm::projections {

using views::v1::LeadCard;
using views::v1::LeadHolder;
using views::v1::LeadPlace;
using views::v1::OrganizationShape;
using views::v1::PersonalDetails;
using views::v1::PipelineShape;
using views::v1::StageShape;

namespace {

constexpr int64_t kFullProbabilityBp = 10000;

LeadBoard::CardKey KeyAt(const LeadPlace& place, const Uuid& lead) {
  return {place.worked(), UuidOf(place.team_id()), UuidOf(place.owner_id()),
          Descending<int64_t>{place.create_time_us()}, lead};
}

// What the card is called: what it is about, or whom.
std::string TitleOf(const LeadCard& card, const PersonalDetails& person) {
  return card.display_name().empty() ? PartyOf(card, person) : card.display_name();
}

// By rank: priority, then expected revenue, then name. The first two need no name.
std::string RankBeginOf(const LeadCard& card) {
  return SortKey(Descending<int64_t>{card.priority()}, Descending<int64_t>{card.expected_minor()});
}

std::string RankOf(const LeadCard& card, const std::string& title) {
  return RankBeginOf(card) + SortKey(SortedName(title), UuidOf(card.lead_id()));
}

// A lead counts alone, with the probability of its stage.
Contribution ContributionOf(const LeadCard& card, const StageShape* stage) {
  Contribution contribution;
  contribution.probability_bp = stage == nullptr ? 0 : stage->probability_bp();
  contribution.expected = ExpectedRevenueOf(card);
  if (contribution.expected.has_value()) {
    // A probability is at most one, so this cannot overflow.
    contribution.weighted =
        *contribution.expected->Scale(contribution.probability_bp, kFullProbabilityBp);
  }
  return contribution;
}

v1::Card RenderCard(const LeadCard& card, const std::string& title, const StageShape* stage,
                    const Contribution& contribution) {
  v1::Card shown;
  shown.set_record(domain::NameOf(domain::FromBytes<domain::LeadId>(card.lead_id())));
  shown.set_display_name(title);
  shown.set_customer(domain::NameOf(domain::FromBytes<domain::CustomerId>(card.customer_id())));
  shown.set_team(domain::NameOf(domain::FromBytes<domain::TeamId>(card.team_id())));
  shown.set_owner(domain::NameOf(domain::FromBytes<domain::MemberId>(card.owner_id())));
  if (contribution.expected.has_value()) {
    *shown.mutable_expected_revenue() = contribution.expected->ToProto();
    *shown.mutable_weighted_revenue() = contribution.weighted->ToProto();
  }
  shown.set_probability_bp(contribution.probability_bp);
  shown.set_priority(card.priority());
  *shown.mutable_tags() = card.tags();
  *shown.mutable_stage_enter_time() =
      domain::TimestampOf(absl::FromUnixMicros(card.stage_enter_time_us()));
  shown.set_counts_expected(contribution.counts_expected);
  shown.set_counts_weighted(contribution.counts_weighted);
  if (stage != nullptr) {
    shown.set_stage(
        domain::NameOf(domain::StageName{domain::FromBytes<domain::PipelineId>(card.pipeline_id()),
                                         domain::FromBytes<domain::StageId>(card.stage_id())}));
  }
  return shown;
}

void ShowAge(int32_t age_days, const StageShape* stage, bool stagnant, v1::Card& shown) {
  shown.set_stage_age_days(age_days);
  shown.set_stagnant(stagnant);
  shown.set_warned(stage != nullptr && stage->warn_after_days() > 0 &&
                   age_days > stage->warn_after_days());
}

}  // namespace

absl::StatusOr<LeadCard> LeadBoard::TakeCard(ViewTransaction& rows, const Uuid& lead) {
  ASSIGN_OR_RETURN(const LeadPlace* place, kPlaces.Find(rows, {lead}));
  if (place == nullptr) return LeadCard();
  const CardKey key = KeyAt(*place, lead);
  ASSIGN_OR_RETURN(const LeadCard* card, kCards.Find(rows, key));
  if (card == nullptr) return LeadCard();
  LeadCard taken = *card;
  kCards.Erase(rows, key);
  return taken;
}

absl::Status LeadBoard::PutCard(ViewTransaction& rows, LeadCard card) {
  const Uuid lead = UuidOf(card.lead_id());
  LeadPlace place;
  place.set_worked(IsWorked(card));
  place.set_team_id(card.team_id());
  place.set_owner_id(card.owner_id());
  place.set_create_time_us(card.create_time_us());
  const std::tuple<Uuid, Uuid> holder(UuidOf(card.team_id()), UuidOf(card.owner_id()));
  ASSIGN_OR_RETURN(const LeadHolder* known, kHolders.Find(rows, holder));
  if (known == nullptr) kHolders.Put(rows, holder, LeadHolder());
  kCards.Put(rows, KeyAt(place, lead), std::move(card));
  kPlaces.Put(rows, {lead}, std::move(place));
  return absl::OkStatus();
}

absl::Status LeadBoard::Apply(const events::v1::CommentAdded& event, const domain::EventMetadata&,
                              ViewTransaction& rows) {
  if (event.parent_category() != domain::StreamOf(domain::LeadId()).category) {
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(LeadCard card, TakeCard(rows, UuidOf(event.parent_id())));
  if (card.lead_id().empty()) return absl::OkStatus();
  card.set_contacted(true);
  return PutCard(rows, std::move(card));
}

absl::StatusOr<std::vector<LeadBoard::Holder>> LeadBoard::HoldersFor(const LeadFilter& filter,
                                                                     const ViewReader& rows,
                                                                     const QueryContext& context) {
  std::vector<Holder> holders;
  RETURN_IF_ERROR(kHolders.Scan(rows, kHolders.All(), [&](const auto& key, const LeadHolder&) {
    const auto& [team, owner] = key;
    const domain::Scope scope = {.team = domain::TeamId(team),
                                 .owner = domain::MemberId(owner),
                                 .contributors = {},
                                 .shared = false};
    if (context.Sees(scope) &&
        filter.MatchesHolder(domain::ToBytes(scope.team), domain::ToBytes(scope.owner))) {
      holders.emplace_back(team, owner);
    }
    return true;
  }));
  return holders;
}

absl::StatusOr<OrganizationShape> LeadBoard::Organization(const ViewReader& rows) {
  ASSIGN_OR_RETURN(std::optional<OrganizationShape> organization, kOrganization.Get(rows, {}));
  return organization.has_value() ? *std::move(organization) : OrganizationShape();
}

absl::StatusOr<v1::Board> LeadBoard::Answer(const v1::GetLeadBoardRequest& request,
                                            const ViewReader& rows, QueryContext& context) {
  ASSIGN_OR_RETURN(const auto id, domain::ParseName<domain::PipelineId>(request.pipeline()));
  ASSIGN_OR_RETURN(const std::optional<PipelineShape> pipeline, kPipelines.Get(rows, {id.uuid()}));
  if (!pipeline.has_value() || pipeline->kind() != v1::PIPELINE_KIND_LEAD) {
    return NoSuchPipeline(request.pipeline());
  }
  ASSIGN_OR_RETURN(const OrganizationShape organization, Organization(rows));
  const domain::Zone zone = ZoneOf(organization);
  const absl::CivilDay today = zone.DayOf(context.at());
  ASSIGN_OR_RETURN(LeadFilter filter, LeadFilter::Create(request.filter(), zone));
  filter.ForBoard();
  BoardDraft draft(request.cards_per_column());
  const std::string pipeline_id = domain::ToBytes(id);
  const auto consider = [&](const auto&, const LeadCard& card) -> absl::StatusOr<bool> {
    if (card.pipeline_id() != pipeline_id || !filter.Matches(card)) return true;
    const StageShape* stage = FindStage(*pipeline, card.stage_id());
    const int32_t age = StageAgeDays(card.stage_enter_time_us(), today, zone);
    const bool stagnant = IsStagnant(age, stage, organization, /*standby=*/false);
    if (filter.wants_stagnant() && !stagnant) return true;
    const auto person_of = [&] {
      return DetailsOf(kPersons, rows, card.subject_id(), card.lead_id());
    };
    if (filter.wants_text()) {
      ASSIGN_OR_RETURN(const PersonalDetails person, person_of());
      if (!filter.MatchesText(card, person)) return true;
    }
    const Contribution contribution = ContributionOf(card, stage);
    const auto describe = [&]() -> absl::StatusOr<RankedCard> {
      ASSIGN_OR_RETURN(const PersonalDetails person, person_of());
      const std::string title = TitleOf(card, person);
      return RankedCard{RankOf(card, title), [=] {
                          v1::Card shown = RenderCard(card, title, stage, contribution);
                          ShowAge(age, stage, stagnant, shown);
                          return shown;
                        }};
    };
    RETURN_IF_ERROR(
        draft.Add(card.stage_id(), stagnant, contribution, RankBeginOf(card), describe));
    return true;
  };
  ASSIGN_OR_RETURN(const std::vector<Holder> holders, HoldersFor(filter, rows, context));
  for (const auto& [team, owner] : holders) {
    RETURN_IF_ERROR(kCards.Scan(rows, kCards.Prefix(true, team, owner), consider));
  }
  return std::move(draft).Take(id, *pipeline);
}

}  // namespace crm::projections
