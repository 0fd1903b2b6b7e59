// Lists of contacts as CSV, and a campaign's results as files.
#include <fstream>
#include <functional>
#include <istream>
#include <ostream>
#include <streambuf>

#include "bindings/c/csv_streams.hpp"
#include "bindings/c/hand_out.hpp"
#include "bindings/c/handles.hpp"
#include "bindings/c/values.hpp"
#include "callqueue/campaign_export.hpp"
#include "callqueue/json.hpp"

struct cq_campaign_export {
  std::shared_ptr<callqueue::Store> store;
  callqueue::CampaignExport rows;
  std::optional<std::string> piece{};  ///< Read, and not handed out yet.
  bool goes_on = true;                 ///< After that piece.
};

namespace callqueue::c {
namespace {

/// Runs one import over a caller's source, with its options.
template <class Import>
auto import_with(const cq_csv_source* source, const cq_csv_import_options* options,
                 const PriorityRule& priority, Import&& import) {
  CsvInput input{needed(source, "source")};
  const auto asked = or_defaults(options);
  CsvImportOptions made{.default_region = text(asked.default_region, "default_region"),
                        .atomic = flag(asked.atomic, "atomic"),
                        .again = flag(asked.again, "again"),
                        .priority = priority,
                        .max_field_bytes = asked.max_field_bytes};
  WriteBuffer buffer{asked.write_errors, asked.user};
  std::ostream errors{&buffer};
  if (asked.write_errors != nullptr) made.errors = &errors;
  if (asked.progress != nullptr) {
    made.progress = [&asked](std::int64_t rows) {
      try {
        return asked.progress(asked.user, rows) != 0;
      } catch (...) {  // Whoever throws has no use for the rest.
        return false;
      }
    };
  }
  return value(import(input.stream(), made));
}

using Open = Result<CampaignExport> (*)(Store&, UserId, CampaignId, ExportFormat);

cq_status open_export(cq_store* store, const char* user_id, const char* campaign_id,
                      std::int32_t format, cq_campaign_export** rows, cq_error** error, Open how) {
  clear(rows);
  return guard(error, [&] {
    auto& opened = out(rows, "export");
    auto made = value(how(open(store), id<UserId>(user_id, "user_id"),
                          id<CampaignId>(campaign_id, "campaign_id"),
                          enumerator(format, ExportFormat::spreadsheet, "format")));
    opened = new cq_campaign_export{store->store, std::move(made)};
  });
}

}  // namespace
}  // namespace callqueue::c

using namespace callqueue;

void cq_csv_report_free(cq_csv_report** report) { c::free_owned(report); }

cq_status cq_import_csv(cq_store* store, const char* user_id, const char* campaign_id,
                        const cq_csv_source* source, const cq_csv_import_options* options,
                        cq_csv_report** report, cq_error** error) {
  return c::does(report, error, [&] {
    auto& opened = c::open(store);
    const auto user = c::id<UserId>(user_id, "user_id");
    const auto campaign = c::id<CampaignId>(campaign_id, "campaign_id");
    return c::import_with(source, options, store->priority,
                          [&](std::istream& file, const CsvImportOptions& how) {
                            return import_csv(opened, user, campaign, file, how);
                          });
  });
}

cq_status cq_import_contacts_csv(cq_store* store, const char* user_id, const cq_csv_source* source,
                                 const cq_csv_import_options* options, cq_csv_report** report,
                                 cq_error** error) {
  return c::does(report, error, [&] {
    auto& opened = c::open(store);
    const auto user = c::id<UserId>(user_id, "user_id");
    return c::import_with(source, options, store->priority,
                          [&](std::istream& file, const CsvImportOptions& how) {
                            return import_contacts_csv(opened, user, file, how);
                          });
  });
}

cq_status cq_preview_csv(const cq_csv_source* source, const cq_csv_import_options* options,
                         size_t rows, char** preview, cq_error** error) {
  return c::tells(preview, "preview", error, [&] {
    return to_json(
        c::import_with(source, options, {}, [&](std::istream& file, const CsvImportOptions& how) {
          return preview_csv(file, how, rows);
        }));
  });
}

cq_status cq_preview_csv_into(cq_store* store, const char* user_id, const char* campaign_id,
                              const cq_csv_source* source, const cq_csv_import_options* options,
                              size_t rows, char** preview, cq_error** error) {
  return c::tells(preview, "preview", error, [&] {
    auto& opened = c::open(store);
    const auto user = c::id<UserId>(user_id, "user_id");
    const auto campaign = c::id<CampaignId>(campaign_id, "campaign_id");
    return to_json(c::import_with(source, options, store->priority,
                                  [&](std::istream& file, const CsvImportOptions& how) {
                                    return preview_csv(opened, user, campaign, file, how, rows);
                                  }));
  });
}

cq_status cq_store_list_import_errors(cq_store* store, const char* user_id, const char* campaign_id,
                                      const cq_page* page, char** errors, cq_error** error) {
  return c::tells(errors, "errors", error, [&] {
    return to_json(c::value(c::open(store).list_import_errors(
        c::id<UserId>(user_id, "user_id"), c::id<CampaignId>(campaign_id, "campaign_id"),
        c::page(page))));
  });
}

cq_status cq_campaign_export_results(cq_store* store, const char* user_id, const char* campaign_id,
                                     int32_t format, cq_campaign_export** rows, cq_error** error) {
  return c::open_export(store, user_id, campaign_id, format, rows, error, CampaignExport::results);
}

cq_status cq_campaign_export_import_errors(cq_store* store, const char* user_id,
                                           const char* campaign_id, int32_t format,
                                           cq_campaign_export** rows, cq_error** error) {
  return c::open_export(store, user_id, campaign_id, format, rows, error,
                        CampaignExport::import_errors);
}

cq_status cq_campaign_export_next(cq_campaign_export* rows, char** text, int32_t* more,
                                  cq_error** error) {
  c::clear(text);
  return c::guard(error, [&] {
    auto& piece = c::out(text, "text");
    auto& goes_on = c::number(more, "more");
    auto& host = c::handle(rows, "export");
    if (!host.piece) {
      std::string next;
      host.goes_on = c::value(host.rows.next(next));
      host.piece = std::move(next);
    }
    piece = c::own_text(*host.piece);
    goes_on = host.goes_on;
    host.piece.reset();
  });
}

void cq_campaign_export_free(cq_campaign_export** rows) {
  if (rows == nullptr) return;
  delete *rows;
  *rows = nullptr;
}
