#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "csv/csv_support.hpp"

using namespace csv_tests;
using Defect = CsvRecord::Defect;

namespace {

std::vector<Texts> fields_of(const std::string& text) {
  std::vector<Texts> all;
  for (ReadRecord& record : read_all(text)) all.push_back(std::move(record.fields));
  return all;
}

std::vector<std::int64_t> lines_of(const std::string& text) {
  std::vector<std::int64_t> all;
  for (const ReadRecord& record : read_all(text)) all.push_back(record.line);
  return all;
}

using Table = std::vector<Texts>;
using Lines = std::vector<std::int64_t>;

/// A table as a file, and the line on which each row starts: the oracle.
struct Written {
  std::string text;
  Lines lines;
};

std::int64_t line_ends(std::string_view text) {
  std::int64_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    count += text[i] == '\r' || (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) ? 1 : 0;
  }
  return count;
}

/// Writes a field, in quotes where it needs them and at random elsewhere.
std::string written_field(const std::string& field, char separator) {
  const bool needs_quotes =
      field.find_first_of(std::string{"\"\r\n"} + separator) != std::string::npos;
  if (!needs_quotes && *rc::gen::arbitrary<bool>()) return field;
  std::string text = "\"";
  for (const char c : field) text.append(c == '"' ? 2 : 1, c);
  const auto blanks = [] { return std::string(*rc::gen::inRange<std::size_t>(0, 2), ' '); };
  return blanks() + text + '"' + blanks();
}

Written write_table(const Table& table, char separator) {
  const std::string line_end = *rc::gen::element<std::string>("\n", "\r\n", "\r");
  Written written;
  if (*rc::gen::arbitrary<bool>()) written.text = "\xEF\xBB\xBF";
  std::int64_t line = 1;
  for (const Texts& row : table) {
    std::string text;
    for (const std::string& field : row) {
      text += (&field == row.data() ? std::string{} : std::string{separator}) +
              written_field(field, separator);
    }
    written.lines.push_back(line);
    line += line_ends(text) + 1;
    written.text += text + line_end;
  }
  // A missing last newline, unless it is all there is of the last row.
  const bool bare = table.back() == Texts{""};
  if (!bare && *rc::gen::arbitrary<bool>()) {
    written.text.erase(written.text.size() - line_end.size());
  }
  return written;
}

rc::Gen<std::string> any_field() {
  const auto pieces = rc::gen::element<std::string>(
      "a", "B", "7", ",", ";", "\t", "\"", "\"\"", "\n", "\r", "\r\n", " ", std::string{'\0'},
      "\xC3\xA9", "\xF0\x9F\x98\x80", "\xFF", "\xFC", "\xF8", "\xC3");
  return rc::gen::map(rc::gen::container<Texts>(pieces), [](const Texts& list) {
    std::string text;
    for (const auto& piece : list) text += piece;
    return text;
  });
}

/// What comes back of a field: the bytes that we use as marks come back as another one that is no
/// UTF-8 either.
std::string expected(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) >= 0xF8) c = '\xF8';
  }
  return text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_table_reads_back_however_it_is_written) {
  BOOST_TEST(rc::check("write, then read", [] {
    const auto columns = *rc::gen::inRange<std::size_t>(1, 5);
    const char separator = columns == 1 ? ',' : *rc::gen::element(',', ';', '\t');
    Texts header{"phone_number"};
    for (std::size_t i = 1; i < columns; ++i) header.push_back("c" + std::to_string(i));
    Table table = *rc::gen::container<Table>(rc::gen::container<Texts>(columns, any_field()));
    table.insert(table.begin(), header);
    const Written written = write_table(table, separator);

    const auto records = read_all(written.text);

    RC_ASSERT(records.size() == table.size());
    for (std::size_t i = 0; i < records.size(); ++i) {
      Texts row;
      for (const auto& field : table[i]) row.push_back(expected(field));
      RC_ASSERT(records[i].fields == row);
      RC_ASSERT(records[i].line == written.lines[i]);
      RC_ASSERT(records[i].defect == Defect::none);
    }
  }));
}

