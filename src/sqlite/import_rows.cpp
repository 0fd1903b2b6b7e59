#include "sqlite/import_rows.hpp"

#include <algorithm>
#include <utility>

#include "callqueue/priority.hpp"
#include "store/rows.hpp"

namespace callqueue::sqlite {
namespace {

// Parameters 1 to 3 differ from row to row, the others are the same for all.
constexpr const char* kInsertContact =
    "INSERT INTO contacts (id, phone_number, name, email, company, notes, timezone, user_id) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (user_id, phone_number) DO NOTHING";
constexpr int kContactUser = 8;

constexpr const char* kInsertRow =
    "INSERT INTO call_queue (id, contact_id, phone_number, contact_name, user_data, priority, "
    "position, lane_id, user_id, campaign_id, agent_id, scheduled_for, created_at, updated_at, "
    "status, ready) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12, ?12, 'queued', 1)";
constexpr int kRowUser = 9;

// What the triggers callqueue_row_ready_insert and trigger_update_campaign_statistics_insert do for
// queued, ready rows; callqueue_row_insert has nothing to do for rows with a lane.
constexpr char kCount[] =
    "UPDATE call_campaigns SET total_contacts = total_contacts + ?2 WHERE id = ?1";
constexpr char kLaneIsReady[] =
    "UPDATE callqueue_lanes SET has_ready = 1 WHERE lane_id = ?1 AND has_ready = 0";
constexpr char kHostsTriggers[] =
    "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'trigger' "
    "AND tbl_name IN ('contacts', 'call_queue', 'call_campaigns', 'callqueue_lanes') "
    "AND name NOT GLOB 'callqueue_*' AND name NOT GLOB 'trigger_update_call_*' "
    "AND name NOT GLOB 'trigger_update_campaign_statistics*')";

void write_text(const Uuid& uuid, char* to) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *to++ = '-';
    *to++ = digits[uuid.bytes[i] >> 4U];
    *to++ = digits[uuid.bytes[i] & 15U];
  }
}

}  // namespace

ImportRows::ImportRows(Database& database, Instant now, RunningImport import, UuidSource& uuids)
    : database_(database),
      now_(now),
      import_(std::move(import)),
      uuids_(uuids),
      user_id_(to_text(import_.user_id)),
      campaign_id_(to_text(import_.campaign_id)),
      agent_id_(to_text(import_.agent_id)),
      id_(to_text(import_.id)),
      insert_contact_(database.prepare(kInsertContact)),
      insert_row_(database.prepare(kInsertRow)) {
  if (!database.value<bool>(kHostsTriggers).value()) triggers_off_.emplace(database);
  insert_contact_.bind_at(kContactUser, user_id_);
  insert_row_.bind_at(kRowUser, user_id_);
  insert_row_.bind_at(kRowUser + 1, campaign_id_);
  insert_row_.bind_at(kRowUser + 2, agent_id_);
  insert_row_.bind_at(kRowUser + 3, now_);
}

ImportRows::~ImportRows() = default;

ImportOutcome ImportRows::stage(const ImportRow& row) {
  // Most numbers are new: tried first, the unique index finds the others.
  if (!create_contact(row)) return stage_for_existing(row);
  if (!import_.queues_calls) return ImportOutcome::imported;
  queue_call(
      row,
      {.id = {contact_id_.data(), contact_id_.size()}, .name = row.name, .timezone = row.timezone});
  return ImportOutcome::imported;
}

void ImportRows::finish() {
  if (!import_.queues_calls) return;
  if (triggers_off_) {
    database_.run(kCount, import_.campaign_id, queued_);
    for (const auto& [timezone, lane_id] : lanes_) database_.run(kLaneIsReady, lane_id);
  }
  database_.run("UPDATE callqueue_campaign_rules SET last_position = ?2 WHERE campaign_id = ?1",
                import_.campaign_id, import_.last_position);
}

bool ImportRows::create_contact(const ImportRow& row) {
  insert_contact_.reset();
  insert_contact_.bind_at(1, new_id(contact_id_));
  insert_contact_.bind_at(2, row.phone_number);
  insert_contact_.bind_at(3, row.name);
  insert_contact_.bind_at(4, row.email);
  insert_contact_.bind_at(5, row.company);
  insert_contact_.bind_at(6, row.notes);
  insert_contact_.bind_at(7, row.timezone);
  insert_contact_.run();
  if (database_.changes() == 0) return false;
  if (import_.atomic || !import_.queues_calls) {
    (void)meet({contact_id_.data(), contact_id_.size()}, true);
  }
  return true;
}

