// Contacts: written, found, changed, deleted.
#include "conformance/backend.hpp"

using namespace callqueue;
using namespace callqueue::testing;

BOOST_AUTO_TEST_SUITE(contacts)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_contact_reads_back_as_written, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user();
  Contact made;
  made.user_id = ann.id;
  made.name = "Renée O'Neil, \"the boss\"";
  made.phone_number = "+33123456789";
  made.email = "renee@example.org";
  made.company = "Société";
  made.notes = "first\nsecond";
  made.timezone = "Europe/Paris";
  const auto created = must(backend.store().create_contact(made));
  made.id = created.id;
  BOOST_TEST((created == made));
  BOOST_TEST((must(backend.store().find_contact(ann.id, made.id)) == made));
  BOOST_TEST((must(backend.store().find_contact_by_phone(ann.id, "+33123456789")) == made));
  made.name = "Renée";
  made.notes.clear();
  BOOST_TEST((must(backend.store().update_contact(made)) == made));
  BOOST_TEST((must(backend.store().find_contact(ann.id, made.id)) == made));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_contacts_new_number_is_the_one_that_is_called, Backend,
                              AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 9}).with_queued(3);
  backend.advance();
  const auto called = must(backend.store().claim({.limit = 1})).at(0);
  auto contact = must(backend.store().find_contact(ann.id, called.queued.contact_id));
  const auto old_number = contact.phone_number;
  contact.phone_number = "+33123456780";
  must(backend.store().update_contact(contact));
  BOOST_TEST(must(backend.store().find_queued_call(ann.id, called.queued.id)).phone_number ==
             old_number);

  const auto waits = ann.row(1);
  contact = must(backend.store().find_contact(ann.id, waits.contact_id));
  contact.phone_number = "+33123456789";
  contact.name = "Renée";
  must(backend.store().update_contact(contact));
  BOOST_TEST(ann.row(1).phone_number == "+33123456789");
  BOOST_TEST(ann.row(1).contact_name == "Renée");
  const auto claimed = must(backend.store().claim({.limit = 9}));
  BOOST_REQUIRE(claimed.size() == 2U);
  BOOST_TEST(claimed.at(0).call.phone_number == "+33123456789");
  BOOST_TEST(claimed.at(1).queued.phone_number != "+33123456789");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_phone_number_is_unique_within_its_user, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user();
  const auto bob = backend.user();
  ann.contact({.phone_number = "+33123456789"});
  bob.contact({.phone_number = "+33123456789"});
  Contact again{.user_id = ann.id, .phone_number = "+33123456789"};
  BOOST_TEST(
      fails_with(backend.store().create_contact(again), ErrorCode::conflict, "phone_number"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(deleting_a_contact_deletes_its_rows_and_keeps_its_calls, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 1}).with_queued(2);
  const auto claimed = backend.claim_one();
  const auto contact = claimed.queued.contact_id;
  BOOST_TEST(fails_with(backend.store().delete_contact(ann.id, contact), ErrorCode::conflict));
  backend.end(claimed);

  must(backend.store().delete_contact(ann.id, contact));

  BOOST_TEST(fails_with(backend.store().find_contact(ann.id, contact), ErrorCode::not_found));
  BOOST_TEST(fails_with(backend.store().find_queued_call(ann.id, claimed.queued.id),
                        ErrorCode::not_found));
  const auto call = ann.call(claimed.call.id);
  BOOST_TEST(!call.contact_id.has_value());
  BOOST_TEST(!call.queue_id.has_value());
  BOOST_TEST(call.phone_number == claimed.call.phone_number);
  BOOST_TEST(ann.find().total_contacts == 1);
  BOOST_TEST(ann.find().completed_calls == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(contacts_are_found_by_part_of_name_or_number, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user();
  ann.contact({.name = "Maria Lopez", .phone_number = "+34911111111"});
  ann.contact({.name = "Mario Rossi", .phone_number = "+39062222222"});
  ann.contact({.name = "100% Sure_", .phone_number = "+39063333333"});
  const auto count = [&](const char* search) {
    return must(backend.store().list_contacts(ann.id, {.search = search}, {})).items.size();
  };
  BOOST_TEST(count("") == 3U);
  BOOST_TEST(count("mari") == 2U);
  BOOST_TEST(count("ROSSI") == 1U);
  BOOST_TEST(count("3906") == 2U);
  BOOST_TEST(count("+34 911 111-111") == 1U);
  BOOST_TEST(count("0911/111111") == 1U);
  BOOST_TEST(count("0034911") == 1U);
  BOOST_TEST(count("+34 (0)911 111111") == 1U);
  BOOST_TEST(count("0") == 2U);
  BOOST_TEST(count("911 112") == 0U);
  BOOST_TEST(count("%") == 1U);
  BOOST_TEST(count("_") == 1U);
  BOOST_TEST(count("nobody") == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
