#include <unistd.h>

#include "harness.h"

#define LIST "name,phone_number\nAda,+14155550100\nBad,12\nGrace,+14155550101\n"

/* A file that is read piece by piece, and what is written by the way. */
typedef struct pieces {
  const char* text;
  size_t at;
  size_t step;
  int breaks;
  char written[4096];
  size_t written_length;
  int full;
  int calls;
} pieces;

static int64_t read_piece(void* user, char* buffer, size_t capacity) {
  pieces* from = (pieces*)user;
  const size_t left = strlen(from->text) - from->at;
  size_t length = from->step < left ? from->step : left;
  if (length > capacity) length = capacity;
  if (from->breaks && left == 0) return -1;
  memcpy(buffer, from->text + from->at, length);
  from->at += length;
  return (int64_t)length;
}

static int32_t write_piece(void* user, const char* text, size_t length) {
  pieces* to = (pieces*)user;
  if (to->full || to->written_length + length >= sizeof to->written) return 0;
  memcpy(to->written + to->written_length, text, length);
  to->written_length += length;
  return 1;
}

static int32_t go_on(void* user, int64_t rows) {
  ((pieces*)user)->calls += rows >= 0;
  return 1;
}

static int32_t stop(void* user, int64_t rows) {
  (void)user;
  (void)rows;
  return 0;
}

static void a_list_is_imported_from_anywhere(void) {
  world w = open_world(2);
  const char* id = active_campaign(&w, "phone_number\n+14155550109\n", NULL);
  cq_csv_source source = text_source(LIST);
  cq_csv_import_options options;
  cq_csv_report* report = NULL;
  pieces file;
  char path[64];
  FILE* on_disk;
  memset(&file, 0, sizeof file);
  OK(cq_import_csv(w.store, w.ann->id, id, &source, NULL, &report, &error));
  CHECK(report->total == 3 && report->imported == 2 && report->failed == 1);
  CHECK(report->errors_total == 1 && report->matched == 0 && report->skipped == 0);
  SAME(report->campaign_id, id);
  HOLDS(report->json, "\"line\":3");
  cq_csv_report_free(&report);
  cq_csv_report_free(&report);

  cq_csv_source_init(&source, sizeof source);
  file.text = LIST "Edsger,+14155550102\n";
  file.step = 7;
  source.read = read_piece;
  source.user = &file;
  cq_csv_import_options_init(&options, sizeof options);
  CHECK(options.max_field_bytes == 65536 && options.atomic == 0);
  options.write_errors = write_piece;
  options.progress = go_on;
  options.user = &file;
  OK(cq_import_csv(w.store, w.ann->id, id, &source, &options, &report, &error));
  CHECK(report->imported == 1 && report->skipped == 2 && file.calls > 0);
  HOLDS(file.written, "line,field,value,reason");
  HOLDS(file.written, "3,phone_number");
  cq_csv_report_free(&report);

  /* Of its own: programs run these cases beside each other. */
  snprintf(path, sizeof path, "c_api_list_%ld.csv", (long)getpid());
  on_disk = fopen(path, "wb");
  CHECK(on_disk != NULL);
  if (on_disk == NULL) exit(1);
  fputs("phone_number\n+14155550103\n", on_disk);
  fclose(on_disk);
  cq_csv_source_init(&source, sizeof source);
  source.path = path;
  OK(cq_import_csv(w.store, w.ann->id, id, &source, NULL, &report, &error));
  CHECK(report->imported == 1);
  cq_csv_report_free(&report);
  OK(cq_import_contacts_csv(w.store, w.ann->id, &source, NULL, &report, &error));
  CHECK(report->campaign_id == NULL && report->matched == 1);
  cq_csv_report_free(&report);
  remove(path);
  FAILS(cq_import_csv(w.store, w.ann->id, id, &source, NULL, &report, &error), CQ_UNAVAILABLE,
        "file");
  close_world(&w);
}

