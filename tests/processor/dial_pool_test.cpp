#include "processor/dial_pool.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>

namespace {

using namespace callqueue;

BOOST_AUTO_TEST_SUITE(dial_pool)

BOOST_AUTO_TEST_CASE(where_no_thread_can_be_started_the_callers_does_the_work) {
  // The thread sanitizer allows no thread after a fork.
  if (std::getenv("CALLQUEUE_SANITIZE") != nullptr) return;
  const auto child = fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    // The limit does not bind root.
    if (geteuid() == 0 && setuid(65534) != 0) _exit(2);
    const rlimit none{.rlim_cur = 0, .rlim_max = 0};
    if (setrlimit(RLIMIT_NPROC, &none) != 0) _exit(3);
    DialPool pool(4);
    int done = 0;
    for (int i = 0; i < 3; ++i) pool.run([&] { ++done; });
    _exit(done == 3 ? 0 : 1);
  }
  int status = -1;
  BOOST_REQUIRE(waitpid(child, &status, 0) == child);
  BOOST_TEST(status == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