BOOST_AUTO_TEST_CASE(any_bytes_are_read_to_their_end) {
  BOOST_TEST(rc::check("any bytes", [] {
    const std::string text = *any_field() + *rc::gen::arbitrary<std::string>() + *any_field();
    const auto limit = *rc::gen::inRange<std::size_t>(4, 40);
    std::int64_t line = 0;
    for (const ReadRecord& record : read_all(text, limit)) {
      RC_ASSERT(record.line > line);
      line = record.line;
      RC_ASSERT(!record.fields.empty());
      std::size_t size = 0;
      for (const auto& field : record.fields) size += field.size();
      RC_ASSERT(size <= (record.defect == Defect::too_long ? 256 : limit));
    }
    RC_ASSERT(line <= line_ends(text) + 1);
  }));
}

BOOST_AUTO_TEST_CASE(records_do_not_depend_on_how_the_file_arrives) {
  BOOST_TEST(rc::check("chunks", [] {
    const std::string text = *any_field() + *any_field() + *any_field();
    const auto limit = *rc::gen::inRange<std::size_t>(4, 40);
    const auto all = [&](std::size_t chunk, std::size_t portion) {
      std::istringstream file{text};
      RecordSource source{file, limit, chunk};
      std::string read;
      std::string buffer(portion, '\0');
      while (const std::size_t size = source.read(buffer.data(), portion)) {
        read.append(buffer, 0, size);
      }
      RC_ASSERT(!source.failed());
      return read;
    };
    const std::string whole = all(4096, 4096);
    RC_ASSERT(all(*rc::gen::inRange<std::size_t>(1, 8), *rc::gen::inRange<std::size_t>(1, 8)) ==
              whole);
    RC_ASSERT((whole.empty() || whole.back() == '\n'));  // Else it evaluates both sides.
    RC_ASSERT(whole.find_first_of(std::string{"\0\r", 2}) == std::string::npos);
  }));
}

BOOST_AUTO_TEST_CASE(quotes_hold_separators_quotes_and_newlines) {
  const Table expected_table{
      {"phone_number", "note"}, {"1", "a,b"}, {"2", "say \"hi\""}, {"3", "two\nlines"},
      {"4", "two\r\nlines"},    {"5", ""},    {"6", "x"}};
  BOOST_TEST((fields_of("phone_number,note\n1,\"a,b\"\n2,\"say \"\"hi\"\"\"\n3,\"two\nlines\"\n"
                        "4,\"two\r\nlines\"\n5,\"\"\n6, \"x\" \n") == expected_table));
}

BOOST_AUTO_TEST_CASE(a_quote_within_an_unquoted_field_is_a_character) {
  const Table expected_table{{"phone_number", "note"}, {"1", "5\" pipe"}, {"2", "a\"b\"c"}};
  BOOST_TEST((fields_of("phone_number,note\n1,5\" pipe\n2,a\"b\"c") == expected_table));
}

BOOST_AUTO_TEST_CASE(blanks_belong_to_a_field_unless_they_surround_quotes) {
  const Table expected_table{{"phone_number", "a", "b"}, {" 1 ", " x y ", "\ty"}};
  BOOST_TEST((fields_of("phone_number,a,b\n 1 , x y ,\ty\n") == expected_table));
  const Table by_tab{{"phone_number", "a", "b"}, {"1", "", " x"}};
  BOOST_TEST((fields_of("phone_number\ta\tb\n1\t\t x\n") == by_tab));
}

BOOST_AUTO_TEST_CASE(a_record_reports_the_line_on_which_it_starts) {
  BOOST_TEST((lines_of("a,b\n1,\"x\ny\nz\"\n2,b\n\n3,\"x\r\ny\"\n4,\"x\ry\"\n5,b") ==
              Lines{1, 2, 5, 6, 7, 9, 11}));
  BOOST_TEST((lines_of("a\r1\r\r2\r") == Lines{1, 2, 3, 4}));
  BOOST_TEST((lines_of("a\r\n1\r\n2") == Lines{1, 2, 3}));
}