static void imported_rows_have_the_priorities_of_the_store(void) {
  cq_store_options options = world_options();
  cq_queued_call_list* rows = NULL;
  world w;
  options.priority_base = 3;
  options.priority_named_contact = 7;
  w = world_with(&options, 2);
  OK(cq_queue_find_by_campaign_id(w.store, w.ann->id, active_campaign(&w, LIST, NULL), NULL, &rows,
                                  &error));
  HAS(rows, 2);
  CHECK(rows->items[0]->priority == 10 && rows->items[1]->priority == 10);
  cq_queued_call_list_free(&rows);
  close_world(&w);
}

static void what_goes_wrong_imports_nothing(void) {
  world w = open_world(2);
  const char* id = active_campaign(&w, "phone_number\n+14155550109\n", NULL);
  cq_csv_source source;
  cq_csv_import_options options;
  cq_csv_report* report = NULL;
  cq_queue_statistics statistics;
  pieces file;
  memset(&file, 0, sizeof file);
  cq_csv_source_init(&source, sizeof source);
  REFUSED(cq_import_csv(w.store, w.ann->id, id, &source, NULL, &report, &error), "source");
  REFUSED(cq_import_csv(w.store, w.ann->id, id, NULL, NULL, &report, &error), "source");
  source.length = 4;
  source.path = "x";
  REFUSED(cq_import_csv(w.store, w.ann->id, id, &source, NULL, &report, &error), "length");
  source = text_source(LIST);
  source.path = "x";
  REFUSED(cq_import_csv(w.store, w.ann->id, id, &source, NULL, &report, &error), "source");
  source = text_source("name\nAda\n");
  REFUSED(cq_import_csv(w.store, w.ann->id, id, &source, NULL, &report, &error), "phone_number");
  source = text_source(LIST);
  FAILS(cq_import_csv(w.store, w.ann->id, NOBODY, &source, NULL, &report, &error), CQ_NOT_FOUND,
        "campaign_id");
  REFUSED(cq_import_csv(w.store, w.ann->id, NULL, &source, NULL, &report, &error), "campaign_id");
  REFUSED(cq_import_contacts_csv(w.store, "x", &source, NULL, &report, &error), "user_id");
  cq_csv_import_options_init(&options, sizeof options);
  options.default_region = "XX";
  REFUSED(cq_import_csv(w.store, w.ann->id, id, &source, &options, &report, &error),
          "default_region");
  options.default_region = NULL;
  options.atomic = 1;
  OK(cq_import_csv(w.store, w.ann->id, id, &source, &options, &report, &error));
  CHECK(report->imported == 0 && report->failed == 1);
  cq_csv_report_free(&report);
  options.atomic = 0;
  options.progress = stop;
  FAILS(cq_import_csv(w.store, w.ann->id, id, &source, &options, &report, &error), CQ_CONFLICT,
        "progress");
  options.progress = NULL;
  file.full = 1;
  options.write_errors = write_piece;
  options.user = &file;
  FAILS(cq_import_csv(w.store, w.ann->id, id, &source, &options, &report, &error), CQ_UNAVAILABLE,
        "errors");
  cq_csv_source_init(&source, sizeof source);
  file.text = LIST;
  file.step = 10;
  file.breaks = 1;
  source.read = read_piece;
  source.user = &file;
  FAILS(cq_import_csv(w.store, w.ann->id, id, &source, NULL, &report, &error), CQ_UNAVAILABLE,
        "file");
  cq_queue_statistics_init(&statistics, sizeof statistics);
  OK(cq_queue_get_queue_statistics(w.store, w.ann->id, &statistics, &error));
  CHECK(statistics.queued == 1);
  close_world(&w);
}

static void a_list_is_looked_at_first(void) {
  cq_csv_source source = text_source(LIST);
  char* text = NULL;
  OK(cq_preview_csv(&source, NULL, 1, &text, &error));
  HOLDS(text, "\"mapping\":[\"name\",\"phone_number\"]");
  HOLDS(text, "+14155550100");
  CHECK(strstr(text, "+14155550101") == NULL);
  cq_string_free(&text);
  REFUSED(cq_preview_csv(NULL, NULL, 1, &text, &error), "source");
  REFUSED(cq_preview_csv(&source, NULL, 1, NULL, &error), "preview");
}

