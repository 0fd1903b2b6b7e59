#include "callqueue/call_campaigns.hpp"
#include "callqueue/call_queue.hpp"
#include "callqueue/campaign_export.hpp"
#include "enums.hpp"
#include "model.hpp"
#include "open_store.hpp"
#include "topics.hpp"

namespace callqueue::python {
namespace {

using py::arg;

/// `CallCampaigns` over a store that may be closed at any time.
struct Campaigns {
  std::shared_ptr<OpenStore> store;

  template <class Do>
  auto with(Do&& task) const {
    const auto used = store->use();
    CallCampaigns service(*used);
    return value_of(task(service));
  }
};

/// `CallQueue` likewise.
struct Queue {
  std::shared_ptr<OpenStore> store;
  CallQueueOptions options;

  template <class Do>
  auto with(Do&& task) const {
    const auto used = store->use();
    CallQueue service(*used, options);
    return value_of(task(service));
  }
};

/// The changes that keywords ask for.
CampaignUpdate update_of(const py::kwargs& changes) {
  CampaignUpdate update;
  for (const auto& [key, value] : changes) {
    const auto name = key.cast<std::string>();
    const auto take = [&]<class As, class M>(M& member) {
      member = from_python<As>(name.c_str(), value);
    };
    if (name == "name")
      take.operator()<std::string>(update.name);
    else if (name == "description")
      take.operator()<std::string>(update.description);
    else if (name == "agent_id")
      take.operator()<AgentId>(update.agent_id);
    else if (name == "next_action")
      take.operator()<std::string>(update.next_action);
    else if (name == "first_call_time")
      update.first_call_time = from_python<DayTime>("first_call_time", value).value;
    else if (name == "last_call_time")
      update.last_call_time = from_python<DayTime>("last_call_time", value).value;
    else if (name == "start_date")
      take.operator()<LocalDate>(update.start_date);
    else if (name == "end_date")
      update.end_date = from_python<std::optional<LocalDate>>("end_date", value);
    else if (name == "rules")
      take.operator()<CampaignRules>(update.rules);
    else
      throw py::type_error("update() got an unexpected keyword argument '" + name + "'");
  }
  return update;
}

template <Result<CallCampaign> (CallCampaigns::*move)(UserId, CampaignId)>
CallCampaign moved(const Campaigns& self, UserId user_id, CampaignId id) {
  return self.with([&](CallCampaigns& service) { return (service.*move)(user_id, id); });
}

void bind_campaigns_services(py::module_& m) {
  py::class_<Campaigns>(m, "CallCampaigns",
                        "The service over campaigns. Every method takes the user first; a campaign "
                        "of another user is NotFound. Thread-safe.")
      .def(py::init([](std::shared_ptr<OpenStore> store) { return Campaigns{std::move(store)}; }),
           arg("store"), "Over a store, which may be shared.")
      .def(
          "create",
          [](const Campaigns& self, const CallCampaign& campaign) {
            return self.with([&](CallCampaigns& service) { return service.create(campaign); });
          },
          Released(), arg("campaign"),
          "Creates a draft. Needs `user_id`, `name`, `agent_id`, `start_date`; InvalidArgument "
          "names "
          "the field, NotFound `agent_id`.")
      .def(
          "find_by_id",
          [](const Campaigns& self, UserId user_id, CampaignId id) {
            return self.with(
                [&](CallCampaigns& service) { return service.find_by_id(user_id, id); });
          },
          Released(), arg("user_id"), arg("id"), "Raises NotFound.")
      .def(
          "find_by_user_id",
          [](const Campaigns& self, UserId user_id, std::vector<CampaignStatus> statuses,
             std::optional<AgentId> agent_id, std::string name, int limit,
             const std::string& cursor) {
            return self.with([&](CallCampaigns& service) {
              return service.find_by_user_id(
                  user_id, {std::move(statuses), agent_id, std::move(name)}, {limit, cursor});
            });
          },
          Released(), arg("user_id"), py::kw_only(),
          arg("statuses") = std::vector<CampaignStatus>{}, arg("agent_id") = py::none(),
          arg("name") = "", arg("limit") = 50, arg("cursor") = "",
          "One page, newest first. `statuses` empty: any; `name` is part of it, any case.")
      .def(
          "update",
          [](const Campaigns& self, UserId user_id, CampaignId id, const py::kwargs& changes) {
            const auto update = update_of(changes);
            const py::gil_scoped_release release;
            return self.with(
                [&](CallCampaigns& service) { return service.update(user_id, id, update); });
          },
          arg("user_id"), arg("id"),
          "Changes the fields given as keywords: name, description, agent_id, next_action, "
          "first_call_time, last_call_time, start_date, end_date (None clears it), rules. Conflict "
          "when it is final or was changed by somebody else meanwhile.")
      .def(
          "remove",
          [](const Campaigns& self, UserId user_id, CampaignId id) {
            self.with([&](CallCampaigns& service) { return service.remove(user_id, id); });
          },
          Released(), arg("user_id"), arg("id"),
          "Deletes it with its queued calls. Conflict while calls are in flight.")
      .def("start", &moved<&CallCampaigns::start>, Released(), arg("user_id"), arg("id"),
           "`draft` to `active`, or `scheduled` when its start date is ahead. Conflict "
           "(`total_contacts`) when nobody is left to call, (`end_date`) when it is over.")
      .def("pause", &moved<&CallCampaigns::pause>, Released(), arg("user_id"), arg("id"),
           "Stops new claims at once; calls in flight finish and count.")
      .def("resume", &moved<&CallCampaigns::resume>, Released(), arg("user_id"), arg("id"),
           "`paused` to `active`, or back to `scheduled` if it never started.")
      .def("unschedule", &moved<&CallCampaigns::unschedule>, Released(), arg("user_id"), arg("id"),
           "`scheduled` to `draft`.")
      .def("cancel", &moved<&CallCampaigns::cancel>, Released(), arg("user_id"), arg("id"),
           "Turns its queued rows `cancelled`; calls in flight finish.")
      .def(
          "get_statistics",
          [](const Campaigns& self, UserId user_id, CampaignId id) {
            return self.with(
                [&](CallCampaigns& service) { return service.get_statistics(user_id, id); });
          },
          Released(), arg("user_id"), arg("id"), "Rows by status.")
      .def(
          "get_analytics",
          [](const Campaigns& self, UserId user_id, CampaignId id) {
            return self.with(
                [&](CallCampaigns& service) { return service.get_analytics(user_id, id); });
          },
          Released(), arg("user_id"), arg("id"), "Rates, series, outcomes.")
      .def(
          "explain",
          [](const Campaigns& self, UserId user_id, CampaignId id) {
            return self.with([&](CallCampaigns& service) { return service.explain(user_id, id); });
          },
          Released(), arg("user_id"), arg("id"), "Why nothing is being dialed, most telling first.")
      .def(
          "forecast",
          [](const Campaigns& self, UserId user_id, CampaignId id) {
            return self.with([&](CallCampaigns& service) { return service.forecast(user_id, id); });
          },
          Released(), arg("user_id"), arg("id"), "When it will end.")
      .def(
          "preview",
          [](const Campaigns& self, const CallCampaign& campaign,
             const CampaignAssumptions& assumptions) {
            return self.with(
                [&](CallCampaigns& service) { return service.preview(campaign, assumptions); });
          },
          Released(), arg("campaign"), arg("assumptions") = CampaignAssumptions{},
          "What the rules of a campaign come to before it is saved.");
}

using QueueClass = py::class_<Queue>;

void bind_rows_services(QueueClass& queue) {
  queue
      .def(
          "find_by_id",
          [](const Queue& self, UserId user_id, QueuedCallId id) {
            return self.with([&](CallQueue& service) { return service.find_by_id(user_id, id); });
          },
          Released(), arg("user_id"), arg("id"), "Raises NotFound.")
      .def(
          "find_by_campaign_id",
          [](const Queue& self, UserId user_id, CampaignId campaign_id, int limit,
             const std::string& cursor) {
            return self.with([&](CallQueue& service) {
              return service.find_by_campaign_id(user_id, campaign_id, {limit, cursor});
            });
          },
          Released(), arg("user_id"), arg("campaign_id"), py::kw_only(), arg("limit") = 50,
          arg("cursor") = "", "One page, in the order of creation.")
      .def(
          "list",
          [](const Queue& self, UserId user_id, std::optional<CampaignId> campaign_id,
             std::optional<ContactId> contact_id, std::vector<QueuedCallStatus> statuses, int limit,
             const std::string& cursor) {
            return self.with([&](CallQueue& service) {
              return service.list(user_id, {campaign_id, contact_id, std::move(statuses)},
                                  {limit, cursor});
            });
          },
          Released(), arg("user_id"), py::kw_only(), arg("campaign_id") = py::none(),
          arg("contact_id") = py::none(), arg("statuses") = std::vector<QueuedCallStatus>{},
          arg("limit") = 50, arg("cursor") = "", "One page, in the order of creation.")
      .def(
          "upcoming",
          [](const Queue& self, UserId user_id, std::optional<CampaignId> campaign_id, int limit,
             const std::string& cursor) {
            return self.with([&](CallQueue& service) {
              return service.upcoming(user_id, campaign_id, {limit, cursor});
            });
          },
          Released(), arg("user_id"), py::kw_only(), arg("campaign_id") = py::none(),
          arg("limit") = 50, arg("cursor") = "",
          "What is called next, in that order, limits ignored: what may start now, the rest by "
          "the earliest instant at which it may start, then what belongs to campaigns that are "
          "drafts or paused.")
      .def(
          "get_next_queued",
          [](const Queue& self, UserId user_id) {
            return self.with([&](CallQueue& service) { return service.get_next_queued(user_id); });
          },
          Released(), arg("user_id"),
          "The row that `claim` would take first for this user, limits ignored, or None.")
      .def(
          "get_queue_statistics",
          [](const Queue& self, UserId user_id) {
            return self.with(
                [&](CallQueue& service) { return service.get_queue_statistics(user_id); });
          },
          Released(), arg("user_id"), "Rows by status.")
      .def(
          "position",
          [](const Queue& self, UserId user_id, QueuedCallId id) {
            return self.with([&](CallQueue& service) { return service.position(user_id, id); });
          },
          Released(), arg("user_id"), arg("id"), "Conflict when it is not queued.")
      .def(
          "create_bulk",
          [](const Queue& self, UserId user_id, const std::vector<QueueRequest>& requests) {
            return self.with(
                [&](CallQueue& service) { return service.create_bulk(user_id, requests); });
          },
          Released(), arg("user_id"), arg("requests"),
          "Queues calls, all or none, in the order given; at most 10,000.")
      .def(
          "add_direct",
          [](const Queue& self, UserId user_id, const QueueRequest& request) {
            return self.with(
                [&](CallQueue& service) { return service.add_direct(user_id, request); });
          },
          Released(), arg("user_id"), arg("request"),
          "Queues a direct call: served first, whatever the window, until `not_after`.")
      .def(
          "cancel",
          [](const Queue& self, UserId user_id, QueuedCallId id) {
            return self.with([&](CallQueue& service) { return service.cancel(user_id, id); });
          },
          Released(), arg("user_id"), arg("id"), "Conflict when it is not queued.")
      .def(
          "delete_by_contact",
          [](const Queue& self, UserId user_id, ContactId contact_id) {
            return self.with(
                [&](CallQueue& service) { return service.delete_by_contact(user_id, contact_id); });
          },
          Released(), arg("user_id"), arg("contact_id"),
          "Cancels a contact's waiting rows; Conflict while one is in flight. Returns how many.")
      .def(
          "update_status",
          [](const Queue& self, UserId user_id, QueuedCallId id, QueuedCallStatus status,
             const std::string& failure_reason, std::optional<bool> success,
             std::optional<NamedInstant<"completed_at">> completed_at,
             std::optional<NamedSeconds<"duration">> duration) {
            return self.with([&](CallQueue& service) {
              return service.update_status(user_id, id, status,
                                           {failure_reason, success, completed_at, duration});
            });
          },
          Released(), arg("user_id"), arg("id"), arg("status"), py::kw_only(),
          arg("failure_reason") = "", arg("success") = py::none(), arg("completed_at") = py::none(),
          arg("duration") = py::none(),
          "Moves a row by hand: a queued one to `cancelled`; a processing one to `completed`, "
          "`failed` or `cancelled` by ending its call. Conflict for any other transition.");
}

ClaimRequest claim_request(const std::string& worker, int limit, std::chrono::seconds lease,
                           std::optional<QueuedCallId> only, std::optional<UserId> only_user,
                           bool lapse_submitted) {
  return {worker, limit, lease, only, only_user, lapse_submitted};
}

void bind_claims_services(QueueClass& queue) {
  const ClaimRequest defaults;
  queue
      .def(
          "claim",
          [](const Queue& self, const std::string& worker, int limit, NamedSeconds<"lease"> lease,
             std::optional<Named<QueuedCallId, "only">> only,
             std::optional<Named<UserId, "only_user">> only_user, bool lapse_submitted) {
            return self.with([&](CallQueue& service) {
              return service.claim(
                  claim_request(worker, limit, lease, only, only_user, lapse_submitted));
            });
          },
          Released(), py::kw_only(), arg("worker") = defaults.worker, arg("limit") = defaults.limit,
          arg("lease") = defaults.lease, arg("only") = py::none(), arg("only_user") = py::none(),
          arg("lapse_submitted") = true,
          "Does what time demands, then claims at most `limit` (1 to 1,000) calls that may start "
          "now; an empty list when none may. Each holds a slot and a dial lease (1 s to 1 h). "
          "`worker` must be unique among running claimers. After Unavailable nothing is lost: what "
          "was claimed goes to this worker's next claim.")
      .def(
          "call_now",
          [](const Queue& self, UserId user_id, QueuedCallId id, const std::string& worker,
             NamedSeconds<"lease"> lease) {
            return self.with([&](CallQueue& service) {
              return service.call_now(user_id, id, {.worker = worker, .lease = lease});
            });
          },
          Released(), arg("user_id"), arg("id"), py::kw_only(), arg("worker") = defaults.worker,
          arg("lease") = defaults.lease,
          "Claims this row or nothing. LimitReached when there is no room; Conflict when it is not "
          "queued, or not due, or its window is closed.")
      .def(
          "finish_and_claim",
          [](const Queue& self, const std::vector<CallEvent>& events, const std::string& worker,
             int limit, NamedSeconds<"lease"> lease) {
            return self.with([&](CallQueue& service) {
              return service.finish_and_claim(events,
                                              {.worker = worker, .limit = limit, .lease = lease});
            });
          },
          Released(), arg("events"), py::kw_only(), arg("worker") = defaults.worker,
          arg("limit") = defaults.limit, arg("lease") = defaults.lease,
          "Reports events, then claims, in one commit.")
      .def(
          "report",
          [](const Queue& self, const CallEvent& event) {
            return self.with([&](CallQueue& service) { return service.report(event); });
          },
          Released(), arg("event"),
          "Reports what a provider says of one call. Idempotent, in any order. NotFound for a call "
          "of another user.");
}

/// An export that is read piece by piece, by one thread at a time.
class PythonExport {
 public:
  using Open = Result<CampaignExport> (*)(Store&, UserId, CampaignId, ExportFormat);

