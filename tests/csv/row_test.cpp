#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "csv/csv_support.hpp"
#include "csv/fields.hpp"
#include "utf8.hpp"

using namespace csv_tests;
using Json = nlohmann::json;

namespace {

/// The one error of a file whose header is `header` and whose only row is `row`.
CsvError error_in(const std::string& header, const std::string& row,
                  const CsvImportOptions& options = {}) {
  const auto read = read_rows(header + '\n' + row + '\n', options).value();
  BOOST_TEST(read.rows.empty());
  BOOST_REQUIRE(read.errors.size() == 1u);
  BOOST_TEST(read.errors[0].line == 2);
  return read.errors[0];
}

std::string reason_of(const std::string& header, const std::string& row) {
  return error_in(header, row).reason;
}

bool says(const std::string& reason, const std::string& word) {
  return reason.find(word) != std::string::npos;
}

Error header_error(const std::string& header) {
  const auto read = read_rows(header + "\n+493012345678\n");
  BOOST_REQUIRE(!read);
  BOOST_TEST((read.error().code == ErrorCode::invalid_argument));
  return read.error();
}

/// Further columns of a header.
std::string many_columns(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += ",c" + std::to_string(i);
  return text;
}

std::string file_text(const std::string& name) {
  std::ifstream file{std::string{TEMPLATES} + '/' + name, std::ios::binary};
  BOOST_REQUIRE(file.is_open());
  return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace

BOOST_AUTO_TEST_CASE(known_columns_are_found_in_any_order_and_case) {
  const auto read = read_rows(
      "Time Zone,NOTES,Company, E-Mail ,Name,priority,Phone-Number\n"
      "Europe/Berlin,n,c,ann@example.com,Ann,7,+49 30 12345678\n");
  BOOST_REQUIRE(read.has_value());
  BOOST_REQUIRE(read->rows.size() == 1u);
  const ImportRow& row = read->rows[0];
  BOOST_TEST(row.line == 2);
  BOOST_TEST(row.phone_number == "+493012345678");
  BOOST_TEST(row.name == "Ann");
  BOOST_TEST(row.email == "ann@example.com");
  BOOST_TEST(row.company == "c");
  BOOST_TEST(row.notes == "n");
  BOOST_TEST(row.timezone == "Europe/Berlin");
  BOOST_TEST(row.user_data == R"({"priority":7})");
  BOOST_TEST(row.priority == 107);
  BOOST_TEST(row.priority_if_named == 107);
}

BOOST_AUTO_TEST_CASE(every_other_column_is_kept_in_user_data_as_it_is) {
  const auto read = read_rows(
      "City,phone_number,\"say \"\"x\"\"\",empty,priority\n"
      "\"Köln\nam \"\"Rhein\"\"\",+493012345678, \\ \t,,-3\n");
  const ImportRow& row = read.value().rows.at(0);
  BOOST_TEST(Json::parse(row.user_data) == Json({{"City", "Köln\nam \"Rhein\""},
                                                 {"say \"x\"", " \\ \t"},
                                                 {"empty", ""},
                                                 {"priority", -3}}));
  BOOST_TEST(row.priority == -3);
  BOOST_TEST(row.priority_if_named == 97);
}

BOOST_AUTO_TEST_CASE(a_file_with_numbers_alone_is_enough) {
  const auto read = read_rows("phone_number\n+493012345678\n").value();
  BOOST_TEST(read.rows.at(0).user_data == "{}");
  BOOST_TEST(read.rows.at(0).priority == 0);
  BOOST_TEST(read_rows("phone_number").value().rows.empty());
}

BOOST_AUTO_TEST_CASE(values_of_known_columns_are_trimmed) {
  const auto read = read_rows(
                        "phone_number,name,timezone,priority\n"
                        " +493012345678 ,\xC2\xA0 Ann ,\" UTC \", +5 \n")
                        .value();
  BOOST_REQUIRE(read.rows.size() == 1u);
  BOOST_TEST(read.rows[0].name == "Ann");
  BOOST_TEST(read.rows[0].timezone == "UTC");
  BOOST_TEST(read.rows[0].priority == 105);
}

BOOST_AUTO_TEST_CASE(the_rule_of_priority_can_be_replaced) {
  CsvImportOptions options;
  options.priority = {.base = 10, .named_contact = 1000};
  const auto read =
      read_rows("phone_number,name,priority\n+493012345678,Ann,5\n+493012345679,,\n", options)
          .value();
  BOOST_TEST(read.rows.at(0).priority == 1015);
  BOOST_TEST(read.rows.at(1).priority == 10);
  BOOST_TEST(read.rows.at(1).priority_if_named == 1010);
}

BOOST_AUTO_TEST_CASE(blank_lines_are_no_rows) {
  const auto read =
      read_rows("\n \nphone_number,name\n\n,\n\xC2\xA0 , \t\n+493012345678,Ann\n\n\n").value();
  BOOST_TEST(read.errors.empty());
  BOOST_TEST(read.rows.size() == 1u);
  BOOST_TEST(read.rows.at(0).line == 7);
}

BOOST_AUTO_TEST_CASE(an_unusable_header_is_refused_by_the_columns_name) {
  BOOST_TEST(header_error("name,email").field == "phone_number");
  BOOST_TEST(header_error("").field == "phone_number");
  BOOST_TEST(header_error("phone_number,Phone Number").field == "phone_number");
  BOOST_TEST(header_error("phone_number,name,NAME").field == "name");
  BOOST_TEST(header_error("phone_number,city,city").field == "city");
  BOOST_TEST(says(header_error("phone_number, ,name").message, "Column 2"));
  BOOST_TEST(header_error("phone_number,,name").field == "header");
  BOOST_TEST(header_error("phone_number,\"name").field == "header");
  BOOST_TEST(header_error("phone_number,stra\xDF"
                          "e")
                 .field == "header");
  BOOST_TEST(header_error("phone_number" + many_columns(1000)).field == "header");
  BOOST_TEST(header_error("phone_number," + std::string(256, 'x')).field == "header");
  BOOST_TEST(read_rows("").error().field == "phone_number");
  BOOST_TEST(read_rows("phone_number,city,City\n").has_value());  // Two keys of user_data.
}

BOOST_AUTO_TEST_CASE(a_header_without_the_number_is_told_what_it_has) {
  const std::string reason = header_error("Telefon;Vorname").message;
  BOOST_TEST(says(reason, "only: Telefon, Vorname"));
  BOOST_TEST(says(reason, "Rename"));
  BOOST_TEST(header_error("name" + many_columns(900)).message.size() < 300u);
  // A contact's number does not get into messages.
  const std::string contact = header_error("Ann,+49 30 12345678").message;
  BOOST_TEST(says(contact, "first line"));
  BOOST_TEST(!says(contact, "12345678"));
}

BOOST_AUTO_TEST_CASE(empty_columns_that_a_spreadsheet_leaves_behind_are_no_columns) {
  const auto read = read_rows("phone_number,name" + std::string(5000, ',') +
                              "\n"
                              "+493012345678,Ann" +
                              std::string(5000, ',') + "\n" +
                              "+493012345679,Bob, \n"  // Spreadsheets leave out empty ones, too.
                              "+493012345670,Cid\n"
                              "+493012345671,Dan,,here\n"
                              "+493012345672\n")
                        .value();
  BOOST_TEST(read.rows.size() == 3u);
  BOOST_TEST(read.rows.at(0).user_data == "{}");
  BOOST_REQUIRE(read.errors.size() == 2u);
  BOOST_TEST(read.errors[0].line == 5);
  BOOST_TEST(says(read.errors[0].reason, "column 4, which has no name"));
  BOOST_TEST(says(read.errors[1].reason, "too few fields: it has 1, the header has 2"));
  BOOST_TEST(says(error_in("phone_number,name,", "+493012345678,Ann,,").reason,
                  "too many fields: it has 4, the header has 2"));
}

BOOST_AUTO_TEST_CASE(an_unknown_default_region_is_refused) {
  CsvImportOptions options;
  options.default_region = "XX";
  BOOST_TEST(read_rows("phone_number\n", options).error().field == "default_region");
}

BOOST_AUTO_TEST_CASE(each_kind_of_bad_number_is_reported_with_what_stood_there) {
  const CsvError damaged = error_in("name,phone_number", "Ann, 9.19E+11 ");
  BOOST_TEST(damaged.field == "phone_number");
  BOOST_TEST(damaged.value == " 9.19E+11 ");
  BOOST_TEST(says(damaged.reason, "spreadsheet"));
  BOOST_TEST(says(reason_of("phone_number", "+49 123"), "too short"));
  BOOST_TEST(says(reason_of("phone_number", "+1 415 555 26711"), "too long"));
  BOOST_TEST(says(reason_of("phone_number", "call Ann"), "letters"));
  BOOST_TEST(says(reason_of("phone_number", "030 12345678"), "no country code"));
  BOOST_TEST(says(reason_of("phone_number,name", ",Ann"), "missing"));
  CsvImportOptions german;
  german.default_region = "DE";
  BOOST_TEST(read_rows("phone_number\n030 12345678\n", german).value().rows.at(0).phone_number ==
             "+493012345678");
}

BOOST_AUTO_TEST_CASE(a_bad_email_is_reported) {
  for (const auto* good : {"", "ann@example.com", "a.b+c_d@sub.example.co.uk", "o'neil@x-y.de",
                           "jürgen@müller.de", "a@1.io"}) {
    BOOST_TEST(wrong_with_email(good).empty(), good);
  }
  for (const auto* bad :
       {"ann", "ann@", "@example.com", "ann@example", "ann@@example.com", "a b@example.com",
        "ann@exam ple.com", ".ann@example.com", "ann.@example.com", "a..b@example.com", "ann@.com",
        "ann@example.", "ann@-example.com", "ann@example-.com", "ann@example.com,bob@example.com",
        "Ann <ann@example.com>"}) {
    BOOST_TEST(!wrong_with_email(bad).empty(), bad);
  }
  const CsvError error = error_in("phone_number,email", "+493012345678,ann.example.com");
  BOOST_TEST(error.field == "email");
  BOOST_TEST(error.value == "ann.example.com");
  BOOST_TEST(says(error.reason, "no @"));
}

BOOST_AUTO_TEST_CASE(text_that_is_not_utf8_is_reported_and_shown_as_far_as_possible) {
  const CsvError error = error_in("phone_number,name", "+493012345678,J\xFCrgen");
  BOOST_TEST(error.field == "name");
  BOOST_TEST(error.value == "J\xEF\xBF\xBDrgen");
  BOOST_TEST(says(error.reason, "UTF-8"));
  BOOST_TEST(error_in("phone_number,city", "+493012345678,K\xF6ln").field == "city");
  const CsvError nul = error_in("phone_number,city", std::string{"+493012345678,K\0ln", 18});
  BOOST_TEST(says(nul.reason, "NUL"));
}

BOOST_AUTO_TEST_CASE(a_row_with_too_few_or_too_many_fields_is_reported_as_a_whole) {
  const CsvError few = error_in("phone_number,name,city", "+493012345678,Ann");
  BOOST_TEST(few.field.empty());
  BOOST_TEST(few.value == "+493012345678,Ann");
  BOOST_TEST(says(few.reason, "too few fields: it has 2, the header has 3"));
  const CsvError many = error_in("phone_number;name", "+493012345678;Ann;Bob");
  BOOST_TEST(many.value == "+493012345678;Ann;Bob");
  BOOST_TEST(says(many.reason, "too many fields: it has 3, the header has 2"));
}

BOOST_AUTO_TEST_CASE(an_unknown_time_zone_is_reported) {
  for (const auto* zone : {"Berlin", "Europe/berlin", "UTC+1", "../etc/passwd", "/etc/localtime"}) {
    const CsvError error = error_in("phone_number,timezone", std::string{"+493012345678,"} + zone);
    BOOST_TEST(error.field == "timezone");
    BOOST_TEST(error.value == zone);
  }
}

BOOST_AUTO_TEST_CASE(a_priority_must_be_an_integer_of_32_bits) {
  for (const auto* wrong : {"high", "1.5", "1e3", "5 6", "0x10", "--1", "+", "+-3", "++3"}) {
    const CsvError error = error_in("phone_number,priority", std::string{"+493012345678,"} + wrong);
    BOOST_TEST(error.field == "priority");
    BOOST_TEST(says(error.reason, "whole number"), wrong);
  }
  for (const auto* wrong : {"2147483648", "-2147483649", "99999999999999999999"}) {
    BOOST_TEST(says(reason_of("phone_number,priority", std::string{"+493012345678,"} + wrong),
                    "out of range"));
  }
  const auto read = read_rows("phone_number,name,priority\n+493012345678,Ann,2147483647\n").value();
  BOOST_TEST(read.rows.at(0).priority == 2147483647);  // Saturates.
}

BOOST_AUTO_TEST_CASE(a_field_that_is_too_long_is_reported) {
  BOOST_TEST(error_in("phone_number,name", "+493012345678," + std::string(256, 'x')).field ==
             "name");
  std::string umlauts;
  for (int i = 0; i < 255; ++i) umlauts += "ü";
  BOOST_TEST(read_rows("phone_number,name\n+493012345678," + umlauts).value().rows.size() == 1u);
  BOOST_TEST(error_in("phone_number,name", "+493012345678," + umlauts + "x").field == "name");

  CsvImportOptions options;
  options.max_field_bytes = 100;
  const CsvError error =
      error_in("phone_number,story", "+493012345678,\"" + std::string(101, 'x') + '"', options);
  BOOST_TEST(error.field == "story");
  BOOST_TEST(error.value == std::string(200, 'x').substr(0, 101));
  BOOST_TEST(says(error.reason, "longer than 100 bytes"));
  BOOST_TEST(
      error_in("phone_number,story", "+493012345678," + std::string(70'000, 'x')).value.size() ==
      200u);
}

BOOST_AUTO_TEST_CASE(a_line_that_is_too_long_and_wrong_quotes_are_reported_as_a_whole) {
  const CsvError endless = error_in("phone_number,story", std::string(3'000'000, 'x'));
  BOOST_TEST(endless.field.empty());
  BOOST_TEST(endless.value == std::string(200, 'x'));
  BOOST_TEST(says(endless.reason, "too long"));
  const CsvError open = error_in("phone_number,story", "+493012345678,\"x");
  BOOST_TEST(open.field.empty());
  BOOST_TEST(open.value == "+493012345678,\"x");
  BOOST_TEST(says(open.reason, "quotes"));
}

BOOST_AUTO_TEST_CASE(errors_name_the_line_also_after_rows_of_several_lines) {
  const auto read = read_rows(
                        "phone_number,notes\n"
                        "+493012345678,\"one\ntwo\r\nthree\"\n"
                        "bad,x\n"
                        "\n"
                        "+493012345679,\"\n\n\"\n"
                        "+49 1,y\n"
                        "+493012345670,\"open\n"
                        "+493012345671,z\n")
                        .value();
  BOOST_REQUIRE(read.errors.size() == 3u);
  BOOST_TEST(read.errors[0].line == 5);
  BOOST_TEST(read.errors[1].line == 10);
  BOOST_TEST(read.errors[2].line == 11);
  BOOST_REQUIRE(read.rows.size() == 3u);
  BOOST_TEST(read.rows[1].line == 7);
  BOOST_TEST(read.rows[1].notes == "");
  BOOST_TEST(read.rows[2].line == 12);
}

BOOST_AUTO_TEST_CASE(nothing_of_a_row_is_left_in_the_next_one) {
  const auto read = read_rows(
                        "phone_number,name,email,company,notes,timezone,priority,city\n"
                        "+493012345678,Ann,a@example.com,c,n,UTC,5,Berlin\n"
                        "+493012345679,,,,,,,\n")
                        .value();
  const ImportRow& second = read.rows.at(1);
  BOOST_TEST((second.name + second.email + second.company + second.notes + second.timezone) == "");
  BOOST_TEST(second.user_data == R"({"city":""})");
  BOOST_TEST(second.priority == 0);
}

BOOST_AUTO_TEST_CASE(both_templates_are_good_files) {
  const auto basic = read_rows(file_text("call-campaign-basic-template.csv")).value();
  BOOST_TEST(basic.errors.empty());
  BOOST_TEST(basic.rows.size() == 3u);
  BOOST_TEST(basic.rows.at(2).name == "Jürgen Müller");

  const auto advanced = read_rows(file_text("call-campaign-advanced-template.csv")).value();
  BOOST_TEST(advanced.errors.empty());
  BOOST_REQUIRE(advanced.rows.size() == 4u);
  const ImportRow& ada = advanced.rows[0];
  BOOST_TEST(ada.notes == "Prefers mornings.\nAsk for the lab.");
  BOOST_TEST(ada.timezone == "America/Los_Angeles");
  BOOST_TEST(ada.priority == 110);
  BOOST_TEST(
      Json::parse(ada.user_data) ==
      Json({{"appointment_date", "2026-03-02"}, {"product", "Premium plan"}, {"priority", 10}}));
  BOOST_TEST(advanced.rows[1].line == 4);
  BOOST_TEST(advanced.rows[1].notes == "Says \"call me back\" often");
}

BOOST_AUTO_TEST_CASE(a_preview_tells_what_the_columns_are_taken_for) {
  std::istringstream file{
      "Phone Number;Name;City\n+493012345678;Ann;Bonn\n12;Bob;Ulm\n+493012345679;Cid;Jena\n"};
  const auto preview = preview_csv(file, {}, 1).value();
  BOOST_TEST(preview.columns == (Texts{"Phone Number", "Name", "City"}));
  BOOST_TEST(preview.mapping == (Texts{"phone_number", "name", "user_data"}));
  BOOST_REQUIRE(preview.rows.size() == 1u);
  BOOST_TEST(preview.rows[0].name == "Ann");
  BOOST_TEST(preview.report.total == 3);
  BOOST_TEST(preview.report.imported == 2);
  BOOST_TEST(preview.report.failed == 1);
  BOOST_TEST(preview.report.errors_total == 1);
  BOOST_TEST(preview.report.errors.at(0).line == 3);
}

BOOST_AUTO_TEST_CASE(a_report_holds_a_thousand_errors_and_the_stream_all) {
  std::string text = "phone_number\n";
  for (int i = 0; i < 2500; ++i) text += "bad\n";
  std::istringstream file{text};
  std::ostringstream errors;
  CsvImportOptions options;
  options.errors = &errors;
  const auto preview = preview_csv(file, options).value();
  BOOST_TEST(preview.report.errors.size() == 1000u);
  BOOST_TEST(preview.report.errors_total == 2500);
  const auto written = read_all(errors.str());
  BOOST_TEST(written.size() == 2501u);
  BOOST_TEST(written.front().fields == (Texts{"line", "field", "value", "reason"}));
  BOOST_TEST(written.back().fields.front() == "2501");
}

BOOST_AUTO_TEST_CASE(errors_as_csv_read_back) {
  BOOST_TEST(rc::check("round trip", [] {
    const auto text =
        rc::gen::container<std::string>(rc::gen::elementOf(std::string{"ab1,;\t\"\r\n '"}));
    const auto errors = *rc::gen::container<std::vector<CsvError>>(rc::gen::build<CsvError>(
        rc::gen::set(&CsvError::line, rc::gen::inRange(1, 1000)),
        rc::gen::set(&CsvError::field, text), rc::gen::set(&CsvError::value, text),
        rc::gen::set(&CsvError::reason, text)));
    std::ostringstream out;
    write_errors_csv(out, errors);
    // Its header has no number: the reader takes the separator that is there most often.
    const auto read = read_all(out.str());
    RC_ASSERT(read.size() == errors.size() + 1);
    const auto guarded = [](const std::string& field) {
      const bool moves_the_cell =
          !field.empty() && std::string_view{"\t\r\n"}.find(field[0]) != std::string_view::npos;
      return moves_the_cell ? '\'' + field : field;
    };
    for (std::size_t i = 0; i < errors.size(); ++i) {
      const CsvError& error = errors[i];
      RC_ASSERT(read[i + 1].fields == (Texts{std::to_string(error.line), guarded(error.field),
                                             guarded(error.value), guarded(error.reason)}));
    }
  }));
}

BOOST_AUTO_TEST_CASE(an_error_holds_the_row_as_it_stood) {
  const auto record_of = [](const std::string& row) {
    return read_rows("phone_number;name;city\n" + row + "\n").value().errors.at(0).record;
  };
  BOOST_TEST(record_of("12;Ann;Köln") == "12;Ann;Köln");
  BOOST_TEST(record_of("12;\"A;b\";\"say \"\"x\"\"\"") == "12;\"A;b\";\"say \"\"x\"\"\"");
  BOOST_TEST(record_of("12;\"two\nlines\";a,b") == "12;\"two\nlines\";a,b");
  BOOST_TEST(record_of("12;Ann") == "12;Ann");
  BOOST_TEST(record_of("12;\"open;x") == "12;\"open;x");
  BOOST_TEST(record_of("12;\xFF;x") == "12;\uFFFD;x");
  const auto cut = record_of("12;" + std::string(999, 'x') + "é;y");
  BOOST_TEST(cut == "12;" + std::string(997, 'x'));
  BOOST_TEST(record_of("12;x" + std::string(999, 'y') + ";z").size() == 1000u);
}

BOOST_AUTO_TEST_CASE(a_records_fields_are_read_back_as_they_stood) {
  BOOST_TEST(rc::check("round trip", [] {
    const auto text =
        rc::gen::container<std::string>(rc::gen::elementOf(std::string{"ab1,;\t\"\r\n '"}));
    const auto fields = *rc::gen::nonEmpty(rc::gen::container<Texts>(text));
    const char separator = *rc::gen::elementOf(std::string{",;\t"});
    std::string record;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (i > 0) record += separator;
      append_field(record, fields[i], separator);
    }
    RC_ASSERT(fields_of(record, separator) == fields);
  }));
}

BOOST_AUTO_TEST_CASE(what_an_export_says_is_wrong_is_read_over) {
  std::istringstream file{"phone_number,import_error,city\n+493012345678,\"\xFF\",Bonn\n"};
  const auto preview = preview_csv(file).value();
  BOOST_TEST(preview.report.failed == 0);
  BOOST_TEST(preview.mapping == (Texts{"phone_number", "import_error", "user_data"}));
  BOOST_TEST(preview.rows.at(0).user_data == R"({"city":"Bonn"})");
}

BOOST_AUTO_TEST_CASE(an_errors_file_runs_no_formula_in_a_spreadsheet) {
  std::ostringstream out;
  write_errors_csv(out, {{.line = 2, .field = "phone_number", .value = "=1+1", .reason = "r"},
                         {.line = 3, .field = "phone_number", .value = "+cmd|x", .reason = "r"},
                         {.line = 4, .field = "phone_number", .value = "@x", .reason = "r"},
                         {.line = 5, .field = "phone_number", .value = "+49 30", .reason = "r"},
                         {.line = 6, .field = "phone_number", .value = "+49-30-1", .reason = "r"},
                         {.line = 7, .field = "phone_number", .value = "＝1+1", .reason = "r"},
                         {.line = 8, .field = "phone_number", .value = "-5", .reason = "\n=1+1"}});
  BOOST_TEST(out.str() ==
             "line,field,value,reason\n"
             "2,phone_number,\"'=1+1\",r\n"
             "3,phone_number,\"'+cmd|x\",r\n"
             "4,phone_number,\"'@x\",r\n"
             "5,phone_number,+49 30,r\n"
             "6,phone_number,\"'+49-30-1\",r\n"  // Not a difference.
             "7,phone_number,\"'＝1+1\",r\n"
             "8,phone_number,-5,\"'\n=1+1\"\n");
}

BOOST_AUTO_TEST_CASE(any_bytes_make_rows_and_errors_that_hold_their_promises) {
  BOOST_TEST(rc::check("any bytes", [] {
    const auto pieces = *rc::gen::container<Texts>(
        rc::gen::element<std::string>("+493012345678", ",", ",", "\n", "\n", "\"", "Ann", "UTC",
                                      "5", "\xFF", "\xC3\xA9", "\r", std::string{'\0'}, "a@b.de"));
    std::string text = "phone_number,name,timezone,priority,email,x\n";
    for (const auto& piece : pieces) text += piece;
    const auto read = read_rows(text);
    RC_ASSERT(read.has_value());
    std::int64_t line = 1;
    for (const ImportRow& row : read->rows) {
      RC_ASSERT(row.line > line);
      line = row.line;
      RC_ASSERT(row.phone_number == "+493012345678");
      RC_ASSERT(Json::parse(row.user_data).is_object());
    }
    line = 1;
    for (const CsvError& error : read->errors) {
      RC_ASSERT(error.line > line);
      line = error.line;
      RC_ASSERT(error.value.size() <= 200u);
      RC_ASSERT(is_clean_text(error.value));
      RC_ASSERT(!error.reason.empty());
    }
  }));
}