BOOST_AUTO_TEST_CASE(the_separator_is_told_from_the_header) {
  const Texts two{"phone_number", "name"};
  BOOST_TEST((fields_of("phone_number,name\n").front() == two));
  BOOST_TEST((fields_of("phone_number;name\n").front() == two));
  BOOST_TEST((fields_of("phone_number\tname\n").front() == two));
  BOOST_TEST((fields_of("\n\nPhone Number;name\n").back() == Texts{"Phone Number", "name"}));
  // The one under which there is a number, even if another one is there more often.
  BOOST_TEST((fields_of("phone_number;notes (a, b, c, d)\n").front() ==
              Texts{"phone_number", "notes (a, b, c, d)"}));
  BOOST_TEST((fields_of("\"a;b;c;d\",phone_number\n").front() == Texts{"a;b;c;d", "phone_number"}));
  BOOST_TEST((fields_of("name;mail;x,y\n").front() == Texts{"name", "mail", "x,y"}));
  BOOST_TEST((fields_of("phone_number\n").front() == Texts{"phone_number"}));
}

BOOST_AUTO_TEST_CASE(the_separator_may_be_named_on_a_line_of_its_own) {
  const std::vector<ReadRecord> expected_records{{2, Defect::none, {"phone_number", "a,b"}},
                                                 {3, Defect::none, {"1", "x"}}};
  BOOST_TEST((read_all("sep=;\r\nphone_number;a,b\r\n1;x\r\n") == expected_records));
  BOOST_TEST((read_all("\xEF\xBB\xBF\"SEP=\t\"\nphone_number\ta,b\n1\tx") == expected_records));
  BOOST_TEST((read_all("sep=;\rphone_number;a,b\r1;x") == expected_records));
  BOOST_TEST((fields_of("sep=phone_number,b\n").front() == Texts{"sep=phone_number", "b"}));
  std::istringstream file{"sep=|\nphone_number|b\n"};
  const CsvReader reader{file, 1000};
  BOOST_REQUIRE(!reader.readable());
  BOOST_TEST(reader.readable().error().field == "file");
}

BOOST_AUTO_TEST_CASE(wrong_quotes_cost_only_the_line_they_are_on) {
  const std::string text =
      "phone_number,note\n"
      "1,\"never closed\n"
      "2,fine\n"
      "3,\"closed\" too early\n"
      "4,\"a, b\"\n"
      "5,\"also open";
  const auto records = read_all(text);
  BOOST_REQUIRE(records.size() == 6u);
  BOOST_TEST((records[1].defect == Defect::bad_quotes));
  BOOST_TEST((records[1].fields == Texts{"1,\"never closed"}));
  BOOST_TEST((records[2] == ReadRecord{3, Defect::none, {"2", "fine"}}));
  BOOST_TEST((records[3].defect == Defect::bad_quotes));
  BOOST_TEST((records[4] == ReadRecord{5, Defect::none, {"4", "a, b"}}));
  BOOST_TEST((records[5].defect == Defect::bad_quotes));
  BOOST_TEST(records[5].line == 6);
}

BOOST_AUTO_TEST_CASE(a_line_beyond_the_limit_is_flagged_and_left) {
  const std::string text = "phone_number,b\n" + std::string(5000, 'x') + "\r\n2,fine\n" +
                           std::string(100, 'y') + ",\"" + std::string(5000, '\n') + "\"\n3,z";
  const auto records = read_all(text, 1000);
  BOOST_TEST((records[1].defect == Defect::too_long));
  BOOST_TEST(records[1].fields.front() == std::string(256, 'x'));
  BOOST_TEST((records[2] == ReadRecord{3, Defect::none, {"2", "fine"}}));
  BOOST_TEST((records[3].defect == Defect::bad_quotes));  // A quoted text beyond the limit.
  BOOST_TEST((records.back() == ReadRecord{5005, Defect::none, {"3", "z"}}));
}

BOOST_AUTO_TEST_CASE(a_record_may_go_over_a_thousand_lines) {
  const auto file_with = [](int lines) {
    std::string text = "phone_number,note\n1,\"";
    for (int i = 1; i < lines; ++i) text += "x\r\n";
    return text + "\"\n2,fine";
  };
  const auto good = read_all(file_with(1000));
  BOOST_REQUIRE(good.size() == 3u);
  BOOST_TEST((good[1].defect == Defect::none));
  BOOST_TEST((good[2] == ReadRecord{1002, Defect::none, {"2", "fine"}}));
  const auto bad = read_all(file_with(1001));
  BOOST_TEST((bad.at(1).defect == Defect::bad_quotes));
  BOOST_TEST((bad.back() == ReadRecord{1003, Defect::none, {"2", "fine"}}));
}

