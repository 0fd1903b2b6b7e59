#include "enums.hpp"
#include "callqueue/campaign_export.hpp"
#include "callqueue/dialer.hpp"
#include "callqueue/store.hpp"
#include "casters.hpp"
#include "topics.hpp"

namespace callqueue::python {
namespace {

/// Learns the members of a Python enum, which stand in the order of the enumerators.
template <class E>
void learn(const char* name) {
  auto type = py::module_::import("callqueue._enums").attr(name);
  for (const auto& member : py::reinterpret_borrow<py::object>(type)) {
    EnumMembers<E>::members.push_back(
        py::object(py::reinterpret_borrow<py::object>(member)).release());
  }
  EnumMembers<E>::type = py::object(std::move(type)).release();
}

/// The same, and holds them to the library's texts.
template <class E>
void learn_texts(const char* name) {
  learn<E>(name);
  for (std::size_t i = 0; i < EnumMembers<E>::members.size(); ++i) {
    if (EnumMembers<E>::members[i].attr("value").template cast<std::string>() !=
        to_text(static_cast<E>(i))) {
      throw py::import_error(std::string(name) + " does not belong to this library");
    }
  }
}

}  // namespace

void register_enums(py::module_&) {
  learn_texts<CampaignStatus>("CampaignStatus");
  learn_texts<QueuedCallStatus>("QueuedCallStatus");
  learn_texts<CallStatus>("CallStatus");
  learn_texts<CallOutcome>("CallOutcome");
  learn_texts<CallType>("CallType");
  learn<CallClock>("CallClock");
  learn<Durability>("Durability");
  learn<DialResult::Kind>("DialKind");
  learn<LookupResult::Kind>("LookupKind");
  learn<ExportFormat>("ExportFormat");
  learn<ImportOutcome>("ImportOutcome");
  learn<PreflightFinding::Severity>("Severity");
}

}  // namespace callqueue::python
