#include "postgres/import_rows.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "callqueue/call_campaign.hpp"
#include "callqueue/priority.hpp"
#include "store/contact_lanes.hpp"

namespace callqueue::postgres {
namespace {

// Most numbers are new: tried first, the unique index finds the others.
constexpr char kInsertContacts[] = R"sql(
  INSERT INTO contacts (id, user_id, phone_number, name, email, company, notes, timezone)
  SELECT x.id, $1, x.phone_number, nullif(x.name, ''), nullif(x.email, ''), nullif(x.company, ''),
    nullif(x.notes, ''), nullif(x.timezone, '')
  FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
    x (id, phone_number, name, email, company, notes, timezone)
  ON CONFLICT (user_id, phone_number) DO NOTHING RETURNING id)sql";
constexpr char kKnownContacts[] = R"sql(
  SELECT id, phone_number, name, timezone FROM contacts
  WHERE user_id = $1 AND phone_number = ANY ($2))sql";
// Index callqueue_open_contact: whether the row is open, and this import's.
constexpr char kRowsOfContacts[] = R"sql(
  SELECT q.contact_id, q.status IN ('queued', 'processing'), l.import_id IS NOT DISTINCT FROM $4
  FROM call_queue q JOIN callqueue_lanes l ON l.lane_id = q.lane_id
  WHERE q.contact_id = ANY ($3) AND q.campaign_id = $2 AND q.user_id = $1)sql";
constexpr char kMeetContacts[] = R"sql(
  INSERT INTO callqueue_import_contacts (import_id, user_id, contact_id, created)
  SELECT $1, $2, x.contact_id, x.created FROM unnest($3::uuid[], $4::boolean[]) x (contact_id, created)
  ON CONFLICT DO NOTHING RETURNING contact_id)sql";
// One that somebody else's SQL has queued a moment ago is left out.
constexpr char kInsertRows[] = R"sql(
  INSERT INTO call_queue (id, user_id, campaign_id, agent_id, contact_id, phone_number, contact_name,
                          user_data, priority, position, lane_id, ready, scheduled_for, created_at,
                          updated_at)
  SELECT x.id, $1, $2, $3, x.contact_id, x.phone_number, x.contact_name, x.user_data::jsonb, x.priority,
    x.position, x.lane_id, true, $4, $4, $4
  FROM unnest($5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::text[], $10::integer[],
              $11::bigint[], $12::bigint[])
    x (id, contact_id, phone_number, contact_name, user_data, priority, position, lane_id)
  ON CONFLICT DO NOTHING RETURNING id)sql";
constexpr char kLastPosition[] =
    "UPDATE callqueue_campaign_rules SET last_position = $2 WHERE campaign_id = $1";

/// What a queued call takes from its contact.
struct Person {
  ContactId id;
  std::string name;
  std::string timezone;
  bool created = false;  ///< By this row.
};

class Staging {
 public:
  Staging(PostgresSession& session, Instant now, RunningImport import,
          std::span<const ImportRow> rows, const std::function<Uuid()>& next_id)
      : session_(session),
        connection_(session.connection()),
        now_(now),
        import_(std::move(import)),
        rows_(rows),
        next_id_(next_id),
        people_(rows.size()),
        outcomes_(rows.size(), ImportOutcome::imported) {}

  std::vector<ImportOutcome> run() {
    create_contacts();
    find_known();
    if (import_.queues_calls) {
      if (import_.atomic) note_created();
      queue_calls();
    } else {
      meet_all();
    }
    return std::move(outcomes_);
  }

 private:
  template <class Field>
  std::vector<std::string> column(Field&& field) const {
    std::vector<std::string> values;
    values.reserve(rows_.size());
    for (const auto& row : rows_) values.emplace_back(field(row));
    return values;
  }

