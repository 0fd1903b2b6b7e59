#include <sys/resource.h>

#include <boost/test/unit_test.hpp>
#include <streambuf>

#include "csv/csv_support.hpp"

using namespace csv_tests;

namespace {

/// A file that is made while it is read.
class GeneratedFile final : public std::streambuf {
 public:
  explicit GeneratedFile(std::int64_t rows) : rows_(rows) {
    chunk_ = "phone_number,name,email,city,notes\n";
    setg(chunk_.data(), chunk_.data(), chunk_.data() + chunk_.size());
  }

 protected:
  int_type underflow() override {
    if (made_ == rows_) return traits_type::eof();
    chunk_.clear();
    for (int i = 0; i < 100 && made_ < rows_; ++i, ++made_) {
      chunk_ += "+4930" + std::to_string(10'000'000 + made_) +
                ",Jürgen Müller,juergen@example.com,\"Köln, am Rhein\",\"first line\nsecond\"\n";
    }
    setg(chunk_.data(), chunk_.data(), chunk_.data() + chunk_.size());
    return traits_type::to_int_type(chunk_.front());
  }

 private:
  std::int64_t rows_;
  std::int64_t made_ = 0;
  std::string chunk_;
};

long peak_kib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

}  // namespace

BOOST_AUTO_TEST_CASE(memory_does_not_grow_with_the_file) {
  const std::int64_t rows = 2'000'000;  // 200 MB.
  GeneratedFile buffer{rows};
  std::istream file{&buffer};
  const auto preview = preview_csv(file).value();
  BOOST_TEST(preview.report.imported == rows);
  BOOST_TEST(preview.report.errors_total == 0);
  // The engine's 48 MiB, the phone number library's tables, and little more.
  BOOST_TEST(peak_kib() < 100 * 1024);
}

BOOST_AUTO_TEST_CASE(memory_does_not_grow_with_the_errors) {
  std::string text = "phone_number,name\n";
  for (int i = 0; i < 1'000'000; ++i) text += "bad,\"x\n";
  const long before = peak_kib();
  std::istringstream file{std::move(text)};
  const auto preview = preview_csv(file).value();
  BOOST_TEST(preview.report.failed == 1'000'000);
  BOOST_TEST(preview.report.errors.size() == 1000u);
  BOOST_TEST(peak_kib() < std::max(before, 100L * 1024) + 10 * 1024);
}
