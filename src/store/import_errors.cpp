#include "json/json_value.hpp"

#include "store/pages.hpp"
#include "store/sql_store.hpp"
#include "store/statements.hpp"

namespace callqueue {
namespace {

/// Errors in one transaction: it lasts some milliseconds.
constexpr std::size_t kErrorsAtOnce = 500;
/// Imports of a campaign whose errors are remembered.
constexpr int kImportsRemembered = 10;

constexpr char kCampaignExists[] = "SELECT 1 FROM call_campaigns WHERE user_id = ?1 AND id = ?2";
// The primary key is the order, here and below.
constexpr char kForgetOlder[] = R"sql(
  DELETE FROM callqueue_import_errors
  WHERE user_id = ?1 AND campaign_id = ?2 AND import_id <= (
    SELECT import_id FROM (SELECT DISTINCT import_id FROM callqueue_import_errors
                           WHERE user_id = ?1 AND campaign_id = ?2) imports
    ORDER BY import_id DESC LIMIT 1 OFFSET ?3))sql";
constexpr char kListImportErrors[] = R"sql(
  SELECT import_id, number, imported_at, line, field, value, reason, record,
    coalesce((SELECT h.record FROM callqueue_import_errors h
              WHERE h.user_id = ?1 AND h.campaign_id = ?2 AND h.import_id = e.import_id
                AND h.number = 0), '')
  FROM callqueue_import_errors e
  WHERE user_id = ?1 AND campaign_id = ?2 AND (import_id, number) > (?3, ?4) AND number > 0
  ORDER BY import_id, number LIMIT ?5)sql";

void require_campaign(Session& session, UserId user_id, CampaignId id) {
  if (!session.value<int>(kCampaignExists, user_id, id)) {
    throw Failure{ErrorCode::not_found, "no such campaign", "campaign_id"};
  }
}

/// A list of `[line, field, value, reason, record]`.
std::string to_json_list(std::span<const CsvError> errors) {
  auto list = json::Json::array();
  for (const auto& error : errors) {
    auto one = json::Json::array();
    one.push_back(error.line);
    for (const auto* text : {&error.field, &error.value, &error.reason, &error.record})
      one.push_back(*text);
    list.push_back(one);
  }
  return json::dump(list);
}

struct Place {
  Uuid import_id;
  std::int64_t number = 0;
};

/// `ID.NUMBER` of the last one seen.
Place place_of(const Page& page) {
  if (page.cursor.empty()) return {};
  const std::string_view text = page.cursor;
  const auto dot = std::min(text.find('.'), text.size() - 1);
  const auto id = parse_uuid(text.substr(0, dot), "cursor");
  const auto number = whole_number(text.substr(dot + 1));
  if (!id || !number) refuse_cursor();
  return {*id, *number};
}

}  // namespace

Result<void> SqlStore::record_import_errors(UserId user_id, CampaignId campaign_id, ImportId id,
                                            int first, std::span<const CsvError> errors) {
  while (!errors.empty()) {
    const auto some = errors.first(std::min(errors.size(), kErrorsAtOnce));
    const auto json = to_json_list(some);
    const auto recorded = write([&](Session& session, Instant now) {
      session.tell(News::nothing);
      session.may_repeat();
      require_campaign(session, user_id, campaign_id);
      if (first == 1) session.run(kForgetOlder, user_id, campaign_id, kImportsRemembered - 1);
      session.run(session.statements().record_import_errors, user_id, campaign_id, id, first, now,
                  JsonText{json});
    });
    if (!recorded) return recorded;
    errors = errors.subspan(some.size());
    first += static_cast<int>(some.size());
    let_others_write();
  }
  return {};
}

Result<PageOf<ImportError>> SqlStore::list_import_errors(UserId user_id, CampaignId campaign_id,
                                                         const Page& page) {
  return read([&](Session& session, Instant) {
    const auto after = place_of(page);
    const auto limit = row_limit(page) + 1;
    require_campaign(session, user_id, campaign_id);
    auto rows = session.query(kListImportErrors, user_id, campaign_id, after.import_id,
                              after.number, limit);
    std::int64_t number = 0;
    return read_page<ImportError>(
        rows, page,
        [&](const Rows& row) {
          number = row.get<std::int64_t>(1);
          return ImportError{.import_id = get_id<ImportId>(row, 0),
                             .imported_at = row.get<Instant>(2),
                             .error = {.line = row.get<std::int64_t>(3),
                                       .field = row.get<std::string>(4),
                                       .value = row.get<std::string>(5),
                                       .reason = row.get<std::string>(6),
                                       .record = row.get<std::string>(7)},
                             .header = row.get<std::string>(8)};
        },
        [&](const ImportError& error) {
          return to_text(error.import_id) + "." + std::to_string(number);
        });
  });
}

}  // namespace callqueue
