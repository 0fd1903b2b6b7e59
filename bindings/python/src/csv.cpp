#include "callqueue/csv_import.hpp"

#include <sstream>

#include "model.hpp"
#include "open_store.hpp"
#include "python_stream.hpp"
#include "topics.hpp"

namespace callqueue::python {
namespace {

using py::arg;

/// What an import is asked for with, and what of it is Python's.
class CsvWork {
 public:
  CsvWork(const py::object& read, const std::string& default_region, PriorityRule priority,
          std::size_t max_field_bytes)
      : reader_(read), in_(&reader_) {
    options.default_region = default_region;
    options.priority = priority;
    options.max_field_bytes = max_field_bytes;
    options.progress = [this](std::int64_t rows) { return goes_on(rows); };
  }

  void errors_to(const py::object& write) {
    if (write.is_none()) return;
    writer_ = std::make_unique<PythonWriter>(write);
    out_ = std::make_unique<std::ostream>(writer_.get());
    options.errors = out_.get();
  }
  void progress_to(py::object progress) { progress_ = std::move(progress); }

  /// The task's value. What Python code raised on the way goes before what came of it.
  template <class Task>
  auto run(Task&& task) {
    auto result = [&] {
      const py::gil_scoped_release release;
      auto worked = task(in_);
      if (writer_) writer_->flush();
      return worked;
    }();
    reader_.rethrow();
    if (writer_) writer_->rethrow();
    if (raised_) std::rethrow_exception(raised_);
    return value_of(std::move(result));
  }

  CsvImportOptions options;

 private:
  /// Tells the host, and notices Ctrl-C.
  bool goes_on(std::int64_t rows) {
    const py::gil_scoped_acquire gil;
    try {
      if (PyErr_CheckSignals() != 0) throw py::error_already_set();
      if (progress_.is_none()) return true;
      const py::object answer = progress_(rows);
      return !answer.is(py::handle(Py_False));
    } catch (...) {
      raised_ = std::current_exception();
      return false;
    }
  }

  PythonReader reader_;
  std::istream in_;
  std::unique_ptr<PythonWriter> writer_;
  std::unique_ptr<std::ostream> out_;
  py::object progress_ = py::none();
  std::exception_ptr raised_;
};

}  // namespace

void register_csv(py::module_& m) {
  const CsvImportOptions defaults;
  m.def(
      "import_csv",
      [](const OpenStore& store, UserId user_id, std::optional<CampaignId> campaign_id,
         const py::object& read, const std::string& default_region, bool atomic, bool again,
         PriorityRule priority, const py::object& errors, std::size_t max_field_bytes,
         py::object progress) {
        CsvWork work(read, default_region, priority, max_field_bytes);
        work.options.atomic = atomic;
        work.options.again = again;
        work.errors_to(errors);
        work.progress_to(std::move(progress));
        const auto used = store.use();
        return work.run([&](std::istream& file) {
          return campaign_id ? import_csv(*used, user_id, *campaign_id, file, work.options)
                             : import_contacts_csv(*used, user_id, file, work.options);
        });
      },
      arg("store"), arg("user_id"), arg("campaign_id"), arg("read"), py::kw_only(),
      arg("default_region") = "", arg("atomic") = false, arg("again") = false,
      arg("priority") = PriorityRule{}, arg("errors") = py::none(),
      arg("max_field_bytes") = defaults.max_field_bytes, arg("progress") = py::none(),
      "`callqueue.import_csv` of what `read(n)` returns; None for a campaign: contacts alone.");
  m.def(
      "preview_csv",
      [](const py::object& read, const std::string& default_region, PriorityRule priority,
         std::size_t max_field_bytes, std::size_t rows) {
        CsvWork work(read, default_region, priority, max_field_bytes);
        return work.run([&](std::istream& file) { return preview_csv(file, work.options, rows); });
      },
      arg("read"), py::kw_only(), arg("default_region") = "", arg("priority") = PriorityRule{},
      arg("max_field_bytes") = defaults.max_field_bytes, arg("rows") = 10,
      "`callqueue.preview_csv` of what `read(n)` returns.");
  m.def(
      "preview_csv_into",
      [](const OpenStore& store, UserId user_id, CampaignId campaign_id, const py::object& read,
         const std::string& default_region, bool again, PriorityRule priority,
         std::size_t max_field_bytes, std::size_t rows) {
        CsvWork work(read, default_region, priority, max_field_bytes);
        work.options.again = again;
        const auto used = store.use();
        return work.run([&](std::istream& file) {
          return preview_csv(*used, user_id, campaign_id, file, work.options, rows);
        });
      },
      arg("store"), arg("user_id"), arg("campaign_id"), arg("read"), py::kw_only(),
      arg("default_region") = "", arg("again") = false, arg("priority") = PriorityRule{},
      arg("max_field_bytes") = defaults.max_field_bytes, arg("rows") = 10,
      "`callqueue.preview_csv` for a campaign, of what `read(n)` returns.");
  m.def(
      "errors_csv",
      [](const std::vector<CsvError>& errors) {
        std::ostringstream text;
        write_errors_csv(text, errors);
        return text_to(text.str());
      },
      arg("errors"), "`line,field,value,reason` with a header: a report's errors as a file.");
  m.def(
      "normalize_phone_number",
      [](const std::string& text, const std::string& default_region) {
        return value_of(normalize_phone_number(text, default_region));
      },
      arg("text"), arg("default_region") = "",
      "A phone number in E.164; a national one needs a region (`DE`). InvalidArgument "
      "(`phone_number`) says what is wrong.");
}

}  // namespace callqueue::python