static void a_further_list_is_looked_at_with_what_is_there(void) {
  world w = open_world(2);
  const char* id = active_campaign(&w, LIST, NULL);
  cq_csv_source source = text_source(LIST);
  char* text = NULL;
  OK(cq_preview_csv_into(w.store, w.ann->id, id, &source, NULL, 5, &text, &error));
  HOLDS(text, "\"rows\":[]");
  CHECK(strstr(text, "\"skipped\":0") == NULL);
  cq_string_free(&text);
  source = text_source(LIST);
  FAILS(cq_preview_csv_into(w.store, w.ann->id, NOBODY, &source, NULL, 5, &text, &error),
        CQ_NOT_FOUND, "campaign_id");
  CHECK(text == NULL);
  REFUSED(cq_preview_csv_into(w.store, w.ann->id, id, NULL, NULL, 5, &text, &error), "source");
  REFUSED(cq_preview_csv_into(w.store, w.ann->id, id, &source, NULL, 5, NULL, &error), "preview");
  close_world(&w);
}

static void results_and_errors_are_exported(void) {
  world w = open_world(2);
  const char* id = active_campaign(&w, LIST, NULL);
  cq_campaign_export* rows = NULL;
  cq_store* store = w.store;
  char* text = NULL;
  int32_t more = 9;
  OK(cq_store_list_import_errors(w.store, w.ann->id, id, NULL, &text, &error));
  HOLDS(text, "\"record\":\"Bad,12\"");
  cq_string_free(&text);
  FAILS(cq_store_list_import_errors(w.store, w.ann->id, NOBODY, NULL, &text, &error), CQ_NOT_FOUND,
        "campaign_id");
  OK(cq_campaign_export_import_errors(w.store, w.ann->id, id, CQ_EXPORT_JSON, &rows, &error));
  OK(cq_campaign_export_next(rows, &text, &more, &error));
  HOLDS(text, "Bad,12");
  CHECK(more == 0);
  cq_string_free(&text);
  for (int i = 0; i < 2; ++i) { /* It has ended, and goes on saying so. */
    OK(cq_campaign_export_next(rows, &text, &more, &error));
    CHECK(text != NULL && text[0] == '\0' && more == 0);
    cq_string_free(&text);
  }
  cq_campaign_export_free(&rows);
  REFUSED(cq_campaign_export_results(w.store, w.ann->id, id, 3, &rows, &error), "format");
  FAILS(cq_campaign_export_results(w.store, w.ann->id, NOBODY, 0, &rows, &error), CQ_NOT_FOUND,
        "campaign_id");
  REFUSED(cq_campaign_export_import_errors(w.store, w.ann->id, id, 0, NULL, &error), "export");
  OK(cq_campaign_export_results(w.store, w.ann->id, id, CQ_EXPORT_CSV, &rows, &error));
  REFUSED(cq_campaign_export_next(rows, NULL, &more, &error), "text");
  REFUSED(cq_campaign_export_next(rows, &text, NULL, &error), "more");
  REFUSED(cq_campaign_export_next(NULL, &text, &more, &error), "export");
  /* It keeps the database open. */
  w.store = NULL;
  cq_store_close(&store);
  OK(cq_campaign_export_next(rows, &text, &more, &error));
  HOLDS(text, "+14155550100");
  CHECK(more == 0);
  cq_string_free(&text);
  cq_campaign_export_free(&rows);
  CHECK(rows == NULL);
  cq_campaign_export_free(&rows);
  close_world(&w);
}

const test_case import_cases[] = {
    {"a_list_is_imported_from_anywhere", a_list_is_imported_from_anywhere},
    {"imported_rows_have_the_priorities_of_the_store",
     imported_rows_have_the_priorities_of_the_store},
    {"what_goes_wrong_imports_nothing", what_goes_wrong_imports_nothing},
    {"a_list_is_looked_at_first", a_list_is_looked_at_first},
    {"a_further_list_is_looked_at_with_what_is_there",
     a_further_list_is_looked_at_with_what_is_there},
    {"results_and_errors_are_exported", results_and_errors_are_exported},
    {NULL, NULL}};
