#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "callqueue/validate.hpp"
#include "store/completion.hpp"
#include "store/contact_lanes.hpp"
#include "store/pages.hpp"
#include "store/references.hpp"
#include "store/sql_store.hpp"

namespace callqueue {
namespace {

constexpr char kInsertContact[] = R"sql(
  INSERT INTO contacts (id, user_id, name, phone_number, email, company, notes, timezone)
  VALUES (?1, ?2, NULLIF(?3, ''), ?4, NULLIF(?5, ''), NULLIF(?6, ''), NULLIF(?7, ''),
          NULLIF(?8, '')))sql";
// Index contacts_id_user_id_unique.
constexpr char kFindContact[] = R"sql(
  SELECT id, user_id, name, phone_number, email, company, notes, timezone
  FROM contacts WHERE user_id = ?1 AND id = ?2)sql";
// Index contacts_user_id_phone_number_unique.
constexpr char kFindByPhone[] = R"sql(
  SELECT id, user_id, name, phone_number, email, company, notes, timezone
  FROM contacts WHERE user_id = ?1 AND phone_number = ?2)sql";
// Index contacts_id_user_id_unique is the order; the search looks at each row. Numbers are compared
// as they are written, which LIKE does not do on SQLite.
constexpr char kListContacts[] = R"sql(
  SELECT id, user_id, name, phone_number, email, company, notes, timezone
  FROM contacts WHERE user_id = ?1 AND id > ?2
    AND (?3 = '' OR lower(name) LIKE lower(?4) ESCAPE '\' OR replace(phone_number, ?6, '') <> phone_number)
  ORDER BY id LIMIT ?5)sql";
constexpr char kUpdateContact[] = R"sql(
  UPDATE contacts SET name = NULLIF(?3, ''), phone_number = ?4, email = NULLIF(?5, ''),
    company = NULLIF(?6, ''), notes = NULLIF(?7, ''), timezone = NULLIF(?8, '')
  WHERE user_id = ?1 AND id = ?2)sql";
// Index callqueue_open_contact, here and below. A number or name that somebody has given the row
// itself stays.
constexpr char kUpdateRows[] = R"sql(
  UPDATE call_queue SET
    phone_number = CASE WHEN phone_number = ?3 THEN ?4 ELSE phone_number END,
    contact_name = CASE WHEN coalesce(contact_name, '') = ?5 THEN NULLIF(?6, '') ELSE contact_name END,
    updated_at = ?7
  WHERE contact_id = ?2 AND user_id = ?1 AND status = 'queued'
    AND (phone_number = ?3 OR coalesce(contact_name, '') = ?5))sql";
constexpr char kDeleteRows[] = "DELETE FROM call_queue WHERE contact_id = ?2 AND user_id = ?1";
constexpr char kDeleteContact[] = "DELETE FROM contacts WHERE user_id = ?1 AND id = ?2";

Contact read_contact(const Rows& row) {
  return {.id = get_id<ContactId>(row, 0),
          .user_id = get_id<UserId>(row, 1),
          .name = row.get<std::string>(2),
          .phone_number = row.get<std::string>(3),
          .email = row.get<std::string>(4),
          .company = row.get<std::string>(5),
          .notes = row.get<std::string>(6),
          .timezone = row.get<std::string>(7)};
}

std::optional<Contact> find(Session& session, UserId user_id, ContactId id) {
  auto row = session.query(kFindContact, user_id, id);
  if (!row.step()) return std::nullopt;
  return read_contact(row);
}

Contact load_contact(Session& session, UserId user_id, ContactId id) {
  auto contact = find(session, user_id, id);
  if (!contact) throw Failure{ErrorCode::not_found, "no such contact", "contact_id"};
  return *std::move(contact);
}

/// What waits calls the number that the contact has now.
void update_rows(Session& session, const Contact& old, const Contact& contact, Instant now) {
  if (contact.phone_number == old.phone_number && contact.name == old.name) return;
  session.run(kUpdateRows, contact.user_id, contact.id, old.phone_number, contact.phone_number,
              old.name, contact.name, now);
}