bool ImportRows::meet(std::string_view contact_id, bool created) {
  return database_.run(
             "INSERT INTO callqueue_import_contacts (import_id, contact_id, created) "
             "VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
             id_, contact_id, created) > 0;
}

ImportOutcome ImportRows::stage_for_existing(const ImportRow& row) {
  auto contact = database_.query(
      "SELECT id, name, timezone FROM contacts WHERE user_id = ?1 AND phone_number = ?2", user_id_,
      row.phone_number);
  contact.step();
  const Person person{.id = contact.get<std::string_view>(0),
                      .name = is_blank(row.name) ? contact.get<std::string_view>(1) : row.name,
                      .timezone = contact.get<std::string_view>(2)};
  if (!import_.queues_calls) {
    return meet(person.id, false) ? ImportOutcome::matched : ImportOutcome::duplicate_in_file;
  }
  if (const auto skip = reason_to_skip(person.id)) return *skip;
  queue_call(row, person);
  return ImportOutcome::matched;
}

std::optional<ImportOutcome> ImportRows::reason_to_skip(std::string_view contact_id) {
  // Served by callqueue_open_contact.
  auto rows = database_.query(
      "SELECT q.status IN ('queued', 'processing'), l.import_id IS ?3 "
      "FROM call_queue q JOIN callqueue_lanes l ON l.lane_id = q.lane_id "
      "WHERE q.contact_id = ?1 AND q.campaign_id = ?2",
      contact_id, campaign_id_, id_);
  std::optional<ImportOutcome> reason;
  while (rows.step()) {
    const bool ours = rows.get<bool>(1);
    if (ours) return ImportOutcome::duplicate_in_file;
    const bool open = rows.get<bool>(0);
    if (open || !import_.again) reason = ImportOutcome::already_in_campaign;
  }
  return reason;
}

void ImportRows::queue_call(const ImportRow& row, const Person& person) {
  const auto lane_id = lane(person.timezone);
  insert_row_.reset();
  insert_row_.bind_at(1, new_id(queue_id_));
  insert_row_.bind_at(2, person.id);
  insert_row_.bind_at(3, row.phone_number);
  insert_row_.bind_at(4, person.name);
  insert_row_.bind_at(5, row.user_data);
  // The contact's name may stand in for one that the file leaves out.
  const bool named_by_contact = is_blank(row.name) && !is_blank(person.name);
  insert_row_.bind_at(6, named_by_contact ? row.priority_if_named : row.priority);
  insert_row_.bind_at(7, ++import_.last_position);
  insert_row_.bind_at(8, lane_id);
  insert_row_.run();
  ++queued_;
}

std::int64_t ImportRows::lane(std::string_view contact_timezone) {
  if (lane_id_ != 0 && contact_timezone == lane_timezone_) return lane_id_;
  lane_timezone_ = contact_timezone;
  const auto timezone = resolve_timezone(import_.clock, lane_timezone_, import_.campaign_timezone,
                                         import_.user_timezone);
  const auto known = lanes_.find(timezone);
  lane_id_ = known != lanes_.end() ? known->second
                                   : lanes_.emplace(timezone, open_lane(timezone)).first->second;
  return lane_id_;
}

std::int64_t ImportRows::open_lane(const std::string& timezone) {
  // A lane whose zone is in doubt (relane) gets no more rows.
  if (const auto lane = database_.value<std::int64_t>(
          "SELECT lane_id FROM callqueue_lanes WHERE campaign_id = ?1 AND timezone = ?2 "
          "AND import_id = ?3 AND relane = 0",
          import_.campaign_id, timezone, import_.id)) {
    return *lane;
  }
  database_.run(
      "INSERT INTO callqueue_lanes (user_id, campaign_id, timezone, import_id, campaign_status, "
      "has_ready) SELECT user_id, id, ?2, ?3, status, 1 FROM call_campaigns WHERE id = ?1",
      import_.campaign_id, timezone, import_.id);
  return database_.last_insert_rowid();
}

std::string_view ImportRows::new_id(IdText& text) {
  write_text(uuids_.next(now_), text.data());
  return {text.data(), text.size()};
}

}  // namespace callqueue::sqlite
