// Keys of requests: one of many gets a key, its answer is kept for a day.
#include <algorithm>
#include <thread>

#include "conformance/backend.hpp"

using namespace callqueue;
using namespace callqueue::testing;

namespace {

using State = KeyedRequest::State;

const KeptAnswer made{.status = 201,
                      .content_type = "application/json",
                      .location = "/api/contacts/1",
                      .body = R"({"name":"Zoë's \"x\""})"};

RequestFingerprint some_fingerprint(std::uint8_t first = 0) {
  RequestFingerprint fingerprint{};
  for (std::size_t i = 0; i < fingerprint.size(); ++i) {
    fingerprint[i] = static_cast<std::uint8_t>(first + i * 8);
  }
  return fingerprint;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(request_keys)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_key_is_taken_once_and_gives_the_first_answer_from_then_on, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user();
  auto& store = backend.store();

  const auto begun = must(store.begin_request(ann.id, "k"));
  BOOST_CHECK(begun.state == State::begun);
  BOOST_CHECK(begun.begun_at == backend.now());
  BOOST_TEST(!begun.attempt.is_nil());
  backend.pass(1h);
  const auto again = must(store.begin_request(ann.id, "k"));
  BOOST_CHECK(again.state == State::under_way);
  BOOST_CHECK(again.begun_at == begun.begun_at);

  must(store.finish_request(ann.id, "k", begun.attempt, some_fingerprint(7), made));
  must(store.finish_request(ann.id, "k", begun.attempt, some_fingerprint(7), made));
  for (int i = 0; i < 2; ++i) {
    const auto done = must(store.begin_request(ann.id, "k"));
    BOOST_CHECK(done.state == State::done);
    BOOST_CHECK(done.fingerprint == some_fingerprint(7));
    BOOST_CHECK(done.answer == made);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(keys_of_other_users_and_other_keys_do_not_matter, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user();
  const auto bob = backend.user();
  auto& store = backend.store();
  const auto anns = must(store.begin_request(ann.id, "k"));
  must(store.finish_request(ann.id, "k", anns.attempt, some_fingerprint(), made));
  BOOST_CHECK(must(store.begin_request(bob.id, "k")).state == State::begun);
  BOOST_CHECK(must(store.begin_request(ann.id, "K")).state == State::begun);
  BOOST_TEST(fails_with(store.finish_request(bob.id, "k", anns.attempt, some_fingerprint(), made),
                        ErrorCode::not_found, "request_key"));
  BOOST_CHECK(must(store.begin_request(bob.id, "k")).state == State::under_way);
  BOOST_TEST(fails_with(store.begin_request(UserId{ann.agent.value}, "k"), ErrorCode::not_found,
                        "user_id"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_key_that_is_let_go_of_may_be_taken_anew, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user();
  auto& store = backend.store();
  const auto first = must(store.begin_request(ann.id, "k"));
  must(store.release_request(ann.id, "k", first.attempt));
  must(store.release_request(ann.id, "k", first.attempt));
  const auto second = must(store.begin_request(ann.id, "k"));
  BOOST_CHECK(second.state == State::begun);
  BOOST_CHECK(second.attempt != first.attempt);

  // Who has it no more can neither finish nor let go of it.
  must(store.release_request(ann.id, "k", first.attempt));
  BOOST_TEST(fails_with(store.finish_request(ann.id, "k", first.attempt, some_fingerprint(), made),
                        ErrorCode::not_found, "request_key"));
  BOOST_CHECK(must(store.begin_request(ann.id, "k")).state == State::under_way);

  // Nor is an answer forgotten by who let go too late.
  must(store.finish_request(ann.id, "k", second.attempt, some_fingerprint(), made));
  must(store.release_request(ann.id, "k", second.attempt));
  BOOST_CHECK(must(store.begin_request(ann.id, "k")).state == State::done);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(after_a_day_a_key_is_new_whatever_became_of_it, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user();
  auto& store = backend.store();
  const auto done = must(store.begin_request(ann.id, "done"));
  must(store.finish_request(ann.id, "done", done.attempt, some_fingerprint(), made));
  must(store.begin_request(ann.id, "died"));
  backend.pass(24h - 1us);
  BOOST_CHECK(must(store.begin_request(ann.id, "done")).state == State::done);
  BOOST_CHECK(must(store.begin_request(ann.id, "died")).state == State::under_way);
  backend.pass(1us);
  BOOST_CHECK(must(store.begin_request(ann.id, "done")).state == State::begun);
  BOOST_CHECK(must(store.begin_request(ann.id, "died")).state == State::begun);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(advance_forgets_old_ones_within_its_budget, Backend, SharedBackends) {
  Backend backend;
  const auto ann = backend.user();
  auto& store = backend.store();
  const auto left = [&] { return backend.sql("SELECT count(*) FROM callqueue_request_keys"); };
  must(store.advance({}));  // The first one does whatever there is.
  for (int i = 0; i < 5; ++i) must(store.begin_request(ann.id, "k" + std::to_string(i)));
  backend.pass(2h);
  must(store.begin_request(ann.id, "young"));
  BOOST_CHECK(must(store.next_wakeup()) == backend.now() + 23h);

  backend.pass(23h - 1us);
  must(store.advance({}));
  BOOST_TEST(left() == "6");
  backend.pass(1us);
  BOOST_TEST(must(store.advance({.budget = 2})).more);
  BOOST_TEST(left() == "4");
  must(store.advance({}));
  BOOST_TEST(left() == "1");
  BOOST_CHECK(must(store.begin_request(ann.id, "young")).state == State::under_way);
  BOOST_TEST(!must(store.advance({})).more);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(of_many_at_once_one_gets_the_key, Backend, SharedBackends) {
  Backend backend;
  const auto ann = backend.user();
  constexpr std::size_t askers = 4;
  for (int round = 0; round < 10; ++round) {
    const auto key = "k" + std::to_string(round);
    std::vector<Result<KeyedRequest>> answers(askers, fail(ErrorCode::internal, "not asked"));
    std::vector<std::unique_ptr<Store>> stores;
    for (std::size_t i = 0; i < askers; ++i) stores.push_back(backend.another());
    {
      std::vector<std::jthread> threads;
      for (std::size_t i = 0; i < askers; ++i) {
        threads.emplace_back([&, i] { answers[i] = stores[i]->begin_request(ann.id, key); });
      }
    }
    const auto winners = std::count_if(answers.begin(), answers.end(), [](auto& answer) {
      return must(std::move(answer)).state == State::begun;
    });
    BOOST_TEST(winners == 1);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(they_are_there_after_a_restart_and_go_with_the_user, Backend,
                              SharedBackends) {
  Backend backend;
  const auto ann = backend.user();
  const auto begun = must(backend.store().begin_request(ann.id, "done"));
  must(backend.store().finish_request(ann.id, "done", begun.attempt, some_fingerprint(), made));
  must(backend.store().begin_request(ann.id, "died"));
  backend.reopen();
  BOOST_CHECK(must(backend.store().begin_request(ann.id, "done")).answer == made);
  BOOST_CHECK(must(backend.store().begin_request(ann.id, "died")).state == State::under_way);
  backend.sql("DELETE FROM users WHERE id = {}", {to_text(ann.id)});
  BOOST_TEST(backend.sql("SELECT count(*) FROM callqueue_request_keys") == "0");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(plain_sql_writes_no_half_an_answer, Backend, SharedBackends) {
  Backend backend;
  const auto ann = backend.user();
  must(backend.store().begin_request(ann.id, "k"));
  const auto refuses = [&](const std::string& change) {
    return backend.refuses("UPDATE callqueue_request_keys SET " + change);
  };
  BOOST_TEST(refuses("status = 200"));
  BOOST_TEST(refuses("body = ''"));
  BOOST_TEST(!refuses("request_key = 'other'"));
}

BOOST_AUTO_TEST_CASE(a_key_is_visible_ascii) {
  BOOST_TEST(is_request_key("k"));
  BOOST_TEST(is_request_key("!~" + std::string(253, 'x')));
  const std::vector<std::string> others{"", "a b", "\t", "é", "\x7f", std::string(256, 'x'), "a\n"};
  for (const auto& text : others) {
    BOOST_TEST(!is_request_key(text), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