/// What is searched in numbers, which are stored as +14155550123: people write them with blanks,
/// and as they are dialed within the country.
std::string number_part(std::string_view search) {
  constexpr std::string_view kBetween = " +-/.()";
  constexpr std::string_view kTrunk = "(0)";
  std::string digits{search};
  if (const auto trunk = digits.find(kTrunk); trunk != std::string::npos) {
    digits.erase(trunk, kTrunk.size());
  }
  std::erase_if(digits, [kBetween](char c) { return kBetween.find(c) != std::string_view::npos; });
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), is_digit)) {
    return std::string{search};
  }
  const auto first = digits.find_first_not_of('0');
  return first == std::string::npos ? digits : digits.substr(first);
}

/// A number belongs to one contact of a user.
void require_free_number(Session& session, const Contact& contact) {
  auto row = session.query(kFindByPhone, contact.user_id, contact.phone_number);
  if (row.step() && get_id<ContactId>(row, 0) != contact.id) {
    throw Failure{ErrorCode::conflict, "another contact has this phone number", "phone_number"};
  }
}

}  // namespace

Contact require_contact(Session& session, UserId user_id, ContactId contact_id) {
  return load_contact(session, user_id, contact_id);
}

Result<Contact> SqlStore::create_contact(const Contact& contact) {
  if (auto good = validate(contact); !good) return tl::unexpected(std::move(good.error()));
  return write([&](Session& session, Instant now) {
    session.touch(contact.user_id);
    session.tell(News::change);
    require_user(session, contact.user_id);
    const auto id = contact.id.is_nil() ? next_id<ContactId>(now) : contact.id;
    if (find(session, contact.user_id, id)) {
      throw Failure{ErrorCode::conflict, "there is a contact with this id", "id"};
    }
    require_free_number(session, contact);
    session.run(kInsertContact, id, contact.user_id, contact.name, contact.phone_number,
                contact.email, contact.company, contact.notes, contact.timezone);
    return load_contact(session, contact.user_id, id);
  });
}

Result<Contact> SqlStore::find_contact(UserId user_id, ContactId id) {
  return read([&](Session& session, Instant) { return load_contact(session, user_id, id); });
}

Result<Contact> SqlStore::find_contact_by_phone(UserId user_id, std::string_view phone_number) {
  return read([&](Session& session, Instant) {
    auto row = session.query(kFindByPhone, user_id, phone_number);
    if (!row.step()) throw Failure{ErrorCode::not_found, "no such contact", "phone_number"};
    return read_contact(row);
  });
}

Result<PageOf<Contact>> SqlStore::list_contacts(UserId user_id, const ContactFilter& filter,
                                                const Page& page) {
  return read([&](Session& session, Instant) {
    const auto after = id_cursor(page);
    const auto pattern = holds_pattern(filter.search);
    auto rows = session.query(kListContacts, user_id, after, filter.search, pattern,
                              row_limit(page) + 1, number_part(filter.search));
    return read_page<Contact>(rows, page, read_contact,
                              [](const Contact& contact) { return to_text(contact.id); });
  });
}

Result<Contact> SqlStore::update_contact(const Contact& contact) {
  if (auto good = validate(contact); !good) return tl::unexpected(std::move(good.error()));
  return write([&](Session& session, Instant now) {
    session.touch(contact.user_id);
    session.lock_contact(contact.user_id, contact.id);
    const auto old = load_contact(session, contact.user_id, contact.id);
    require_free_number(session, contact);
    // Before the zone changes: whoever writes it last has the whole lane looked through again,
    // unless its rows have moved already.
    if (contact.timezone != old.timezone) move_rows_of_contact(session, contact);
    session.run(kUpdateContact, contact.user_id, contact.id, contact.name, contact.phone_number,
                contact.email, contact.company, contact.notes, contact.timezone);
    update_rows(session, old, contact, now);
    return load_contact(session, contact.user_id, contact.id);
  });
}

Result<void> SqlStore::delete_contact(UserId user_id, ContactId id) {
  return narrow([&](Session& session, Instant now) {
    session.touch(user_id);
    const auto campaigns = lock_campaigns_of_contact(session, user_id, id);
    session.lock_contact(user_id, id);
    static_cast<void>(load_contact(session, user_id, id));
    require_no_call_in_flight(session, user_id, id);
    const CompletionClock completion{session, campaigns};
    session.run(kDeleteRows, user_id, id);
    session.run(kDeleteContact, user_id, id);
    completion.set_to(now);
  });
}

}  // namespace callqueue