BOOST_AUTO_TEST_CASE(a_long_file_is_read_beyond_the_engines_blocks) {
  // The engine reads 32 MiB at once, then blocks of 16 MiB in a thread of its own.
  std::string text = "phone_number,note\n";
  std::int64_t rows = 0;
  while (text.size() < 70U * 1024 * 1024) {
    text += "+49301234567,\"" + std::string(static_cast<std::size_t>(rows % 3000), 'n') + "\n\"\n";
    ++rows;
  }
  std::istringstream file{text};
  CsvReader reader{file, 1024 * 1024};
  CsvRecord record;
  BOOST_REQUIRE(reader.next(record));
  std::int64_t read = 0;
  while (reader.next(record)) {
    BOOST_REQUIRE(record.line == 2 + 2 * read);
    BOOST_REQUIRE(record.fields.size() == 2u);
    BOOST_REQUIRE(record.fields[1].size() == static_cast<std::size_t>(read % 3000) + 1);
    ++read;
  }
  BOOST_TEST(read == rows);
}

BOOST_AUTO_TEST_CASE(a_reader_may_be_left_in_the_middle_of_a_long_file) {
  std::string text = "phone_number\n";
  while (text.size() < 40U * 1024 * 1024) text += std::string(1000, '1') + '\n';
  std::istringstream file{text};
  CsvReader reader{file, 1024 * 1024};
  CsvRecord record;
  BOOST_TEST(reader.next(record));
}

BOOST_AUTO_TEST_CASE(what_is_no_csv_is_told_apart) {
  for (const std::string& text : {std::string{"\xFF\xFEp\0h\0", 6}, std::string{"\xFE\xFF\0p", 4},
                                  std::string{"PK\x03\x04...."}}) {
    std::istringstream file{text};
    const CsvReader reader{file, 1000};
    BOOST_REQUIRE(!reader.readable());
    BOOST_TEST(reader.readable().error().field == "file");
  }
}

BOOST_AUTO_TEST_CASE(a_file_of_another_kind_is_called_by_its_kind) {
  const auto said = [](const std::string& text) {
    std::istringstream file{text};
    const CsvReader reader{file, 1000};
    return reader.readable() ? std::string{} : reader.readable().error().message;
  };
  const auto has = [&](const std::string& text, const char* kind) {
    const auto message = said(text);
    return message.find("no CSV file but") != std::string::npos &&
           message.find(kind) != std::string::npos &&
           message.find("CSV UTF-8") != std::string::npos;
  };
  BOOST_TEST(has("\x89PNG\r\n\x1A\n", "PNG"));
  BOOST_TEST(has("\xFF\xD8\xFF\xE0", "JPEG"));
  BOOST_TEST(has("%PDF-1.7\n", "PDF"));
  BOOST_TEST(has("PK\x03\x04.", "XLSX"));
  BOOST_TEST(has("\xD0\xCF\x11\xE0.", "XLS"));
  BOOST_TEST(has("\x1F\x8B.", "GZIP"));
  BOOST_TEST(has(std::string{"phone_number\0,name\n", 19}, "NUL"));
  BOOST_TEST(said(std::string{"phone_number\n12\0\n", 17}).empty());  // The row's own trouble.
  BOOST_TEST(said("PKW,phone_number\n").empty());
}

namespace {

/// A file whose medium fails after its first bytes.
class BrokenFile final : public std::streambuf {
 public:
  explicit BrokenFile(std::string text) : text_(std::move(text)) {
    setg(text_.data(), text_.data(), text_.data() + text_.size());
  }

 protected:
  int_type underflow() override { throw std::runtime_error{"read error"}; }

 private:
  std::string text_;
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_on_is_not_taken_for_a_short_one) {
  BrokenFile buffer{"phone_number\n+493012345678\n"};
  std::istream file{&buffer};
  CsvReader reader{file, 1000};
  CsvRecord record;
  while (reader.next(record)) {
  }
  BOOST_TEST(reader.failed());

  BrokenFile throwing{"phone_number\n"};
  std::istream file_that_throws{&throwing};
  file_that_throws.exceptions(std::ios::badbit);
  CsvReader other{file_that_throws, 1000};
  BOOST_TEST(other.failed());
}