  void create_contacts() {
    std::vector<ContactId> ids;
    std::unordered_map<Uuid, std::size_t> places;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      ids.push_back(ContactId{next_id_()});
      places.emplace(ids.back().value, i);
    }
    auto created = connection_.query(kInsertContacts, import_.user_id, ids,
                                     column([](const ImportRow& row) { return row.phone_number; }),
                                     column([](const ImportRow& row) { return row.name; }),
                                     column([](const ImportRow& row) { return row.email; }),
                                     column([](const ImportRow& row) { return row.company; }),
                                     column([](const ImportRow& row) { return row.notes; }),
                                     column([](const ImportRow& row) { return row.timezone; }));
    while (created.step()) {
      const auto id = created.get<Uuid>(0);
      const auto place = places.at(id);
      people_[place] = Person{.id = ContactId{id},
                              .name = std::string{rows_[place].name},
                              .timezone = std::string{rows_[place].timezone},
                              .created = true};
    }
  }

  /// The contacts of the other rows; the file's name comes first.
  void find_known() {
    std::vector<std::string> numbers;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (!people_[i]) numbers.emplace_back(rows_[i].phone_number);
    }
    if (numbers.empty()) return;
    std::unordered_map<std::string, Person> known;
    auto found = connection_.query(kKnownContacts, import_.user_id, numbers);
    while (found.step()) {
      known.emplace(found.get<std::string>(1), Person{.id = ContactId{found.get<Uuid>(0)},
                                                      .name = found.get<std::string>(2),
                                                      .timezone = found.get<std::string>(3)});
    }
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (people_[i]) continue;
      const auto person = known.find(std::string{rows_[i].phone_number});
      if (person == known.end()) {
        throw Failure{ErrorCode::unavailable, "a contact was deleted while it was imported"};
      }
      people_[i] = person->second;
      if (!is_blank(rows_[i].name)) people_[i]->name = std::string{rows_[i].name};
    }
  }

  /// Of an atomic import: to be taken back with it.
  void note_created() {
    std::vector<ContactId> ids;
    for (const auto& person : people_) {
      if (person->created) ids.push_back(person->id);
    }
    if (!ids.empty()) meet(ids, true);
  }

  std::set<Uuid> meet(const std::vector<ContactId>& ids, bool created) {
    std::set<Uuid> met;
    auto rows = connection_.query(kMeetContacts, import_.id, import_.user_id, ids,
                                  std::vector<bool>(ids.size(), created));
    while (rows.step()) met.insert(rows.get<Uuid>(0));
    return met;
  }

  /// An import of contacts alone tells duplicates by whom it has met.
  void meet_all() {
    note_created();
    std::vector<ContactId> others;
    for (const auto& person : people_) {
      if (!person->created) others.push_back(person->id);
    }
    if (others.empty()) return;
    auto met = meet(others, false);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (people_[i]->created) continue;
      outcomes_[i] = met.erase(people_[i]->id.value) > 0 ? ImportOutcome::matched
                                                         : ImportOutcome::duplicate_in_file;
    }
  }

  /// Contacts that have rows in the campaign already, and why no other is to be added.
  std::map<ContactId, ImportOutcome> reasons_to_skip() {
    std::vector<ContactId> ids;
    for (const auto& person : people_) {
      if (!person->created) ids.push_back(person->id);
    }
    std::map<ContactId, ImportOutcome> reasons;
    if (ids.empty()) return reasons;
    auto rows =
        connection_.query(kRowsOfContacts, import_.user_id, import_.campaign_id, ids, import_.id);
    while (rows.step()) {
      const ContactId id{rows.get<Uuid>(0)};
      const bool is_open = rows.get<bool>(1);
      const bool is_ours = rows.get<bool>(2);
      if (is_ours) {
        reasons[id] = ImportOutcome::duplicate_in_file;
      } else if (is_open || !import_.again) {
        reasons.emplace(id, ImportOutcome::already_in_campaign);
      }
    }
    return reasons;
  }

  void queue_calls() {
    auto skip = reasons_to_skip();
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const auto& person = *people_[i];
      if (const auto reason = skip.find(person.id); reason != skip.end()) {
        outcomes_[i] = reason->second;
        continue;
      }
      outcomes_[i] = person.created ? ImportOutcome::imported : ImportOutcome::matched;
      skip.emplace(person.id, ImportOutcome::duplicate_in_file);
      queue_call(i, person);
    }
    insert_rows();
    connection_.query(kLastPosition, import_.campaign_id, import_.last_position);
  }

  void queue_call(std::size_t place, const Person& person) {
    const auto& row = rows_[place];
    // The contact's name may stand in for one that the file leaves out.
    const bool named_by_contact = is_blank(row.name) && !is_blank(person.name);
    queued_.places.push_back(place);
    queued_.ids.push_back(QueuedCallId{next_id_()});
    queued_.contacts.push_back(person.id);
    queued_.numbers.emplace_back(row.phone_number);
    queued_.names.push_back(person.name);
    queued_.data.emplace_back(row.user_data);
    queued_.priorities.push_back(named_by_contact ? row.priority_if_named : row.priority);
    queued_.positions.push_back(++import_.last_position);
    queued_.lanes.push_back(lane(person.timezone));
  }

  std::int64_t lane(const std::string& contact_timezone) {
    const auto timezone = resolve_timezone(import_.clock, contact_timezone,
                                           import_.campaign_timezone, import_.user_timezone);
    const auto known = lanes_.find(timezone);
    if (known != lanes_.end()) return known->second;
    const auto found =
        lane_of_zone(session_, import_.user_id, import_.campaign_id, timezone, import_.id);
    return lanes_.emplace(timezone, found).first->second;
  }

  void insert_rows() {
    if (queued_.ids.empty()) return;
    std::set<Uuid> missing;
    for (const auto& id : queued_.ids) missing.insert(id.value);
    auto inserted =
        connection_.query(kInsertRows, import_.user_id, import_.campaign_id, import_.agent_id, now_,
                          queued_.ids, queued_.contacts, queued_.numbers, queued_.names,
                          queued_.data, queued_.priorities, queued_.positions, queued_.lanes);
    while (inserted.step()) missing.erase(inserted.get<Uuid>(0));
    for (std::size_t i = 0; !missing.empty() && i < queued_.ids.size(); ++i) {
      if (missing.contains(queued_.ids[i].value)) {
        outcomes_[queued_.places[i]] = ImportOutcome::already_in_campaign;
      }
    }
  }

  /// The rows to insert, a column each.
  struct Queued {
    std::vector<std::size_t> places;
    std::vector<QueuedCallId> ids;
    std::vector<ContactId> contacts;
    std::vector<std::string> numbers;
    std::vector<std::string> names;
    std::vector<std::string> data;
    std::vector<int> priorities;
    std::vector<std::int64_t> positions;
    std::vector<std::int64_t> lanes;
  };

  PostgresSession& session_;
  Connection& connection_;
  Instant now_;
  RunningImport import_;
  std::span<const ImportRow> rows_;
  const std::function<Uuid()>& next_id_;
  std::vector<std::optional<Person>> people_;  ///< One a row; all there after `find_known`.
  std::vector<ImportOutcome> outcomes_;
  std::map<std::string, std::int64_t> lanes_;  ///< By zone.
  Queued queued_;
};

}  // namespace

std::vector<ImportOutcome> stage_together(PostgresSession& session, Instant now,
                                          RunningImport import, std::span<const ImportRow> rows,
                                          const std::function<Uuid()>& next_id) {
  if (rows.empty()) return {};
  return Staging{session, now, std::move(import), rows, next_id}.run();
}

}  // namespace callqueue::postgres
