// CSV import: the reader beside a bare scan for newlines, the checks, phone numbers, and the import
// of one and five million rows into SQLite (aim 100,000 rows/s and under 200 MB resident) beside a
// prepared insert, with the longest time that claims took meanwhile (aim 250 ms).
//
// `rows_per_cpu_second` is what one core does, whatever the disk and other programs.
#include <benchmark/benchmark.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <sstream>
#include <thread>

#include "callqueue.hpp"
#include "csv/row_stream.hpp"

namespace {

using namespace callqueue;

/// Rows of about 100 bytes. @param national written as within Germany.
std::string made_file(std::int64_t rows, bool national = false) {
  std::string text = "phone_number,name,email,company,city,product\n";
  for (std::int64_t i = 0; i < rows; ++i) {
    const auto number = std::to_string(10'000'000 + i);
    text += (national ? "030 " : "+4930") + number + ",Jürgen Müller,juergen" + number +
            "@example.com,\"Müller, Sohn & Co.\",Köln am Rhein,Premium plan\n";
  }
  return text;
}

const std::string& file_of_a_hundred_thousand() {
  static const std::string text = made_file(100'000);
  return text;
}

void count(benchmark::State& state, const std::string& text, std::int64_t rows) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
  state.SetItemsProcessed(state.iterations() * rows);
}

/// The limit for the reader: every byte looked at once.
void newline_scan(benchmark::State& state) {
  const std::string& text = file_of_a_hundred_thousand();
  std::int64_t lines = 0;
  for (auto _ : state) {
    const char* at = text.data();
    const char* const end = at + text.size();
    lines = 0;
    while ((at = static_cast<const char*>(
                std::memchr(at, '\n', static_cast<std::size_t>(end - at)))) != nullptr) {
      ++at;
      ++lines;
    }
    benchmark::DoNotOptimize(lines);
  }
  count(state, text, lines);
}
BENCHMARK(newline_scan);

void read_records(benchmark::State& state) {
  const std::string& text = file_of_a_hundred_thousand();
  std::int64_t records = 0;
  for (auto _ : state) {
    std::istringstream file{text};
    csv::CsvReader reader{file, 1024 * 1024};
    csv::CsvRecord record;
    for (records = 0; reader.next(record); ++records) benchmark::DoNotOptimize(record.fields);
  }
  count(state, text, records);
}
BENCHMARK(read_records)->Unit(benchmark::kMillisecond);

void read_rows(benchmark::State& state, const std::string& text, const CsvImportOptions& options) {
  std::int64_t rows = 0;
  for (auto _ : state) {
    std::istringstream file{text};
    auto stream = csv::RowStream::open(file, options).value();
    ImportRow row;
    CsvError error;
    for (rows = 0; stream->next(row, error) == csv::RowStream::Next::row; ++rows) {
      benchmark::DoNotOptimize(row.user_data);
    }
  }
  count(state, text, rows);
}

void check_rows(benchmark::State& state) { read_rows(state, file_of_a_hundred_thousand(), {}); }
BENCHMARK(check_rows)->Unit(benchmark::kMillisecond);

/// The same with numbers that need the phone number library.
void check_national_rows(benchmark::State& state) {
  CsvImportOptions options;
  options.default_region = "DE";
  read_rows(state, made_file(20'000, true), options);
}
BENCHMARK(check_national_rows)->Unit(benchmark::kMillisecond);

void normalize_international(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(normalize_phone_number("+49 (30) 1234-5678"));
}
BENCHMARK(normalize_international);

void normalize_national(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(normalize_phone_number("030 12345678", "DE"));
}
BENCHMARK(normalize_national);

/// A folder of its own under TMPDIR, gone at the end.
class Folder {
 public:
  Folder()
      : path_(std::filesystem::temp_directory_path() /
              ("bench_csv_" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::string file(const char* name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

double cpu_seconds() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + 1e-9 * static_cast<double>(used.tv_nsec);
}

double peak_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

void require(bool good, const char* what) {
  if (good) return;
  std::fprintf(stderr, "bench_csv: %s\n", what);
  std::abort();
}

/// The limit for the import: one row of the same texts into one table without index but its key, in
/// one transaction, with nothing read or checked.
void prepared_insert(benchmark::State& state) {
  const std::int64_t rows = state.range(0);
  const double start = cpu_seconds();
  for (auto _ : state) {
    const Folder folder;
    sqlite3* db = nullptr;
    require(sqlite3_open(folder.file("raw.db").c_str(), &db) == SQLITE_OK, "open");
    sqlite3_exec(db,
                 "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                 "CREATE TABLE raw (id BLOB PRIMARY KEY, phone_number TEXT, name TEXT, email TEXT,"
                 " company TEXT, user_data TEXT) WITHOUT ROWID; BEGIN",
                 nullptr, nullptr, nullptr);
    sqlite3_stmt* insert = nullptr;
    require(sqlite3_prepare_v2(db, "INSERT INTO raw VALUES (?1, ?2, ?3, ?4, ?5, ?6)", -1, &insert,
                               nullptr) == SQLITE_OK,
            "prepare");
    UuidSource ids{1};
    const Instant now{};
    for (std::int64_t i = 0; i < rows; ++i) {
      const Uuid id = ids.next(now);
      const std::string number = "+4930" + std::to_string(10'000'000 + i);
      const auto text = [&](int column, const char* value) {
        sqlite3_bind_text(insert, column, value, -1, SQLITE_STATIC);
      };
      sqlite3_bind_blob(insert, 1, id.bytes.data(), 16, SQLITE_STATIC);
      text(2, number.c_str());
      text(3, "Jürgen Müller");
      text(4, "juergen@example.com");
      text(5, "Müller, Sohn & Co.");
      text(6, R"({"city":"Köln am Rhein","product":"Premium plan"})");
      require(sqlite3_step(insert) == SQLITE_DONE, "insert");
      sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr);
    sqlite3_close(db);
  }
  state.SetItemsProcessed(state.iterations() * rows);
  state.counters["rows_per_cpu_second"] = static_cast<double>(rows) / (cpu_seconds() - start);
}
BENCHMARK(prepared_insert)
    ->Arg(1'000'000)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

/// A file that is made while it is read, so that it takes no memory of its own.
class GeneratedFile final : public std::streambuf {
 public:
  explicit GeneratedFile(std::int64_t rows) : rows_(rows) {}

 protected:
  int_type underflow() override {
    if (made_ == rows_) return traits_type::eof();
    chunk_ = made_ == 0 ? "phone_number,name,email,company,city,product\n" : "";
    for (int i = 0; i < 1000 && made_ < rows_; ++i, ++made_) {
      chunk_ += "+4930" + std::to_string(10'000'000 + made_) +
                ",Jürgen Müller,juergen@example.com,\"Müller, Sohn & Co.\",Köln am Rhein,Premium "
                "plan\n";
    }
    setg(chunk_.data(), chunk_.data(), chunk_.data() + chunk_.size());
    return traits_type::to_int_type(chunk_.front());
  }

 private:
  std::int64_t rows_;
  std::int64_t made_ = 0;
  std::string chunk_;
};

/// A store with a user and a draft campaign.
struct Importer {
  explicit Importer(const Folder& folder)
      : store(open_store("sqlite:" + folder.file("import.db")).value()) {
    (void)store->migrate().value();
    user = store->create_user({.name = "Ann"}).value().id;
    const AgentId agent = store->create_agent({.user_id = user, .name = "Voice"}).value().id;
    campaign = store
                   ->create_campaign({.user_id = user,
                                      .name = "Spring",
                                      .agent_id = agent,
                                      .start_date = parse_local_date("2026-03-02").value()})
                   .value()
                   .id;
  }

  void import(std::int64_t rows) {
    GeneratedFile buffer{rows};
    std::istream file{&buffer};
    const auto report = import_csv(*store, user, campaign, file).value();
    require(report.imported == rows, "rows are missing");
  }

  std::unique_ptr<Store> store;
  UserId user;
  CampaignId campaign;
};

double milliseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

void import_into_sqlite(benchmark::State& state) {
  const std::int64_t rows = state.range(0);
  for (auto _ : state) {
    const Folder folder;
    Importer importer{folder};
    const auto start = std::chrono::steady_clock::now();
    const double cpu = cpu_seconds();
    importer.import(rows);
    state.SetIterationTime(milliseconds_since(start) / 1000);
    state.counters["rows_per_cpu_second"] = static_cast<double>(rows) / (cpu_seconds() - cpu);
  }
  state.SetItemsProcessed(state.iterations() * rows);
  state.counters["peak_resident_MiB"] = peak_mib();
}
BENCHMARK(import_into_sqlite)
    ->Arg(1'000'000)
    ->Arg(5'000'000)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond)
    ->UseManualTime();

/// Claims, as another process would, while an import runs: each takes the write lock and finds
/// nothing to start. Time is the import's.
void claims_beside_an_import(benchmark::State& state) {
  for (auto _ : state) {
    const Folder folder;
    Importer importer{folder};
    const auto other = open_store("sqlite:" + folder.file("import.db")).value();
    std::vector<double> took;
    const auto start = std::chrono::steady_clock::now();
    {
      const std::jthread claimer{[&](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
          const auto asked = std::chrono::steady_clock::now();
          (void)other->claim({.limit = 10}).value();
          took.push_back(milliseconds_since(asked));
          std::this_thread::sleep_for(std::chrono::milliseconds{5});
        }
      }};
      importer.import(state.range(0));
    }
    state.SetIterationTime(milliseconds_since(start) / 1000);
    std::sort(took.begin(), took.end());
    state.counters["claims"] = static_cast<double>(took.size());
    state.counters["median_claim_ms"] = took[took.size() / 2];
    state.counters["p99_claim_ms"] = took[took.size() * 99 / 100];
    state.counters["longest_claim_ms"] = took.back();
  }
}
BENCHMARK(claims_beside_an_import)
    ->Arg(300'000)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond)
    ->UseManualTime();

}  // namespace

BENCHMARK_MAIN();