  PythonExport(std::shared_ptr<Store> store, UserId user_id, CampaignId id, ExportFormat format,
               Open open)
      : store_(std::move(store)), export_(value_of(open(*store_, user_id, id, format))) {}

  /// The next piece, or nothing after the last one.
  std::optional<std::string> next() {
    const std::lock_guard lock(mutex_);
    if (!more_) return {};
    std::string text;
    more_ = value_of(export_.next(text));
    return text;
  }

 private:
  std::shared_ptr<Store> store_;
  CampaignExport export_;
  std::mutex mutex_;
  bool more_ = true;
};

template <Result<CampaignExport> (*open)(Store&, UserId, CampaignId, ExportFormat)>
std::unique_ptr<PythonExport> exported(const OpenStore& store, UserId user_id, CampaignId id,
                                       ExportFormat format) {
  return std::make_unique<PythonExport>(store.use(), user_id, id, format, open);
}

void bind_exports_services(py::module_& m) {
  py::class_<PythonExport>(
      m, "CampaignExport",
      "What there is to say of a campaign as a file: an iterator over pieces of text, up to 1,000 "
      "rows each, so that memory does not grow with the campaign.")
      .def_static("results", &exported<&CampaignExport::results>, Released(), arg("store"),
                  arg("user_id"), arg("id"), arg("format") = ExportFormat::csv,
                  "Its queued calls in the order of creation, each with its last attempt.")
      .def_static("import_errors", &exported<&CampaignExport::import_errors>, Released(),
                  arg("store"), arg("user_id"), arg("id"), arg("format") = ExportFormat::csv,
                  "The rows that imports into it rejected, each as it stood in its file.")
      .def("__iter__", [](const py::object& self) { return self; })
      .def("__next__", [](PythonExport& self) {
        std::optional<std::string> piece;
        {
          const py::gil_scoped_release release;
          piece = self.next();
        }
        if (!piece) throw py::stop_iteration();
        return text_to(*piece);
      });
}

}  // namespace

void register_services(py::module_& m) {
  bind_campaigns_services(m);
  QueueClass queue(m, "CallQueue",
                   "The service over queued calls: adds, lists, claims and finishes them. Every "
                   "method that names a row takes the user first. Thread-safe.");
  queue.def(py::init([](std::shared_ptr<OpenStore> store, PriorityRule priority) {
              return Queue{std::move(store), {priority}};
            }),
            arg("store"), py::kw_only(), arg("priority") = PriorityRule{},
            "Over a store, which may be shared; `priority` replaces the rule.");
  bind_rows_services(queue);
  bind_claims_services(queue);
  bind_exports_services(m);
}

}  // namespace callqueue::python
